#include "capture/copilot/usage.hpp"

#include <algorithm>

#include "capture/blocks.hpp"

namespace opentraces::capture::copilot {
namespace {

enrich::ModelUsage usage_of(std::string_view model, const json::Value& counts) {
    enrich::ModelUsage usage;
    usage.model = model;
    usage.replies = 1;
    usage.input_tokens = count_of(counts["inputTokens"]);
    usage.output_tokens = count_of(counts["outputTokens"]);
    usage.cache_read_tokens = count_of(counts["cacheReadTokens"]);
    usage.cache_write_tokens = count_of(counts["cacheWriteTokens"]);
    return usage;
}

void take_from(enrich::ModelUsage& left, const enrich::ModelUsage& taken) {
    const auto take = [](std::int64_t& from, std::int64_t what) {
        from = std::max<std::int64_t>(from - what, 0);
    };
    take(left.replies, taken.replies);
    take(left.input_tokens, taken.input_tokens);
    take(left.output_tokens, taken.output_tokens);
    take(left.cache_read_tokens, taken.cache_read_tokens);
    take(left.cache_write_tokens, taken.cache_write_tokens);
}

void leave_cached_out(enrich::ModelUsage& usage, const Accounting& accounting) {
    usage.input_tokens =
        accounting.input(usage.input_tokens, usage.cache_read_tokens, usage.cache_write_tokens);
}

}  // namespace

void Usage::note_reply(std::size_t place, const std::string& name, std::int64_t output) {
    if (!name.empty()) {
        const auto [known, is_new] = m_reply_of.try_emplace(name, m_replies.size());
        if (!is_new) {
            std::int64_t& told = m_replies[known->second].output;
            told = std::max(told, output);
            return;
        }
    }
    m_replies.push_back({place, name, output});
}

void Usage::note_record(const json::Value& usage, std::optional<std::size_t> place) {
    const std::string name(usage["apiCallId"].string_or());
    if (!name.empty() && !m_record_of.try_emplace(name, m_records.size()).second) return;
    m_records.push_back({name, usage_of(usage["model"].string_or(), usage), place});
}

void Usage::note_totals(const json::Value& metrics) {
    const json::Object* models = metrics.if_object();
    if (models == nullptr) return;
    Totals totals;
    for (const auto& [model, numbers] : *models) {
        enrich::ModelUsage usage = usage_of(model, numbers["usage"]);
        const json::Value& requests = numbers["requests"];
        usage.replies = count_of(requests.if_number() != nullptr ? requests : requests["count"]);
        if (!is_empty(usage)) totals[model] = std::move(usage);
    }
    if (totals.empty()) return;
    m_totals = std::move(totals);
    m_replies_in_totals = m_replies.size();
    m_records_in_totals = m_records.size();
}

void Usage::count_records(SessionBuilder& session, const Accounting& accounting, Totals& left) const {
    for (std::size_t at = 0; at < m_records.size(); ++at) {
        const Record& record = m_records[at];
        const auto total = left.find(record.usage.model);
        if (at < m_records_in_totals && total != left.end()) take_from(total->second, record.usage);
        enrich::ModelUsage usage = record.usage;
        leave_cached_out(usage, accounting);
        const auto reply = m_reply_of.find(record.name);
        if (reply != m_reply_of.end() && !record.name.empty()) {
            session.count(m_replies[reply->second].place, std::move(usage));
        } else if (record.place) {
            session.count(*record.place, std::move(usage));
        } else {
            session.count_session(std::move(usage));
        }
    }
}

void Usage::count_replies(SessionBuilder& session, Totals& left) const {
    for (std::size_t at = 0; at < m_replies.size(); ++at) {
        const Reply& reply = m_replies[at];
        if (reply.output == 0 || m_record_of.count(reply.name) > 0) continue;
        trace::OptText& model = session.step(reply.place).model;
        if (at >= m_replies_in_totals) {
            session.evidence().tokens_are_lower_bound = true;  // the input of such a reply is in no line
        } else {
            if (!model && m_totals.size() == 1) model = m_totals.begin()->first;
            const auto total = left.find(model.value_or(""));
            if (total == left.end() || total->second.output_tokens < reply.output) continue;
            take_from(total->second, {{}, 1, 0, reply.output, 0, 0, 0, {}});
        }
        session.count(reply.place, {model.value_or(""), 1, 0, reply.output, 0, 0, 0, {}});
    }
}

void Usage::count(SessionBuilder& session, const Accounting& accounting) const {
    Totals left = m_totals;
    count_records(session, accounting, left);
    count_replies(session, left);
    for (auto& [model, usage] : left) {
        leave_cached_out(usage, accounting);
        session.count_session(usage);
    }
}

}  // namespace opentraces::capture::copilot
