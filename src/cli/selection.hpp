// Which traces a command is about: ids, and flags that hold for all of them. The same for every command.
//
// A trace is chosen when its id was given (if any was) and every flag holds for it. A flag that may be
// repeated holds when one of its values does. Ids come from the command line, or with "-" from standard
// input: one at the start of each line, or the JSON answer of a command with "traces" or "trace_ids" in it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::cli {

// As it was typed.
struct Selection {
    std::vector<std::string> ids;
    std::vector<std::string> stages;
    std::vector<std::string> agents;
    std::vector<std::string> models;
    std::vector<std::string> projects;  // names of folders, or paths
    std::string since;
    std::string until;
    bool needs_review = false;
    std::vector<std::string> grep;
    std::int64_t min_steps = 0;
    std::string sort;
    std::int64_t limit = k_no_limit;  // 0: all

    static constexpr std::int64_t k_no_limit = -1;  // was not said

    bool has_ids() const { return !ids.empty(); }
    // Whether a flag says which; an order and a limit do not.
    bool has_flags() const;
    bool is_given() const { return has_ids() || has_flags(); }
};

// The options and their checks. `about_ids` is the help of the ids: "Traces of the project; …".
void declare_selection(OptionSet& accepted, Selection& selection, const std::string& about_ids);

// --everywhere, for commands that only look. The variable lives as long as the selection.
void declare_everywhere(OptionSet& accepted, const Selection& selection, bool& everywhere);
// Whether several projects are meant, or may be.
bool spans_projects(const Selection& selection, bool everywhere);

// What --stage, --sort and --limit are when they are not given. The stages do not hold for ids.
struct SelectionDefaults {
    std::vector<store::Stage> stages{};  // none: all
    store::Order order = store::Order::Newest;
    std::int64_t limit = 0;  // 0: all
};

struct Selected {
    std::vector<store::TraceRow> rows;
    std::int64_t total = 0;  // without the limit

    std::vector<TraceId> ids() const;
};
// Reads standard input at most once. --grep reads the stored traces: what would be published. Errors as
// Store::find for ids; flags that match nothing are an empty answer.
Selected select(Context& context, store::Store& store, const Selection& selection,
                const SelectionDefaults& defaults);

// What the flags say, without --grep, for who lists by himself: order, and stages only where no ids are
// given.
store::Filter filter_of(Context& context, const Selection& selection, const SelectionDefaults& defaults);

// For putting traces of several projects into that order: the greatest comes first.
struct Rank {
    double measure = 0;
    std::int64_t happened = 0;
    std::int64_t captured = 0;
    auto operator<=>(const Rank&) const = default;
};
Rank rank_of(store::Order order, const store::TraceRow& row);
// The order that --sort says, else the default.
store::Order order_of(const Selection& selection, const SelectionDefaults& defaults);

// The project that --project names, else the one here. Error BadOption when it names several.
Project open_selected_project(Context& context, const Selection& selection);
Project open_selected_project_for_reading(Context& context, const Selection& selection);

// The stages from which an action is allowed: what a command takes when only other flags are given.
std::vector<store::Stage> stages_for(store::Action action);

// "No trace matches ...": for people, when flags have matched nothing.
std::string no_match_text(std::string_view undone);

}  // namespace opentraces::cli
