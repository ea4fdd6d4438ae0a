#include "cli/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "cli/known_projects.hpp"
#include "cli/moments.hpp"
#include "cli/standard_input.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/walk.hpp"

namespace opentraces::cli {
namespace {

using store::Action;
using store::Order;
using store::Stage;
using store::TraceRow;

constexpr std::size_t k_longest_id_list = std::size_t{64} << 20;

struct OrderName {
    std::string_view name;
    Order order;
};
constexpr std::array k_orders{
    OrderName{"newest", Order::Newest}, OrderName{"oldest", Order::Oldest},
    OrderName{"steps", Order::Steps},   OrderName{"tokens", Order::Tokens},
    OrderName{"cost", Order::Cost},     OrderName{"findings", Order::Findings},
};

// As the store orders: what has no time of its own is the oldest.
std::int64_t happened_at(const TraceRow& row) {
    for (const std::string* const text : {&row.ended_at, &row.started_at})
        if (const auto at = parse_iso8601(*text)) return at->time_since_epoch().count();
    return 0;
}

// A day stands for its first moment in --since and for its last in --until.
void check_times(const Selection& selection) {
    const auto utc = [](TimePoint) { return std::chrono::seconds(); };
    for (const auto& [option, text] : {std::pair("--since", &selection.since), {"--until", &selection.until}})
        if (!text->empty()) parse_moments(option, *text, {}, utc);
}

// Ids of the JSON answer of another command.
std::vector<std::string> ids_of_answer(const std::string& text) {
    json::Value answer;
    try {
        answer = json::read_document(text);
    } catch (const json::SyntaxError& error) {
        throw Error(ErrorCode::BadOption,
                    std::string("standard input is neither ids nor JSON: ") + error.what());
    }
    std::vector<std::string> ids;
    const json::Array* const traces = answer["traces"].if_array();
    const json::Array* const plain = answer["trace_ids"].if_array();
    if (traces != nullptr)
        for (const json::Value& trace : *traces)
            ids.emplace_back(trace["trace_id"].string_or());
    if (plain != nullptr)
        for (const json::Value& id : *plain)
            ids.emplace_back(id.string_or());
    if (traces == nullptr && plain == nullptr)
        throw Error(ErrorCode::BadOption, "the JSON on standard input has neither traces nor trace_ids",
                    "Give it the answer of: opentraces list --json");
    return ids;
}

// The first word of each line; the heading of `list` is none.
std::vector<std::string> ids_of_lines(std::string_view text) {
    std::vector<std::string> ids;
    each_line(text, [&ids](std::string_view whole) {
        const std::string_view line = trim(whole);
        const std::string_view word = line.substr(0, line.find_first_of(" \t"));
        if (!word.empty() && word != "ID") ids.emplace_back(word);
    });
    return ids;
}

std::vector<std::string> typed_ids(Context& context, const Selection& selection) {
    std::vector<std::string> ids;
    bool read = false;
    for (const std::string& id : selection.ids) {
        if (id != "-") {
            ids.push_back(id);
            continue;
        }
        if (std::exchange(read, true)) continue;
        const std::string text = read_standard_input(context.terminal, k_longest_id_list);
        const bool is_json = trim(text).starts_with('{');
        const auto more = is_json ? ids_of_answer(text) : ids_of_lines(text);
        ids.insert(ids.end(), more.begin(), more.end());
    }
    return ids;
}

// In the order in which they were given, each once.
std::vector<TraceRow> named_rows(store::Store& store, const std::vector<std::string>& ids) {
    std::vector<TraceRow> rows;
    std::set<TraceId> known;
    for (const std::string& id : ids) {
        TraceRow row = store.find(id);
        if (known.insert(row.id).second) rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<TraceRow> flagged_rows(Context& context, store::Store& store, const store::Filter& filter,
                                   const std::vector<TraceRow>& named) {
    std::set<TraceId> ids;
    for (const TraceRow& row : named)
        ids.insert(row.id);
    std::vector<TraceRow> rows = store.list(filter);
    std::erase_if(rows, [&](const TraceRow& row) { return !ids.contains(row.id); });
    if (rows.size() < named.size())
        context.progress.note(fmt::format("{} of the {} named traces do not match the flags and are left out",
                                          named.size() - rows.size(), named.size()));
    return rows;
}

// Looks for texts in what would be published, as people read it: without JSON's escapes, in any case (ASCII).
class Grep {
public:
    explicit Grep(const std::vector<std::string>& texts) {
        for (const std::string& text : texts)
            m_texts.push_back(to_lower_ascii(text));
    }

    bool matches(const std::string& line) const {
        const trace::Decoded decoded = trace::decode(std::string_view(line));
        if (!decoded.record) throw Error(ErrorCode::CorruptTrace, decoded.problem->words);
        bool found = false;
        trace::walk_texts(*decoded.record, [&](const trace::TextPlace&, std::string_view text) {
            found = found || matches_text(text);
        });
        return found;
    }

private:
    bool matches_text(std::string_view text) const {
        const std::string lower = to_lower_ascii(text);
        return std::any_of(m_texts.begin(), m_texts.end(), [&](const std::string& wanted) {
            return lower.find(wanted) != std::string::npos;
        });
    }

    std::vector<std::string> m_texts;
};

// A trace that cannot be read is not searched, and named.
void keep_matching(Context& context, store::Store& store, const Selection& selection,
                   std::vector<TraceRow>& rows) {
    if (selection.grep.empty()) return;
    const Grep grep(selection.grep);
    std::erase_if(rows, [&](const TraceRow& row) {
        try {
            return !grep.matches(store.read_line(row.id));
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CorruptTrace) throw;
            context.progress.warning(
                fmt::format("trace {} cannot be searched: {}", row.id.str(), error.what()));
            return true;
        }
    });
}

std::vector<TraceRow> all_rows(Context& context, store::Store& store, const Selection& selection,
                               const store::Filter& filter) {
    if (!selection.has_ids()) return store.list(filter);
    std::vector<TraceRow> named = named_rows(store, typed_ids(context, selection));
    const bool as_given = !selection.has_flags() && selection.sort.empty();
    return as_given ? named : flagged_rows(context, store, filter, named);
}

std::optional<std::string> selected_root(Context& context, const Selection& selection) {
    if (selection.projects.empty()) return std::nullopt;
    const auto paths = projects_named(context, selection.projects);
    if (paths.size() == 1) return paths.front();
    std::string known;
    for (const std::string& path : paths)
        known += " " + printable_line(path);
    throw Error(ErrorCode::BadOption, "--project means several projects:" + known, "Give the path of one.");
}

}  // namespace

bool Selection::has_flags() const {
    return !stages.empty() || !agents.empty() || !models.empty() || !since.empty() || !until.empty() ||
           needs_review || !grep.empty() || min_steps > 0;
}

void declare_selection(OptionSet& accepted, Selection& selection, const std::string& about_ids) {
    accepted.add_option("ID", selection.ids, about_ids).completes(Candidates::Ids);
    accepted.add_option("--stage", selection.stages, "Only this stage; may be repeated")
        .type_name("S")
        .one_of({"inbox", "committed", "pushed", "rejected"});
    accepted.add_option("--agent", selection.agents, "Only this agent; may be repeated")
        .type_name("NAME")
        .completes(Candidates::Agents);
    accepted.add_option("--model", selection.models, "Only models whose name contains this; may be repeated")
        .type_name("TEXT");
    accepted
        .add_option("--project", selection.projects,
                    "The project in this folder (name or path) instead of the one here")
        .type_name("NAME");
    accepted
        .add_option("--since", selection.since,
                    "Only sessions that ended then or later: 2026-01-31, 2d, today")
        .type_name("TIME");
    accepted.add_option("--until", selection.until, "Only sessions that ended then or before")
        .type_name("TIME");
    accepted.add_flag("--needs-review", selection.needs_review, "Only traces that a person should look at");
    accepted
        .add_option("--grep", selection.grep,
                    "Only traces with this in a text that would be published, in any case; may be repeated")
        .type_name("TEXT");
    accepted.add_option("--min-steps", selection.min_steps, "Only traces with at least N steps")
        .not_negative();
    accepted.add_option("--sort", selection.sort, "Which come first")
        .one_of({"newest", "oldest", "steps", "tokens", "cost", "findings"});
    accepted.add_option("--limit", selection.limit, "At most N, 0 for all").not_negative();
    accepted.check([&selection] { check_times(selection); });
}

Order order_of(const Selection& selection, const SelectionDefaults& defaults) {
    for (const OrderName& row : k_orders)
        if (row.name == selection.sort) return row.order;
    return defaults.order;
}

Rank rank_of(Order order, const TraceRow& row) {
    Rank rank{0, happened_at(row), row.captured_at.time_since_epoch().count()};
    switch (order) {
        case Order::Newest:
            break;
        case Order::Oldest:
            return {0, -rank.happened, -rank.captured};
        case Order::Steps:
            rank.measure = static_cast<double>(row.steps);
            break;
        case Order::Tokens:
            rank.measure = static_cast<double>(row.input_tokens) + static_cast<double>(row.output_tokens);
            break;
        case Order::Cost:
            rank.measure = row.cost_usd.value_or(-std::numeric_limits<double>::infinity());
            break;
        case Order::Findings:
            rank.measure = static_cast<double>(row.findings);
            break;
    }
    return rank;
}

void declare_everywhere(OptionSet& accepted, const Selection& selection, bool& everywhere) {
    accepted.add_flag("--everywhere", everywhere, "In all projects of yours");
    accepted.check([&selection, &everywhere] {
        if (spans_projects(selection, everywhere) && selection.has_ids())
            throw Error(ErrorCode::BadOption, "ids are those of one project: no --everywhere with them");
        if (everywhere && !selection.projects.empty())
            throw Error(ErrorCode::BadOption, "--everywhere and --project exclude each other");
    });
}

bool spans_projects(const Selection& selection, bool everywhere) {
    return everywhere || selection.projects.size() > 1;
}

std::vector<TraceId> Selected::ids() const {
    std::vector<TraceId> ids;
    for (const TraceRow& row : rows)
        ids.push_back(row.id);
    return ids;
}

store::Filter filter_of(Context& context, const Selection& selection, const SelectionDefaults& defaults) {
    store::Filter filter;
    for (const std::string& stage : selection.stages)
        filter.stages.push_back(*store::parse_stage(stage));
    if (selection.stages.empty() && !selection.has_ids()) filter.stages = defaults.stages;
    filter.agents = selection.agents;
    filter.models = selection.models;
    const TimePoint now = context.ports.clock.now();
    const auto offset = [&](TimePoint at) { return context.terminal.utc_offset(at); };
    if (!selection.since.empty()) filter.since = parse_moments("--since", selection.since, now, offset).first;
    if (!selection.until.empty()) filter.until = parse_moments("--until", selection.until, now, offset).last;
    filter.needs_review = selection.needs_review;
    filter.min_steps = selection.min_steps;
    filter.order = order_of(selection, defaults);
    return filter;
}

Selected select(Context& context, store::Store& store, const Selection& selection,
                const SelectionDefaults& defaults) {
    store::Filter filter = filter_of(context, selection, defaults);
    const std::int64_t limit = selection.limit < 0 ? defaults.limit : selection.limit;
    Selected selected;
    if (!selection.has_ids() && selection.grep.empty()) {
        filter.limit = limit;
        selected.rows = store.list(filter);
        const bool whole = limit == 0 || static_cast<std::int64_t>(selected.rows.size()) < limit;
        selected.total = whole ? static_cast<std::int64_t>(selected.rows.size()) : store.count(filter);
        return selected;
    }
    selected.rows = all_rows(context, store, selection, filter);
    keep_matching(context, store, selection, selected.rows);
    selected.total = static_cast<std::int64_t>(selected.rows.size());
    if (limit > 0 && selected.total > limit) selected.rows.resize(static_cast<std::size_t>(limit));
    return selected;
}

Project open_selected_project(Context& context, const Selection& selection) {
    const auto root = selected_root(context, selection);
    return root ? open_project_at(context, *root) : open_project(context);
}

Project open_selected_project_for_reading(Context& context, const Selection& selection) {
    const auto root = selected_root(context, selection);
    return root ? open_project_for_reading_at(context, *root) : open_project_for_reading(context);
}

std::vector<Stage> stages_for(Action action) {
    std::vector<Stage> stages;
    for (const Stage stage : {Stage::Inbox, Stage::Committed, Stage::Pushed, Stage::Rejected})
        if (store::next_stage(stage, action)) stages.push_back(stage);
    return stages;
}

std::string no_match_text(std::string_view undone) {
    return fmt::format("No trace matches; {}.\n", undone);
}

}  // namespace opentraces::cli
