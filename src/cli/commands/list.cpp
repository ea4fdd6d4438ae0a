#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/command.hpp"
#include "cli/known_projects.hpp"
#include "cli/project_context.hpp"
#include "cli/selection.hpp"
#include "cli/trace_fields.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    Selection selection;
    bool everywhere = false;

    bool spans_projects() const { return cli::spans_projects(selection, everywhere); }
};

// On one screen; programs get all.
constexpr std::int64_t k_shown = 50;

std::int64_t default_limit(Context& context) {
    return context.terminal.out_is_terminal() && !context.json ? k_shown : 0;
}

struct Listing {
    std::vector<store::TraceRow> rows;
    std::vector<std::string> projects;  // path of each row's
    std::int64_t total = 0;
    std::vector<ProjectLeftOut> left_out;
    std::map<TraceId, store::LaterVersion> later;  // of committed traces, in the inbox
};

Listing here(Context& context, const Options& options) {
    const Project project = open_selected_project_for_reading(context, options.selection);
    Selected selected = select(context, *project.store, options.selection, {.limit = default_limit(context)});
    Listing listing;
    listing.rows = std::move(selected.rows);
    listing.total = selected.total;
    listing.later = project.store->later_versions();
    listing.projects.assign(listing.rows.size(), project.root);
    return listing;
}

Listing everywhere(Context& context, const Options& options) {
    const SelectionDefaults defaults{.limit = default_limit(context)};
    struct Placed {
        Rank rank;
        store::TraceRow row;
        std::string project;
    };
    const store::Order order = order_of(options.selection, defaults);
    std::vector<Placed> found;
    Listing listing;
    listing.left_out =
        visit_projects(context, options.selection.projects, ProjectUse::Read, [&](Project& project) {
            Selected selected = select(context, *project.store, options.selection, defaults);
            listing.total += selected.total;
            listing.later.merge(project.store->later_versions());
            for (store::TraceRow& row : selected.rows)
                found.push_back({rank_of(order, row), std::move(row), project.root});
        });
    std::stable_sort(found.begin(), found.end(),
                     [](const Placed& left, const Placed& right) { return left.rank > right.rank; });
    const std::int64_t limit = options.selection.limit < 0 ? defaults.limit : options.selection.limit;
    if (limit > 0 && static_cast<std::int64_t>(found.size()) > limit)
        found.resize(static_cast<std::size_t>(limit));
    for (Placed& placed : found) {
        listing.rows.push_back(std::move(placed.row));
        listing.projects.push_back(std::move(placed.project));
    }
    return listing;
}

json::Array traces_array(const Listing& listing) {
    json::Array traces;
    for (std::size_t i = 0; i < listing.rows.size(); ++i) {
        json::Object object = trace_object(listing.rows[i]);
        const auto later = listing.later.find(listing.rows[i].id);
        const bool has_later = later != listing.later.end();
        object.append("later_version", has_later ? json::Value(later->second.id.str()) : json::Value());
        object.append("has_grown", has_later ? json::Value(later->second.grown) : json::Value());
        object.append("project", listing.projects[i]);
        traces.emplace_back(std::move(object));
    }
    return traces;
}

std::string listing_text(Context& context, const Options& options, const Listing& listing) {
    if (listing.rows.empty()) {
        const bool chosen = options.selection.is_given() || options.spans_projects();
        return chosen ? "No trace matches.\n" : "No traces here. Capture some with: opentraces capture\n";
    }
    std::vector<std::string> names;
    if (options.spans_projects())
        for (const std::string& project : listing.projects)
            names.push_back(context.terminal.out_is_terminal() ? fs::file_name(project) : project);
    std::string text = trace_table(context, listing.rows, names);
    if (listing.total > static_cast<std::int64_t>(listing.rows.size()))
        text += fmt::format("{} of {}; --limit 0 shows all\n", listing.rows.size(), listing.total);
    return text + later_text(store::count_later(listing.later));
}

Answer run(Context& context, const Options& options) {
    const Listing listing = options.spans_projects() ? everywhere(context, options) : here(context, options);
    Answer answer;
    answer.fields.append("total", listing.total);
    answer.fields.append("traces", traces_array(listing));
    answer.fields.append("projects_left_out", left_out_array(listing.left_out));
    answer.text = listing_text(context, options, listing);
    return answer;
}

}  // namespace

Run declare_list(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    declare_selection(accepted, options->selection, "Only these traces; - reads ids from standard input");
    declare_everywhere(accepted, options->selection, options->everywhere);
    accepted.example("opentraces list", "What is in this project");
    accepted.example("opentraces list --stage inbox --needs-review", "What somebody should look at");
    accepted.example("opentraces list --json | head -c 100", "For programs");
    accepted.example("opentraces list --everywhere", "In all projects");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
