#include "opentraces/flow/capture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/capture_fields.hpp"
#include "cli/command.hpp"
#include "cli/failure_fields.hpp"
#include "cli/hook_call.hpp"
#include "cli/known_projects.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/auto_push.hpp"
#include "opentraces/flow/hook_queue.hpp"
#include "opentraces/flow/raw_copies.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    std::vector<std::string> agents;
    bool hook = false;
    bool queued = false;
    bool again = false;
    bool all = false;
};

std::vector<std::string> absolute_paths(Context& context, const std::vector<std::string>& paths) {
    std::vector<std::string> absolute;
    for (const std::string& path : paths) {
        absolute.push_back(fs::absolute(path, context.ports.environment, context.ports.disk));
    }
    return absolute;
}

Answer excluded_answer() {
    Answer answer;
    answer.fields = capture_object({});
    append_failures(answer.fields, {});
    answer.text = "This project is excluded from capture.\n";
    return answer;
}

// What is clean is committed where the project says so.
flow::CaptureResult capture_into(Context& context, const Project& project,
                                 const std::vector<capture::Found>& sessions, const Options& options) {
    flow::CaptureOptions chosen = capture_options(context, project.config, project.root);
    chosen.reparse = options.again;
    flow::RawCopies raw(project.root, context.ports.disk);
    if (project.config.keep_raw) chosen.raw = &raw;
    flow::CaptureResult result =
        flow::capture(sessions, *project.store, chosen, context.ports.disk, context.progress);
    if (project.config.review_policy == store::ReviewPolicy::Auto)
        flow::commit_clean(*project.store, result.traces, context.ports.ids);
    return result;
}

using Sessions = std::vector<capture::Found>;

// What hooks have named is captured with what was asked for.
Sessions find_sessions(Context& context, const Options& options, const std::vector<std::string>& paths,
                       const Project& project, const flow::QueuedSessions& waiting, flow::Failures& missing) {
    Sessions sessions;
    if (!options.queued && paths.empty()) {
        sessions =
            flow::find_project_sessions(project.root, project.config.agents, context.ports, context.progress);
    } else if (!options.queued) {
        sessions = flow::find_sessions(paths, options.agents, context.ports.disk, missing, context.progress);
    }
    for (capture::Found& found : flow::find_queued(waiting, project.root, project.config.agents,
                                                   context.ports, missing, context.progress)) {
        const bool known = std::any_of(sessions.begin(), sessions.end(), [&](const capture::Found& other) {
            return other.session.locator == found.session.locator;
        });
        if (!known) sessions.push_back(std::move(found));
    }
    return sessions;
}

store::FlagValues flags_of(const Options& options) {
    if (options.agents.empty()) return {};
    json::Array agents(options.agents.begin(), options.agents.end());
    return {{"agents", {store::SettingLevel::Flag, "--agent", std::move(agents)}}};
}

Answer capture_paths(Context& context, const Options& options, const std::vector<std::string>& paths) {
    const Project project = open_project(context, flags_of(options));
    if (is_excluded(context, project)) return excluded_answer();
    flow::HookQueue queue(project.root, context.ports.disk);
    const std::unique_ptr<fs::Lock> turn = options.queued ? queue.wait_for_turn() : nullptr;
    flow::QueuedSessions waiting;
    // With --agent only that agent's sessions are wanted: what waits goes on waiting.
    if (options.queued || (paths.empty() && options.agents.empty())) waiting = queue.waiting();
    if (waiting.unreadable > 0)
        context.progress.warning(fmt::format(
            "files in .opentraces/queue that name no session, left there: {}", waiting.unreadable));
    flow::Failures missing;
    const Sessions sessions = find_sessions(context, options, paths, project, waiting, missing);
    if (sessions.empty() && missing.empty() && !options.queued) {
        throw Error(ErrorCode::NoSessions,
                    "no sessions of " +
                        flow::agents_said(paths.empty() ? project.config.agents : options.agents) +
                        " were found" + (paths.empty() ? " for this project" : " there"));
    }
    flow::CaptureResult result = capture_into(context, project, sessions, options);
    for (const flow::QueuedSession& one : waiting.sessions)
        queue.done(one);
    result.failed.put_first(missing);
    const bool pushes = project.config.review_policy == store::ReviewPolicy::Auto && options.queued;
    if (pushes) flow::push_detached(project.root, context.ports.environment);
    Answer answer;
    answer.fields = capture_object(result);
    // Nobody is there to read it; what went wrong is in the log.
    if (!options.queued) answer.text = capture_text(result);
    tell_failures(answer, result.failed, "session");
    if (!context.json) context.terminal.err(failures_text(result.failed));
    return answer;
}

