#include <fmt/format.h>

#include <algorithm>

#include "cli/command.hpp"
#include "cli/known_projects.hpp"
#include "cli/project_context.hpp"
#include "cli/project_state.hpp"
#include "cli/table.hpp"
#include "cli/terminal_progress.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::int64_t k_latest = 5;
constexpr std::size_t k_most_name = 20;

json::Array failures_array(const ProjectState& state) {
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

json::Array offers_array(const ProjectState& state) {
    json::Array array;
    for (const flow::OfferNews& news : state.offers)
        array.emplace_back(offer_object(news));
    return array;
}

json::Value uncaptured_array(const ProjectState& state) {
    if (!state.uncaptured) return {};
    json::Array array;
    for (const flow::Uncaptured& one : *state.uncaptured) {
        json::Object object;
        object.append("agent", std::string(one.agent->name));
        object.append("chosen", one.chosen);
        object.append("session_count", one.sessions ? json::Value(*one.sessions) : json::Value());
        object.append("message", text_or_null(one.reason));
        array.emplace_back(std::move(object));
    }
    return array;
}

// What is configured, and what is the case.
void append_project(json::Object& object, const Project& project, const ProjectState& state) {
    const store::ProjectConfig& config = project.config;
    const store::RemoteConfig* remote = config.find_remote();
    json::Array agents;
    for (const std::string& agent : config.agents)
        agents.emplace_back(agent);
    object.append("project", project.root);
    object.append("review_policy", std::string(store::name_of(config.review_policy)));
    object.append("agents", std::move(agents));
    object.append("remote", remote == nullptr ? json::Value() : json::Value(remote->target));
    object.append("visibility",
                  config.visibility ? json::Value(hub::name_of(*config.visibility)) : json::Value());
    append_state(object, state);
    object.append("uncaptured", uncaptured_array(state));
    object.append("offers", offers_array(state));
    object.append("push_failures", failures_array(state));
    object.append("last_error", text_or_null(state.last_error));
    object.append("next_command", next_command(state));
}

std::string text_of(const Project& project, const ProjectState& state,
                    const std::vector<store::TraceRow>& latest, Context& context) {
    const store::RemoteConfig* remote = project.config.find_remote();
    std::string agents;
    for (const std::string& agent : project.config.agents)
        agents += (agents.empty() ? "" : ", ") + printable_line(agent);
    if (agents.empty()) agents = "all";
    std::string text = fmt::format("{}\n", printable_line(fs::file_name(project.root)));
    text += fmt::format(
        "  review policy  {}\n  agents         {}\n  remote         {}\n",
        store::name_of(project.config.review_policy), agents,
        remote == nullptr ? "not set (push uses USERNAME/opentraces)" : printable_line(remote->target));
    text += "  traces        " + counts_text(state) + "\n";
    if (state.raw_bytes > 0) text += "  raw copies     " + bytes_text(state.raw_bytes) + "\n";
    text += news_text(context, state);
    if (!latest.empty()) text += "\n" + trace_table(context, latest);
    return text + "\nNext: " + next_command(state) + "\n";
}

Answer here(Context& context) {
    Project project = open_project_for_reading(context);
    ProjectState state = state_of(context, project);
    add_uncaptured(state, context, project);
    store::Filter filter;
    filter.limit = k_latest;
    Answer answer;
    append_project(answer.fields, project, state);
    answer.text = text_of(project, state, project.store->list(filter), context);
    return answer;
}

std::vector<Cell> cells_of(const std::string& name, const ProjectState& state, std::string_view next) {
    const auto number = [](std::int64_t count) { return with_commas(count); };
    return {{name},
            {number(state.count(store::Stage::Inbox))},
            {number(state.need_review), state.need_review > 0 ? k_red : std::string_view()},
            {number(state.count(store::Stage::Committed)), k_green},
            {number(state.count(store::Stage::Pushed))},
            {number(state.count(store::Stage::Rejected))},
            {number(static_cast<std::int64_t>(state.queued))},
            {number(static_cast<std::int64_t>(state.push_failures.size())),
             state.push_failures.empty() ? std::string_view() : k_red},
            {std::string(next)}};
}

// The rows of all projects, and their sum.
class AllProjects {
public:
    explicit AllProjects(Context& context)
        : m_context(context),
          m_terminal(context.terminal.out_is_terminal()),
          m_table({{"PROJECT", false, k_most_name},
                   {"INBOX", true},
                   {"REVIEW", true},
                   {"COMMITTED", true},
                   {"PUSHED", true},
                   {"REJECTED", true},
                   {"QUEUED", true},
                   {"FAILED", true},
                   {"NEXT"}},
                  m_terminal ? static_cast<std::size_t>(std::max(context.terminal.width(), 1)) : 0,
                  context.terminal.colour()) {}

    void visit(Project& project) {
        const ProjectState state = state_of(m_context, project);
        json::Object object;
        append_project(object, project, state);
        m_projects.emplace_back(std::move(object));
        m_table.add(cells_of(m_terminal ? fs::file_name(project.root) : project.root, state,
                             next_command(state).substr(std::string_view("opentraces ").size())));
        add_state(m_sum, state);
    }

    Answer answer(const std::vector<ProjectLeftOut>& left_out) {
        Answer answer;
        json::Object totals;
        totals.append("project_count", static_cast<std::int64_t>(m_projects.size()));
        append_state(totals, m_sum);
        if (m_projects.empty()) {
            answer.text = "There are no projects. Make one with: opentraces init\n";
        } else {
            m_table.add(cells_of("total", m_sum, ""));
            answer.text = m_table.text();
            if (m_sum.raw_bytes > 0) answer.text += "Raw copies: " + bytes_text(m_sum.raw_bytes) + "\n";
        }
        answer.fields.append("totals", std::move(totals));
        answer.fields.append("projects", std::move(m_projects));
        answer.fields.append("projects_left_out", left_out_array(left_out));
        return answer;
    }

private:
    Context& m_context;
    bool m_terminal;
    Table m_table;
    json::Array m_projects;
    ProjectState m_sum;
};

Answer everywhere(Context& context) {
    AllProjects all(context);
    const auto left_out =
        visit_projects(context, {}, ProjectUse::Read, [&](Project& project) { all.visit(project); });
    return all.answer(left_out);
}

}  // namespace

Run declare_status(OptionSet& accepted) {
    auto all = std::make_shared<bool>(false);
    accepted.add_flag("--everywhere", *all, "Every project of yours: a row each, and their sum");
    accepted.example("opentraces status", "What waits, what is ready, what to do next");
    accepted.example("opentraces status --everywhere", "The same of all projects, in one table");
    return [all](Context& context) { return *all ? everywhere(context) : here(context); };
}

}  // namespace opentraces::cli
