#include "capture/cline/requests.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/session_builder.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::cline {
namespace {

// Since 3.29.5 of this day Roo Code counts cached tokens as input, whatever the API
// (RooCodeInc/Roo-Code#8954).
constexpr std::int64_t k_roo_counts_all_ms = 1'761'955'200'000;

// APIs whose counts Cline writes down as they are, cached tokens in the input (src/core/api/providers).
constexpr std::array<std::string_view, 9> k_counts_all{"openai",   "litellm", "doubao", "fireworks", "hicap",
                                                       "lmstudio", "qwen",    "xai",    "zai"};

bool is_one_of(std::string_view provider, const auto& list) {
    return std::find(list.begin(), list.end(), provider) != list.end();
}

std::int64_t time_ms(const json::Value& message) {
    return message["ts"].integer().value_or(0);
}

class Reader {
public:
    explicit Reader(const json::Value& metadata) : m_models(metadata["model_usage"]) {}

    void take(const json::Value& message) {
        const std::int64_t at = time_ms(message);
        if (at > 0 && (m_ledger.first_ms == 0 || at < m_ledger.first_ms)) m_ledger.first_ms = at;
        m_ledger.last_ms = std::max(m_ledger.last_ms, at);
        note_model(message, at);
        const std::string_view say = message["say"].string_or();
        const std::string_view ask = message["ask"].string_or();
        if (say == "api_req_started") {
            take_request(message, at);
        } else if (say == "deleted_api_reqs") {
            take_sum(message, at, m_ledger.taken_back);
        } else if (say == "subagent_usage") {
            take_sum(message, at, m_ledger.of_agents);
        } else if (say == "reasoning" && !m_ledger.requests.empty()) {
            append_paragraph(m_ledger.requests.back().reasoning, trim(message["text"].string_or()));
        } else if (say == "condense_context") {
            add_cost(message["contextCondense"]["cost"]);
        } else if (ask == "api_req_failed" && !trim(message["text"].string_or()).empty()) {
            m_ledger.errors.emplace_back(message["text"].string_or());
        }
        if (!say.empty() || (!ask.empty() && !ask.starts_with("resume_")))
            m_ledger.ends_completed = say == "completion_result" || ask == "completion_result";
    }

    Ledger finish() { return std::move(m_ledger); }

private:
    void note_model(const json::Value& message, std::int64_t at) {
        if (const json::Array* used = m_models.if_array()) {
            for (; m_used < used->size() && (m_used == 0 || time_ms((*used)[m_used]) <= at); ++m_used) {
                m_provider = (*used)[m_used]["model_provider_id"].string_or();
                m_model = (*used)[m_used]["model_id"].string_or();
            }
        }
        const json::Value& told = message["modelInfo"];
        if (told["modelId"].string_or().empty()) return;
        m_provider = told["providerId"].string_or();
        m_model = told["modelId"].string_or();
    }

    json::Value read(const json::Value& message) {
        json::Value info = call_arguments(message["text"]);
        if (info.if_object() == nullptr && !info.is_null())
            m_ledger.skipped.push_back({.words = "ui_messages.json: a request that is not JSON"});
        return info;
    }

    void add_cost(const json::Value& cost) {
        const json::Number* dollars = cost.if_number();
        if (dollars == nullptr) return;
        const double value = dollars->as_double();
        if (value > 0 && std::isfinite(value)) m_ledger.cost_usd += value;
    }

    bool input_holds_cached(const json::Value& info, std::int64_t at) const {
        const std::string_view protocol = info["apiProtocol"].string_or();
        if (protocol == "anthropic") return at >= k_roo_counts_all_ms;
        return protocol == "openai" || is_one_of(m_provider, k_counts_all);
    }

    enrich::ModelUsage usage_of(const json::Value& info, std::int64_t at) {
        enrich::ModelUsage usage;
        usage.model = model_of(m_provider, m_model);
        usage.input_tokens = count_of(info["tokensIn"]);
        usage.output_tokens = count_of(info["tokensOut"]);
        usage.cache_read_tokens = count_of(info["cacheReads"]);
        usage.cache_write_tokens = count_of(info["cacheWrites"]);
        const std::int64_t cached = usage.cache_read_tokens + usage.cache_write_tokens;
        // More than all input is no part of it.
        if (input_holds_cached(info, at) && cached <= usage.input_tokens) usage.input_tokens -= cached;
        add_cost(info["cost"]);
        return usage;
    }

