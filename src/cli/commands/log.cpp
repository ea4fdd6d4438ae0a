#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "cli/command.hpp"
#include "cli/offer_news.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_named_traces = 5;
constexpr std::size_t k_shown_task = 60;

// Something that happened: for programs, and the lines for people.
struct Entry {
    TimePoint at;
    json::Object fields;
    std::string text;
};

class Log {
public:
    Log(Context& context, store::Store& store) : m_context(context), m_store(store) {
        for (const store::TraceRow& row : store.list({}))
            m_tasks.emplace(row.id, Trace{row.task, store::name_of(row.stage)});
    }

    void add_commits() {
        for (const store::CommitGroup& group : m_store.commit_groups()) {
            Entry entry = begin("commit", group.at, group.traces);
            entry.fields.append("commit_id", group.id.str());
            entry.fields.append("message", group.message);
            entry.text = fmt::format("{}  commit {}  {}\n", time_text(group.at), group.id.str(),
                                     counted(static_cast<std::int64_t>(group.traces.size()), "trace"));
            if (!group.message.empty()) entry.text += "  " + printable_line(group.message) + "\n";
            entry.text += traces_text(group.traces);
            m_entries.push_back(std::move(entry));
        }
    }

    void add_pushes() {
        for (const store::PushRecord& push : m_store.pushes()) {
            Entry entry = begin("push", push.at, push.trace_ids);
            json::Array shards;
            for (const std::string& path : push.shard_paths)
                shards.emplace_back(path);
            entry.fields.append("remote", push.remote);
            entry.fields.append("uploaded", push.traces);
            entry.fields.append("duplicates", push.duplicates);
            entry.fields.append("shard_paths", std::move(shards));
            entry.fields.append("commit", text_or_null(push.commit_oid));
            entry.fields.append("commit_url", text_or_null(push.commit_url));
            entry.text =
                fmt::format("{}  push    {} to {}{}\n", time_text(push.at), counted(push.traces, "trace"),
                            printable_line(push.remote),
                            push.duplicates > 0 ? fmt::format(" ({} there already)", push.duplicates) : "");
            for (const std::string& path : push.shard_paths)
                entry.text += "  " + printable_line(path) + "\n";
            if (!push.commit_url.empty()) entry.text += "  " + printable_line(push.commit_url) + "\n";
            entry.text += traces_text(push.trace_ids);
            m_entries.push_back(std::move(entry));
        }
    }

    void add_offers(const std::vector<flow::OfferNews>& news) {
        for (const flow::OfferNews& offer : news) {
            Entry entry;
            entry.at = offer.offer.at;
            entry.fields.append("kind", "offer");
            for (const json::Member& member : offer_object(offer))
                entry.fields.append(member.first, member.second);
            entry.text = fmt::format("{}  offer   {} to {}: {}\n  {}\n", time_text(offer.offer.at),
                                     counted(static_cast<std::int64_t>(offer.offer.traces.size()), "trace"),
                                     printable_line(offer.offer.remote), offer_state(offer),
                                     printable_line(offer.offer.url));
            entry.text += traces_text(offer.offer.traces);
            m_entries.push_back(std::move(entry));
        }
    }

    // Newest first; of the same time, what came later in the work.
    std::vector<Entry> take() {
        std::reverse(m_entries.begin(), m_entries.end());
        std::stable_sort(m_entries.begin(), m_entries.end(),
                         [](const Entry& one, const Entry& other) { return one.at < other.at; });
        std::reverse(m_entries.begin(), m_entries.end());
        return std::move(m_entries);
    }

private:
    struct Trace {
        std::string task;
        std::string_view stage;
    };

    static Entry begin(const char* kind, TimePoint at, const std::vector<TraceId>& traces) {
        json::Array ids;
        for (const TraceId& id : traces)
            ids.emplace_back(id.str());
        Entry entry;
        entry.at = at;
        entry.fields.append("kind", kind);
        entry.fields.append("at", format_iso8601(at));
        entry.fields.append("trace_count", static_cast<std::int64_t>(traces.size()));
        entry.fields.append("trace_ids", std::move(ids));
        return entry;
    }

    // As in listings: exact for programs, else on the user's clock.
    std::string time_text(TimePoint at) const {
        return m_context.terminal.out_is_terminal() ? local_minute(m_context, at) : format_iso8601(at);
    }

    std::string traces_text(const std::vector<TraceId>& ids) const {
        std::string text;
        for (std::size_t i = 0; i < std::min(ids.size(), k_named_traces); ++i) {
            const auto known = m_tasks.find(ids[i]);
            if (known == m_tasks.end()) continue;
            const std::string task =
                known->second.task.empty() ? "(no task)" : printable_line(known->second.task);
            text += fmt::format("  {}  {:9}  {}\n", short_id(ids[i]), known->second.stage,
                                first_code_points(task, k_shown_task));
        }
        if (ids.size() > k_named_traces) text += fmt::format("  and {} more\n", ids.size() - k_named_traces);
        return text;
    }

    Context& m_context;
    store::Store& m_store;
    std::unordered_map<TraceId, Trace> m_tasks;
    std::vector<Entry> m_entries;
};

Answer run(Context& context, std::int64_t limit) {
    Project project = open_project_for_reading(context);
    const std::vector<flow::OfferNews> news = offer_news(context, project);
    Log log(context, *project.store);
    log.add_offers(news);
    log.add_pushes();
    log.add_commits();
    std::vector<Entry> entries = log.take();
    Answer answer;
    answer.fields.append("total", static_cast<std::int64_t>(entries.size()));
    if (limit > 0 && static_cast<std::int64_t>(entries.size()) > limit)
        entries.resize(static_cast<std::size_t>(limit));
    json::Array array;
    for (Entry& entry : entries) {
        array.emplace_back(std::move(entry.fields));
        answer.text += entry.text;
    }
    answer.fields.append("entries", std::move(array));
    if (entries.empty()) answer.text = "Nothing has been committed or pushed in this project yet.\n";
    return answer;
}

}  // namespace

Run declare_log(OptionSet& accepted) {
    auto limit = std::make_shared<std::int64_t>(20);
    accepted.add_option("--limit", *limit, "At most this many, 0 for all").not_negative();
    accepted.example("opentraces log", "What was pushed, and where to");
    return [limit](Context& context) { return run(context, *limit); };
}

}  // namespace opentraces::cli
