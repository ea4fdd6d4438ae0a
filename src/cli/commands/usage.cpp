// Tokens and cost of captured sessions.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "cli/command.hpp"
#include "cli/known_projects.hpp"
#include "cli/selection.hpp"
#include "cli/table.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/sums.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    Selection selection;
    bool everywhere = false;
    std::string by = "day";

    bool spans_projects() const { return cli::spans_projects(selection, everywhere); }
};

// Costs are added as millionths of a dollar: that many digits the price table gives.
constexpr double k_micro = 1e6;
constexpr double k_most_cost = 1e12;  // dollars; nobody has paid more

struct Sums {
    std::int64_t traces = 0;
    std::int64_t input = 0;
    std::int64_t output = 0;
    std::int64_t cache_read = 0;
    std::int64_t cache_write = 0;
    std::int64_t micro_dollars = 0;
    std::int64_t unknown_costs = 0;      // traces
    std::int64_t lower_bound_costs = 0;  // traces
    std::int64_t unknown_tokens = 0;     // traces

    void add(const Sums& more) {
        traces = add_clamped(traces, more.traces);
        input = add_clamped(input, more.input);
        output = add_clamped(output, more.output);
        cache_read = add_clamped(cache_read, more.cache_read);
        cache_write = add_clamped(cache_write, more.cache_write);
        micro_dollars = add_clamped(micro_dollars, more.micro_dollars);
        unknown_costs = add_clamped(unknown_costs, more.unknown_costs);
        lower_bound_costs = add_clamped(lower_bound_costs, more.lower_bound_costs);
        unknown_tokens = add_clamped(unknown_tokens, more.unknown_tokens);
    }
    bool knows_cost() const { return unknown_costs < traces; }
    bool knows_tokens() const { return traces == 0 || unknown_tokens < traces; }
    std::int64_t tokens() const {
        return add_clamped(add_clamped(input, output), add_clamped(cache_read, cache_write));
    }
};

Sums sums_of(const store::TraceRow& row) {
    const store::CacheTokens cache = row.cache.value_or(store::CacheTokens{});
    Sums sums{1, row.input_tokens, row.output_tokens, cache.read, cache.written};
    sums.unknown_tokens = row.knows_usage() ? 0 : 1;
    const bool known = row.cost_usd && *row.cost_usd >= 0 && *row.cost_usd <= k_most_cost;
    if (known)
        sums.micro_dollars = std::llround(*row.cost_usd * k_micro);
    else
        sums.unknown_costs = 1;
    if (known && row.cost_is_lower_bound.value_or(false)) sums.lower_bound_costs = 1;
    return sums;
}

// A later version of a session has the tokens of the former in it: only the last one that was chosen counts.
std::vector<store::TraceRow> last_versions(std::vector<store::TraceRow> rows) {
    std::map<std::pair<std::string, std::string>, int> last;
    for (const store::TraceRow& row : rows) {
        int& revision = last[{row.agent, row.session_id}];
        revision = std::max(revision, row.revision);
    }
    std::erase_if(rows, [&](const store::TraceRow& row) {
        return row.revision < last[{row.agent, row.session_id}];
    });
    return rows;
}

class Usage {
public:
    Usage(Context& context, const Options& options) : m_context(context), m_options(options) {}

    void add(Project& project) {
        const Selected selected = select(m_context, *project.store, m_options.selection, {});
        std::vector<store::TraceRow> rows = last_versions(selected.rows);
        count_late(project, rows);
        for (const store::TraceRow& row : rows) {
            const Sums sums = sums_of(row);
            m_groups[key_of(project, row)].add(sums);
            m_total.add(sums);
        }
    }

    struct Group {
        std::string key;
        Sums sums;
    };
    // Days from the newest on, everything else from the most tokens on.
    std::vector<Group> groups() const {
        std::vector<Group> groups;
        for (const auto& [key, sums] : m_groups)
            groups.push_back({key, sums});
        if (m_options.by == "day")
            std::reverse(groups.begin(), groups.end());
        else
            std::stable_sort(groups.begin(), groups.end(), [](const Group& left, const Group& right) {
                return left.sums.tokens() > right.sums.tokens();
            });
        return groups;
    }
    const Sums& total() const { return m_total; }

private:
    // Of a trace that was captured before its tokens were counted.
    // Of traces that an older opentraces has staged: read once, and kept in their rows where they can be
    // written.
    void count_late(Project& project, std::vector<store::TraceRow>& rows) {
        std::map<TraceId, store::LateCounts> counted;
        for (store::TraceRow& row : rows) {
            if (row.cache && row.cost_is_lower_bound && row.usage_is_unknown) continue;
            const auto counts = read_counts(project, row);
            if (!counts) continue;
            counted[row.id] = *counts;
            row.cache = counts->cache;
            row.cost_is_lower_bound = counts->cost_is_lower_bound;
            row.usage_is_unknown = counts->usage_is_unknown;
        }
        if (counted.empty()) return;
        try {
            store::Store::open(project.root, m_context.ports.disk, m_context.ports.clock)
                ->note_counts(counted);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            // Only looked at, without a place to write: the next one counts again.
        }
    }

