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

// Claude Code documentation, "Hooks": session_id, transcript_path, cwd, hook_event_name.
struct HookCall {
    std::string transcript;
    std::string directory;
};

HookCall read_call(Context& context) {
    json::Value call;
    try {
        call = json::read_document(read_standard_input(context.terminal, k_longest_input));
    } catch (const json::SyntaxError& error) {
        throw Error(ErrorCode::BadOption,
                    std::string("the hook's JSON on standard input cannot be read: ") + error.what());
    }
    HookCall hook;
    hook.transcript = call["transcript_path"].string_or();
    hook.directory = call["cwd"].string_or();
    if (hook.transcript.empty()) {
        throw Error(ErrorCode::BadOption, "the hook's JSON on standard input has no transcript_path");
    }
    for (const capture::Agent* agent : capture::agents()) {
        if (agent->hook == nullptr || agent->hook->project_variable.empty()) continue;
        const auto project = context.ports.environment.get(std::string(agent->hook->project_variable));
        if (project) hook.directory = *project;
    }
    return hook;
}

bool hand_over(Context& context, const std::string& transcript) {
    Project project;
    project.root = project_root(context);
    project.config = store::load_project(project.root, context.ports.disk);
    if (is_excluded(context, project)) return false;
    const std::string session = fs::absolute(transcript, context.ports.environment, context.ports.disk);
    const bool started = flow::start_detached(
        context.ports.environment, {"-C", project.root, "capture", "--queued", "--quiet", "--", session},
        store::in_project(project.root, store::k_hook_log));
    if (!started) flow::HookQueue(project.root, context.ports.disk).add(session);
    return true;
}

// A folder that is no project of this user's is nothing wrong: the hook may be a team's, or the user's own.
bool is_no_project(const Error& error) {
    return error.code() == ErrorCode::NotInitialized || error.code() == ErrorCode::UntrustedProject;
}

}  // namespace

Answer answer_hook(Context& context) {
    bool handed_over = false;
    try {
        const HookCall call = read_call(context);
        Environment environment = context.ports.environment;
        if (!call.directory.empty()) environment.working_directory = call.directory;
        flow::Ports ports{context.ports.disk, context.ports.clock, context.ports.ids, context.ports.transport,
                          environment};
        Context moved{ports, context.terminal, context.progress, context.json, context.quiet};
        handed_over = hand_over(moved, call.transcript);
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