// The answers of all projects, one behind the other.
class AllProjects {
public:
    AllProjects(Context& context, const Options& options) : m_context(context), m_options(options) {}

    void visit(Project& project) {
        json::Object object;
        object.append("project", project.root);
        const bool excluded = is_excluded(m_context, project);
        object.append("excluded", excluded);
        flow::CaptureResult result;
        if (!excluded) {
            const auto sessions = flow::find_project_sessions(project.root, m_options.agents, m_context.ports,
                                                              m_context.progress);
            result = capture_into(m_context, project, sessions, m_options);
        }
        for (json::Member& member : capture_object(result))
            object.append(member.first, std::move(member.second));
        append_failures(object, result.failed);
        m_projects.emplace_back(std::move(object));
        m_text += printable_line(project.root) + ": " + (excluded ? "excluded\n" : counts_text(result));
        note_failures(result.failed);
        m_captured += result.captured;
        m_updated += result.updated;
    }

    Answer answer(const std::vector<ProjectLeftOut>& left_out) {
        for (const ProjectLeftOut& project : left_out)
            if (project.why.code() != ErrorCode::NotFound) m_failed.add(project.path, project.why);
        Answer answer;
        answer.fields.append("captured", m_captured);
        answer.fields.append("updated", m_updated);
        answer.fields.append("projects", std::move(m_projects));
        answer.fields.append("projects_left_out", left_out_array(left_out));
        answer.text = m_text.empty() ? "There are no projects. Make one with: opentraces init\n" : m_text;
        if (m_captured + m_updated > 0) answer.text += "Next: opentraces list --everywhere\n";
        tell_failures(answer, m_failed, "session or project");
        return answer;
    }

private:
    void note_failures(const flow::Failures& failed) {
        if (failed.empty()) return;
        if (!m_context.json) m_context.terminal.err(failures_text(failed));
        flow::Failures all = failed;
        all.put_first(m_failed);
        m_failed = std::move(all);
    }

    Context& m_context;
    const Options& m_options;
    json::Array m_projects;
    std::string m_text;
    std::int64_t m_captured = 0;
    std::int64_t m_updated = 0;
    flow::Failures m_failed;
};

Answer capture_all(Context& context, const Options& options) {
    AllProjects all(context, options);
    const auto left_out =
        visit_projects(context, {}, ProjectUse::Write, [&](Project& project) { all.visit(project); });
    return all.answer(left_out);
}

Answer run(Context& context, const Options& options) {
    if (options.all) return capture_all(context, options);
    if (options.hook)
        return answer_hook(context, options.agents.empty() ? std::string() : options.agents.front());
    const std::vector<std::string> paths = absolute_paths(context, options.paths);
    if (options.queued) {
        // Before anything can go wrong with the store: what is in the queue is captured sooner or later.
        flow::HookQueue queue(project_root(context), context.ports.disk);
        for (const std::string& path : paths)
            queue.add(path);
    }
    return capture_paths(context, options, paths);
}

}  // namespace

Run declare_capture(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("PATH", options->paths,
                        "Session files or folders; without any, the agent's own sessions of this project");
    accepted.add_option("--agent", options->agents, "Only sessions of this agent: " + capture::agent_names())
        .type_name("A")
        .completes(Candidates::Agents);
    accepted.add_flag("--hook", options->hook, "Called by an agent's hook: its JSON is on standard input");
    accepted.add_flag("--queued", options->queued,
                      "What hooks have left to be captured, and PATH with it; a hook starts this");
    accepted.add_flag("--again", options->again, "Read sessions again that have not changed");
    accepted.add_flag("--all", options->all, "Every project of yours, and every agent on this machine");
    accepted.check([options] {
        // A hook that names an agent of a later version is answered as every other.
        if (!options->hook) flow::chosen_agents(options->agents);
        if (options->all && (options->hook || options->queued || !options->paths.empty()))
            throw Error(ErrorCode::BadOption,
                        "--all finds the sessions itself: no PATH, --hook or --queued with it");
    });
    accepted.example("opentraces capture", "The sessions that the agents have of this project");
    accepted.example("opentraces capture session.jsonl", "One session file, of whatever agent");
    accepted.example("opentraces capture --all", "Of every project on this machine");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
