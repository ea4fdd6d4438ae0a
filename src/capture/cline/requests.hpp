// What a task's ui_messages.json says of the calls of the model: tokens, times, thoughts. A request is
// written when it starts and once more, with its tokens, when it ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::cline {

struct Request {
    std::int64_t at_ms = 0;             // 0: not known
    std::optional<std::int64_t> after;  // the last message of the history when it started; -1: none
    enrich::ModelUsage usage;           // with the model
    std::string reasoning;              // that was shown while it ran
};

struct Ledger {
    std::vector<Request> requests;
    std::vector<enrich::ModelUsage> taken_back;  // of what was rolled back
    std::vector<enrich::ModelUsage> of_agents;   // of sub-agents, which the history has not
    double cost_usd = 0;
    std::int64_t first_ms = 0;
    std::int64_t last_ms = 0;
    std::vector<std::string> errors;
    std::vector<Diagnostic> skipped;
    std::size_t cancelled = 0;  // by the person
    bool ends_cancelled = false;
    bool ends_completed = false;
};

// `metadata` is task_metadata.json, which knows the models of older versions.
Ledger read_ledger(const json::Value& ui_messages, const json::Value& metadata);

// provider/model, the provider as the record names it.
std::string model_of(std::string_view provider, std::string_view model);

// The place in the history of each request's reply; nullopt where it has none.
std::vector<std::optional<std::size_t>> replies_of(const std::vector<Request>& requests,
                                                   const json::Array& history);

}  // namespace opentraces::capture::cline