    void take_request(const json::Value& message, std::int64_t at) {
        const json::Value info = read(message);
        Request request;
        request.at_ms = at;
        request.after = message["conversationHistoryIndex"].integer();
        request.usage = usage_of(info, at);
        const std::string_view reason = info["cancelReason"].string_or();
        m_ledger.ends_cancelled = reason == "user_cancelled";
        if (m_ledger.ends_cancelled) ++m_ledger.cancelled;
        if (const std::string_view words = info["streamingFailedMessage"].string_or(); !words.empty())
            m_ledger.errors.emplace_back(words);
        m_ledger.requests.push_back(std::move(request));
    }

    void take_sum(const json::Value& message, std::int64_t at, std::vector<enrich::ModelUsage>& sums) {
        enrich::ModelUsage usage = usage_of(read(message), at);
        if (!is_empty(usage)) sums.push_back(std::move(usage));
    }

    const json::Value& m_models;
    std::size_t m_used = 0;
    std::string m_provider;
    std::string m_model;
    Ledger m_ledger;
};

class Replies {
public:
    explicit Replies(const json::Array& history) {
        for (std::size_t at = 0; at < history.size(); ++at) {
            if (history[at]["role"].string_or() != "assistant") continue;
            m_places.push_back(at);
            m_times.emplace_back(time_ms(history[at]), at);
        }
        std::sort(m_times.begin(), m_times.end());
    }

    std::size_t count() const { return m_places.size(); }
    std::size_t place(std::size_t number) const { return m_places[number]; }
    bool are_timed() const { return !m_times.empty() && m_times.front().first > 0; }

    std::optional<std::size_t> first_after(std::int64_t place) const {
        const auto found = std::upper_bound(
            m_places.begin(), m_places.end(), place,
            [](std::int64_t before, std::size_t at) { return before < static_cast<std::int64_t>(at); });
        return found == m_places.end() ? std::nullopt : std::optional(*found);
    }

    // By the times of both: the first after the request that is not the next request's.
    std::optional<std::size_t> between(std::int64_t from, std::int64_t until) const {
        const auto found = std::lower_bound(m_times.begin(), m_times.end(), std::pair(from, std::size_t{0}));
        const bool is = found != m_times.end() && (until == 0 || found->first < until);
        return is ? std::optional(found->second) : std::nullopt;
    }

private:
    std::vector<std::size_t> m_places;
    std::vector<std::pair<std::int64_t, std::size_t>> m_times;
};

}  // namespace

Ledger read_ledger(const json::Value& ui_messages, const json::Value& metadata) {
    Reader reader(metadata);
    if (const json::Array* messages = ui_messages.if_array())
        for (const json::Value& message : *messages)
            reader.take(message);
    return reader.finish();
}

std::string model_of(std::string_view provider, std::string_view model) {
    // "openai" is any API in its shape; names with a slash say themselves whose they are.
    if (provider == "openai" || model.find('/') != std::string_view::npos) return std::string(model);
    if (provider == "openai-native" || provider == "openai-codex") provider = "openai";
    if (provider == "claude-code") provider = "anthropic";
    if (provider == "gemini") provider = "google";
    return model_name(provider, model);
}

std::vector<std::optional<std::size_t>> replies_of(const std::vector<Request>& requests,
                                                   const json::Array& history) {
    std::vector<std::optional<std::size_t>> places(requests.size());
    const Replies replies(history);
    std::vector<std::size_t> counted;
    bool known = false;
    for (std::size_t at = 0; at < requests.size(); ++at) {
        const Request& request = requests[at];
        if (!is_empty(request.usage)) counted.push_back(at);
        if (request.after) {
            places[at] = replies.first_after(*request.after);
        } else if (replies.are_timed()) {
            const std::int64_t next = at + 1 < requests.size() ? requests[at + 1].at_ms : 0;
            places[at] = replies.between(request.at_ms, next);
        }
        known = known || places[at];
    }
    if (known || counted.size() != replies.count()) return places;
    for (std::size_t one = 0; one < counted.size(); ++one)  // else by their order, where there are as many
        places[counted[one]] = replies.place(one);
    return places;
}

}  // namespace opentraces::capture::cline