    std::optional<store::LateCounts> read_counts(Project& project, const store::TraceRow& row) {
        try {
            const trace::Decoded decoded = trace::decode(project.store->read_line(row.id));
            if (decoded.record) return store::late_counts_of(*decoded.record);
            throw Error(ErrorCode::CorruptTrace, decoded.problem->words);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CorruptTrace) throw;
            m_context.progress.warning(
                fmt::format("trace {}: tokens of the cache, and whether its cost is a lower bound, are not "
                            "known: {}",
                            row.id.str(), error.what()));
            return std::nullopt;
        }
    }

    std::string key_of(const Project& project, const store::TraceRow& row) {
        if (m_options.by == "model") return row.model.empty() ? "(unknown)" : row.model;
        if (m_options.by == "agent") return row.agent;
        if (m_options.by == "project") return project.root;
        const std::string& when = row.ended_at.empty() ? row.started_at : row.ended_at;
        const TimePoint at = parse_iso8601(when).value_or(row.captured_at);
        return local_minute(m_context, at).substr(0, std::string_view("2026-01-31").size());
    }

    Context& m_context;
    const Options& m_options;
    std::map<std::string, Sums> m_groups;
    Sums m_total;
};

json::Object sums_object(const Sums& sums) {
    json::Object object;
    object.append("trace_count", sums.traces);
    const auto tokens = [&](std::int64_t count) {
        return sums.knows_tokens() ? json::Value(count) : json::Value();
    };
    object.append("input_tokens", tokens(sums.input));
    object.append("output_tokens", tokens(sums.output));
    object.append("cache_read_tokens", tokens(sums.cache_read));
    object.append("cache_write_tokens", tokens(sums.cache_write));
    object.append("unknown_tokens", sums.unknown_tokens);
    object.append("cost_usd", sums.knows_cost()
                                  ? json::Value(static_cast<double>(sums.micro_dollars) / k_micro)
                                  : json::Value());
    object.append("unknown_costs", sums.unknown_costs);
    object.append("lower_bound_costs", sums.lower_bound_costs);
    return object;
}

std::string cost_text(const Sums& sums) {
    std::string text;
    if (sums.knows_cost())
        text =
            fmt::format("{}${}.{:02}", sums.lower_bound_costs > 0 ? "≥ " : "",
                        with_commas(sums.micro_dollars / 1'000'000), sums.micro_dollars % 1'000'000 / 10'000);
    if (sums.unknown_costs > 0)
        text += fmt::format("{}{} unknown", text.empty() ? "" : " + ", with_commas(sums.unknown_costs));
    return text;
}

std::vector<Cell> cells_of_sums(const std::string& name, const Sums& sums) {
    const auto tokens = [&](std::int64_t count) { return sums.knows_tokens() ? with_commas(count) : "-"; };
    return {{name},
            {with_commas(sums.traces)},
            {tokens(sums.input)},
            {tokens(sums.output)},
            {tokens(sums.cache_read)},
            {tokens(sums.cache_write)},
            {cost_text(sums)}};
}

std::string unknown_tokens_text(const Sums& sums) {
    if (sums.unknown_tokens == 0) return {};
    return fmt::format("Tokens are of {} of {}; the {} no counts.\n",
                       with_commas(sums.traces - sums.unknown_tokens), counted(sums.traces, "trace"),
                       sums.unknown_tokens == 1 ? "log of the other has" : "logs of the others have");
}

std::string usage_text(Context& context, const Options& options, const Usage& usage) {
    if (usage.total().traces == 0)
        return options.selection.is_given() || options.spans_projects()
                   ? "No trace matches.\n"
                   : "No traces here. Capture some with: opentraces capture\n";
    constexpr std::size_t k_most_name = 30;
    const bool terminal = context.terminal.out_is_terminal();
    std::string title = options.by;
    std::transform(title.begin(), title.end(), title.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    Table table({{title, false, k_most_name},
                 {"TRACES", true},
                 {"INPUT", true},
                 {"OUTPUT", true},
                 {"CACHE READ", true},
                 {"CACHE WRITE", true},
                 {"COST"}},
                terminal ? static_cast<std::size_t>(std::max(context.terminal.width(), 1)) : 0,
                context.terminal.colour());
    for (const auto& [key, sums] : usage.groups())
        table.add(cells_of_sums(options.by == "project" && terminal ? fs::file_name(key) : key, sums));
    table.add(cells_of_sums("total", usage.total()));
    return table.text() + unknown_tokens_text(usage.total());
}

Answer run(Context& context, const Options& options) {
    Usage usage(context, options);
    std::vector<ProjectLeftOut> left_out;
    if (options.spans_projects()) {
        left_out = visit_projects(context, options.selection.projects, ProjectUse::Read,
                                  [&](Project& project) { usage.add(project); });
    } else {
        Project project = open_selected_project_for_reading(context, options.selection);
        usage.add(project);
    }
    Answer answer;
    json::Array groups;
    for (const auto& [key, sums] : usage.groups()) {
        json::Object object;
        object.append("name", key);
        for (json::Member& member : sums_object(sums))
            object.append(member.first, std::move(member.second));
        groups.emplace_back(std::move(object));
    }
    answer.fields.append("by", options.by);
    answer.fields.append("groups", std::move(groups));
    answer.fields.append("totals", sums_object(usage.total()));
    answer.fields.append("projects_left_out", left_out_array(left_out));
    answer.text = usage_text(context, options, usage);
    return answer;
}

}  // namespace

Run declare_usage(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("--by", options->by, "A line for each")
        .one_of({"day", "model", "project", "agent"})
        .show_default();
    declare_selection(accepted, options->selection, "Only these traces; - reads ids from standard input");
    declare_everywhere(accepted, options->selection, options->everywhere);
    accepted.example("opentraces usage --by model", "Tokens and cost of each model");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
