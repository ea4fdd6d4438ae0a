#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/offer_news.hpp"
#include "cli/project_context.hpp"
#include "cli/terminal_progress.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/raw_copies.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::cli {
namespace {

constexpr std::int64_t k_latest = 5;

struct State {
    std::map<store::Stage, std::int64_t> counts;
    std::uint64_t raw_bytes = 0;  // of copies of sessions
    std::size_t open_pushes = 0;
    std::int64_t needs_review = 0;        // of the inbox
    std::int64_t offered = 0;             // of the committed ones
    std::vector<flow::OfferNews> offers;  // open, or settled since the last look
    std::vector<store::PushFailure> push_failures;
    std::int64_t outgrown = 0;
    std::int64_t failed = 0;
    std::string last_error;
    std::size_t orphans = 0;  // files of traces that the store does not know
};

State state_of(store::Store& store) {
    State state;
    state.counts = store.counts();
    state.open_pushes = store.open_pushes().size();
    state.orphans = store.orphans().size();
    store::Filter marked;
    marked.stages = {store::Stage::Inbox};
    marked.needs_review = true;
    state.needs_review = store.count(marked);
    state.push_failures = store.push_failures();
    state.outgrown = static_cast<std::int64_t>(store.outgrown().size());
    store::Filter committed;
    committed.stages = {store::Stage::Committed};
    for (const store::TraceRow& row : store.list(committed)) {
        if (row.last_error.empty()) continue;
        ++state.failed;
        state.last_error = row.last_error;
    }
    return state;
}

std::string next_command(const State& state, bool has_traces) {
    const auto count = [&](store::Stage stage) {
        const auto found = state.counts.find(stage);
        return found == state.counts.end() ? 0 : found->second;
    };
    if (state.open_pushes > 0 || count(store::Stage::Committed) > state.offered) return "opentraces push";
    if (count(store::Stage::Inbox) > state.needs_review) return "opentraces commit --all";
    if (count(store::Stage::Inbox) > 0) return "opentraces list --stage inbox --needs-review";
    return has_traces ? "opentraces list" : "opentraces capture";
}

json::Object counts_object(const State& state) {
    json::Object counts;
    for (const auto stage :
         {store::Stage::Inbox, store::Stage::Committed, store::Stage::Pushed, store::Stage::Rejected}) {
        const auto found = state.counts.find(stage);
        counts.append(std::string(store::name_of(stage)),
                      found == state.counts.end() ? std::int64_t{0} : found->second);
    }
    return counts;
}

std::string offers_text(const State& state) {
    std::string text;
    for (const flow::OfferNews& news : state.offers) {
        text +=
            fmt::format("  {} offered to {}: {} ({})\n",
                        counted(static_cast<std::int64_t>(news.offer.traces.size()), "trace"),
                        printable_line(news.offer.remote), offer_state(news), printable_line(news.offer.url));
    }
    return text;
}

std::string failures_text(Context& context, const State& state) {
    std::string text;
    for (const store::PushFailure& failure : state.push_failures)
        text += fmt::format("  the last push to {} failed {}: {}\n", printable_line(failure.remote),
                            recent_time(context, failure.at), printable_line(failure.message));
    return text;
}

json::Array failures_array(const State& state) {
    json::Array array;
    for (const store::PushFailure& failure : state.push_failures) {
        json::Object object;
        object.append("remote", failure.remote);
        object.append("at", format_iso8601(failure.at));
        object.append("code", failure.code);
        object.append("message", failure.message);
        array.emplace_back(std::move(object));
    }
    return array;
}

json::Array offers_array(const State& state) {
    json::Array array;
    for (const flow::OfferNews& news : state.offers)
        array.emplace_back(offer_object(news));
    return array;
}

std::string text_of(const Project& project, const State& state, const std::vector<store::TraceRow>& latest,
                    Context& context, const std::string& next) {
    const store::RemoteConfig* remote = project.config.find_remote();
    std::string agents;
    for (const std::string& agent : project.config.agents)
        agents += (agents.empty() ? "" : ", ") + printable_line(agent);
    std::string text = fmt::format("{}\n", printable_line(fs::file_name(project.root)));
    text += fmt::format(
        "  review policy  {}\n  agents         {}\n  remote         {}\n",
        store::name_of(project.config.review_policy), agents,
        remote == nullptr ? "not set (push uses USERNAME/opentraces)" : printable_line(remote->target));
    text += "  traces        ";
    for (const json::Member& member : counts_object(state)) {
        text += fmt::format(" {} {} ", member.first, json::write_document(member.second));
    }
    text += "\n";
    if (state.raw_bytes > 0) text += "  raw copies     " + bytes_text(state.raw_bytes) + "\n";
    if (state.needs_review > 0)
        text += fmt::format("  {} of the inbox {} review\n", counted(state.needs_review, "trace"),
                            state.needs_review == 1 ? "needs" : "need");
    text += offers_text(state) + failures_text(context, state);
    if (state.outgrown > 0) text += "  " + outgrown_text(state.outgrown);
    if (state.open_pushes > 0) {
        text += fmt::format("  {} interrupted; the next push finishes or undoes it\n",
                            counted(static_cast<std::int64_t>(state.open_pushes), "push"));
    }
    if (state.failed > 0) {
        text += fmt::format("  {} could not be pushed: {}\n", counted(state.failed, "trace"),
                            printable_line(state.last_error));
    }
    if (state.orphans > 0) {
        text += fmt::format(
            "  {} in .opentraces/traces that store.db does not know; capture the sessions again to have them "
            "back\n",
            counted(static_cast<std::int64_t>(state.orphans), "file"));
    }
    if (!latest.empty()) text += "\n" + trace_table(context, latest);
    return text + "\nNext: " + next + "\n";
}

Answer run(Context& context) {
    Project project = open_project_for_reading(context);
    std::vector<flow::OfferNews> offers = offer_news(context, project);
    State state = state_of(*project.store);
    for (const flow::OfferNews& news : offers)
        if (news.offer.state == store::OfferState::Open)
            state.offered += static_cast<std::int64_t>(news.offer.traces.size());
    std::erase_if(offers, [](const flow::OfferNews& news) {
        return news.offer.state != store::OfferState::Open && !news.is_new;
    });
    state.offers = std::move(offers);
    state.raw_bytes = flow::RawCopies(project.root, context.ports.disk).size();
    store::Filter filter;
    filter.limit = k_latest;
    const auto latest = project.store->list(filter);
    const store::RemoteConfig* remote = project.config.find_remote();
    const std::string next = next_command(state, !latest.empty());
    json::Array agents;
    for (const std::string& agent : project.config.agents)
        agents.emplace_back(agent);
    Answer answer;
    answer.fields.append("project", project.root);
    answer.fields.append("review_policy", std::string(store::name_of(project.config.review_policy)));
    answer.fields.append("agents", std::move(agents));
    answer.fields.append("remote", remote == nullptr ? json::Value() : json::Value(remote->target));
    answer.fields.append("visibility", project.config.visibility
                                           ? json::Value(hub::name_of(*project.config.visibility))
                                           : json::Value());
    answer.fields.append("counts", counts_object(state));
    answer.fields.append("needs_review", state.needs_review);
    answer.fields.append("offers", offers_array(state));
    answer.fields.append("push_failures", failures_array(state));
    answer.fields.append("outgrown", state.outgrown);
    answer.fields.append("raw_bytes", state.raw_bytes);
    answer.fields.append("open_pushes", static_cast<std::int64_t>(state.open_pushes));
    answer.fields.append("failed_traces", state.failed);
    answer.fields.append("last_error", text_or_null(state.last_error));
    answer.fields.append("unknown_files", static_cast<std::int64_t>(state.orphans));
    answer.fields.append("next_command", next);
    answer.text = text_of(project, state, latest, context, next);
    return answer;
}

}  // namespace

Run declare_status(OptionSet& accepted) {
    accepted.example("opentraces status", "What waits, what is ready, what to do next");
    return run;
}

}  // namespace opentraces::cli
