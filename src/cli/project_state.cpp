#include "cli/project_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/hook_queue.hpp"
#include "opentraces/flow/raw_copies.hpp"

namespace opentraces::cli {
namespace {

using store::Stage;

constexpr std::array k_stages{Stage::Inbox, Stage::Committed, Stage::Pushed, Stage::Rejected};

void add_failed(ProjectState& state, store::Store& store) {
    store::Filter filter;
    filter.stages = {Stage::Committed};
    filter.failed = true;
    state.failed = store.count(filter);
    filter.limit = 1;
    for (const store::TraceRow& row : store.list(filter))
        state.last_error = row.last_error;
}

void add_offers(ProjectState& state, std::vector<flow::OfferNews> news) {
    for (const flow::OfferNews& one : news)
        if (one.offer.state == store::OfferState::Open)
            state.offered += static_cast<std::int64_t>(one.offer.traces.size());
    std::erase_if(news, [](const flow::OfferNews& one) {
        return one.offer.state != store::OfferState::Open && !one.is_new;
    });
    state.offers = std::move(news);
}

std::string counted(std::size_t count, std::string_view noun) {
    return cli::counted(static_cast<std::int64_t>(count), noun);
}

std::string offers_text(const ProjectState& state) {
    std::string text;
    for (const flow::OfferNews& news : state.offers)
        text +=
            fmt::format("  {} offered to {}: {} ({})\n", counted(news.offer.traces.size(), "trace"),
                        printable_line(news.offer.remote), offer_state(news), printable_line(news.offer.url));
    return text;
}

std::string failures_text(Context& context, const ProjectState& state) {
    std::string text;
    for (const store::PushFailure& failure : state.push_failures)
        text += fmt::format("  the last push to {} failed {}: {}\n", printable_line(failure.remote),
                            recent_time(context, failure.at), printable_line(failure.message));
    if (state.failed > 0)
        text += fmt::format("  {} could not be pushed: {}\n", cli::counted(state.failed, "trace"),
                            printable_line(state.last_error));
    return text;
}

std::string queue_text(const ProjectState& state) {
    std::string text;
    if (state.queued > 0)
        text += fmt::format("  {} that hooks have named {} not captured yet; run: opentraces capture\n",
                            counted(state.queued, "session"), state.queued == 1 ? "is" : "are");
    if (state.unreadable_queued > 0)
        text +=
            fmt::format("  {} in .opentraces/queue {} no session\n", counted(state.unreadable_queued, "file"),
                        state.unreadable_queued == 1 ? "names" : "name");
    return text;
}

std::string uncaptured_text(const ProjectState& state) {
    std::string text;
    for (const flow::Uncaptured& one : state.uncaptured.value_or(std::vector<flow::Uncaptured>())) {
        if (!one.sessions) {
            text += fmt::format("  sessions of {} could not be looked for: {}\n", one.agent->title,
                                printable_line(one.reason));
            continue;
        }
        text += fmt::format("  {} of {} {} not captured yet{}; run: opentraces capture{}\n",
                            cli::counted(*one.sessions, "session"), one.agent->title,
                            *one.sessions == 1 ? "is" : "are",
                            one.chosen ? "" : ", which is none of the project's agents",
                            one.chosen ? "" : fmt::format(" --agent {}", one.agent->name));
    }
    return text;
}

bool waits_for_capture(const ProjectState& state) {
    const auto waits = [](const flow::Uncaptured& one) { return one.chosen && one.sessions; };
    return state.queued > 0 ||
           (state.uncaptured && std::any_of(state.uncaptured->begin(), state.uncaptured->end(), waits));
}

}  // namespace

std::int64_t ProjectState::count(Stage stage) const {
    const auto found = counts.find(stage);
    return found == counts.end() ? 0 : found->second;
}

ProjectState state_of(Context& context, Project& project) {
    ProjectState state;
    add_offers(state, offer_news(context, project));
    store::Store& store = *project.store;
    state.counts = store.counts();
    state.open_pushes = store.open_pushes().size();
    state.orphans = store.orphans().size();
    store::Filter marked;
    marked.stages = {Stage::Inbox};
    marked.needs_review = true;
    state.need_review = store.count(marked);
    state.push_failures = store.push_failures();
    state.later = store::count_later(store.later_versions());
    add_failed(state, store);
    const flow::QueuedSessions queued = flow::HookQueue(project.root, context.ports.disk).waiting();
    state.queued = queued.sessions.size();
    state.unreadable_queued = queued.unreadable;
    state.raw_bytes = flow::RawCopies(project.root, context.ports.disk).size(store);
    return state;
}

void add_uncaptured(ProjectState& state, Context& context, Project& project) {
    if (is_excluded(context, project)) return;
    state.uncaptured =
        flow::find_uncaptured(project.root, project.config.agents, *project.store, context.ports);
}

std::string next_command(const ProjectState& state) {
    if (state.open_pushes > 0 || state.count(Stage::Committed) > state.offered) return "opentraces push";
    if (state.count(Stage::Inbox) > state.need_review) return "opentraces commit --all";
    if (state.count(Stage::Inbox) > 0) return "opentraces list --stage inbox --needs-review";
    const bool has_traces =
        state.count(Stage::Pushed) + state.count(Stage::Committed) + state.count(Stage::Rejected) > 0;
    return has_traces && !waits_for_capture(state) ? "opentraces list" : "opentraces capture";
}

void append_state(json::Object& object, const ProjectState& state) {
    json::Object counts;
    for (const Stage stage : k_stages)
        counts.append(std::string(store::name_of(stage)), state.count(stage));
    object.append("counts", std::move(counts));
    object.append("need_review", state.need_review);
    append_later(object, state.later);
    object.append("queued_sessions", static_cast<std::int64_t>(state.queued));
    object.append("unreadable_queue_files", static_cast<std::int64_t>(state.unreadable_queued));
    object.append("open_pushes", static_cast<std::int64_t>(state.open_pushes));
    object.append("failed_pushes", static_cast<std::int64_t>(state.push_failures.size()));
    object.append("failed_traces", state.failed);
    object.append("raw_bytes", state.raw_bytes);
    object.append("unknown_files", static_cast<std::int64_t>(state.orphans));
}

void add_state(ProjectState& sum, const ProjectState& more) {
    for (const auto& [stage, count] : more.counts)
        sum.counts[stage] += count;
    sum.need_review += more.need_review;
    sum.offered += more.offered;
    sum.later.grown += more.later.grown;
    sum.later.reread += more.later.reread;
    sum.queued += more.queued;
    sum.unreadable_queued += more.unreadable_queued;
    sum.open_pushes += more.open_pushes;
    sum.push_failures.insert(sum.push_failures.end(), more.push_failures.begin(), more.push_failures.end());
    sum.failed += more.failed;
    sum.raw_bytes += more.raw_bytes;
    sum.orphans += more.orphans;
}

std::string counts_text(const ProjectState& state) {
    std::string text;
    for (const Stage stage : k_stages)
        text += fmt::format(" {} {} ", store::name_of(stage), with_commas(state.count(stage)));
    return text;
}

std::string news_text(Context& context, const ProjectState& state) {
    std::string text;
    if (state.need_review > 0)
        text += fmt::format("  {} of the inbox {} review\n", cli::counted(state.need_review, "trace"),
                            state.need_review == 1 ? "needs" : "need");
    text += queue_text(state) + uncaptured_text(state) + offers_text(state) + failures_text(context, state);
    text += later_text(state.later, "  ");
    if (state.open_pushes > 0)
        text += fmt::format("  {} interrupted; the next push finishes or undoes it\n",
                            counted(state.open_pushes, "push"));
    if (state.orphans > 0)
        text += fmt::format(
            "  {} in .opentraces/traces that store.db does not know; capture the sessions again to have them "
            "back\n",
            counted(state.orphans, "file"));
    return text;
}

}  // namespace opentraces::cli
