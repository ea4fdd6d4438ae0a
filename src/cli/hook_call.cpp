#include "cli/hook_call.hpp"

#include "cli/capture_fields.hpp"
#include "cli/error_text.hpp"
#include "cli/failure_fields.hpp"
#include "cli/project_context.hpp"
#include "cli/standard_input.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/flow/background.hpp"
#include "opentraces/flow/hook_queue.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/store/layout.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_longest_input = std::size_t{1} << 20;

const capture::Agent& agent_called(const std::string& name) {
    constexpr std::string_view k_first = "claude-code";
    const capture::Agent* const agent = capture::find_agent(name.empty() ? k_first : name);
    if (agent == nullptr || agent->hook == nullptr)
        throw Error(ErrorCode::BadOption, "no agent of this name has a hook that opentraces knows");
    return *agent;
}

capture::HookCall read_call(Context& context, const capture::Agent& agent) {
    json::Value payload;
    try {
        payload = json::read_document(read_standard_input(context.terminal, k_longest_input));
    } catch (const json::SyntaxError& error) {
        throw Error(ErrorCode::BadOption,
                    std::string("the hook's JSON on standard input cannot be read: ") + error.what());
    }
    capture::HookCall call = capture::read_hook_call(*agent.hook, payload, context.ports.environment);
    if (call.transcript.empty() && call.session.empty())
        throw Error(ErrorCode::BadOption, "the hook's JSON on standard input names no session");
    return call;
}

bool hand_over(Context& context, const capture::Agent& agent, const capture::HookCall& call) {
    Project project;
    project.root = project_root(context);
    project.config = store::load_project(project.root, context.ports.disk);
    if (is_excluded(context, project)) return false;
    flow::HookQueue queue(project.root, context.ports.disk);
    std::vector<std::string> words{"-C", project.root, "capture", "--queued", "--quiet"};
    std::string session;
    if (call.transcript.empty()) {
        queue.add(agent.name, call.session);
    } else {
        session = fs::absolute(call.transcript, context.ports.environment, context.ports.disk);
        words.insert(words.end(), {"--", session});
    }
    const bool started = flow::start_detached(context.ports.environment, words,
                                              store::in_project(project.root, store::k_hook_log));
    if (!started && !session.empty()) queue.add(session);
    return true;
}

// A folder that is no project of this user's is nothing wrong: the hook may be a team's, or the user's own.
bool is_no_project(const Error& error) {
    return error.code() == ErrorCode::NotInitialized || error.code() == ErrorCode::UntrustedProject;
}

}  // namespace

Answer answer_hook(Context& context, const std::string& agent) {
    bool handed_over = false;
    try {
        const capture::Agent& caller = agent_called(agent);
        const capture::HookCall call = read_call(context, caller);
        Environment environment = context.ports.environment;
        if (!call.directory.empty()) environment.working_directory = call.directory;
        flow::Ports ports{context.ports.disk, context.ports.clock, context.ports.ids, context.ports.transport,
                          environment};
        Context moved{ports, context.terminal, context.progress, context.json, context.quiet};
        handed_over = hand_over(moved, caller, call);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Interrupted) throw;
        if (!is_no_project(error)) context.terminal.err(error_text(error));
    }
    Answer answer;
    answer.fields = capture_object({});  // what the session gives is captured later
    append_failures(answer.fields, {});
    answer.fields.append("handed_over", handed_over);
    return answer;
}

}  // namespace opentraces::cli
