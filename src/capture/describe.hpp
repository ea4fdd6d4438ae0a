// Parts of a record that are made in the same way for every agent.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture {

// Set unless there is nothing to say.
void set_text(trace::OptText& field, std::string_view text);
void set_if_some(json::Object& object, std::string key, std::string_view text);
void set_if_some(json::Object& object, std::string key, std::size_t count);
template <class Container>
void set_if_any(json::Object& object, std::string key, Container items) {
    if (!items.empty()) object.set(std::move(key), json::Value(std::move(items)));
}

// name -> number.
json::Object counts(const std::map<std::string, std::size_t>& numbers);

// By the folders of the systems that agents run on.
trace::OptText os_of(std::string_view cwd);
// For metadata.model_usage.
json::Value usage_by_model(const std::vector<enrich::ModelUsage>& usage);
// A part of a message of a kind that is not known: its line was not understood.
void count_unknown_block(ParseReport& report, std::string_view type, std::string_view what = "block/",
                         std::size_t blocks = 1);
// For metadata.opentraces_parser: who has read this, and what was not understood.
void note_report(json::Object& notes, std::string_view version, const ParseReport& report);

}  // namespace opentraces::capture
