#include "opentraces/flow/hooks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/flow/init.hpp"
#include "opentraces/flow/settings.hpp"
#include "opentraces/store/registry.hpp"

namespace opentraces::cli {
namespace {

using flow::HookPlace;
using flow::HookReport;
using flow::HookScope;

struct Options {
    std::vector<std::string> agents;
    bool user = false;
    bool project = false;
};

void check(const Options& options) {
    if (options.user && options.project)
        throw Error(ErrorCode::BadOption, "--user and --project exclude each other");
    const auto chosen = flow::chosen_agents(options.agents);
    for (const capture::Agent* agent : chosen) {
        if (!options.agents.empty() && agent->hook == nullptr)
            throw Error(ErrorCode::BadOption,
                        fmt::format("{} has no hook that opentraces can install", agent->title),
                        "Its sessions are captured by: opentraces capture");
    }
}

struct Handled {
    HookReport report;
    std::optional<bool> changed;  // nullopt: only looked at
};

Answer describe(const std::vector<Handled>& all) {
    Answer answer;
    json::Array hooks;
    for (const auto& [report, changed] : all) {
        json::Object hook;
        hook.append("agent", std::string(report.place.agent->name));
        hook.append("scope", std::string(flow::name_of(report.place.scope)));
        hook.append("condition", std::string(flow::name_of(report.condition)));
        hook.append("path", report.settings);
        hook.append("program", text_or_null(report.program));
        hook.append("message", text_or_null(report.trouble));
        hook.append("changed", changed ? json::Value(*changed) : json::Value());
        answer.text += fmt::format("{:<12} {:<8} {:<10} {}\n", report.place.agent->name,
                                   flow::name_of(report.place.scope), flow::name_of(report.condition),
                                   printable_line(report.settings));
        if (!report.program.empty())
            answer.text += fmt::format("{:<32} runs {}\n", "", printable_line(report.program));
        if (!report.trouble.empty())
            answer.text += fmt::format("{:<32} {}\n", "", printable_line(report.trouble));
        if (changed && !*changed) answer.text += fmt::format("{:<32} nothing to change\n", "");
        hooks.emplace_back(std::move(hook));
    }
    answer.fields.append("hooks", std::move(hooks));
    return answer;
}

HookReport report_of(Context& context, const HookPlace& place) {
    return flow::hook_report(place, context.ports.environment, context.ports.disk);
}

// The project's settings say whether it has a hook, so that init and remove know of it.
bool set_project_hook(Context& context, const HookPlace& place, bool wanted) {
    flow::Ports& ports = context.ports;
    const auto lock = store::lock_registry(ports.environment.opentraces_home(), ports.disk);
    store::ProjectConfig config = store::load_project(place.root, ports.disk);
    const HookReport before = report_of(context, place);
    config.hook = wanted;
    const store::ProjectConfig holds = flow::in_force(config, ports.environment, ports.disk);
    if (wanted && flow::agent_with_hook(holds) != place.agent)
        throw Error(ErrorCode::InvalidState,
                    fmt::format("the project does not capture {}", place.agent->title),
                    fmt::format("Run: opentraces config set agents {} {}", fmt::join(holds.agents, " "),
                                place.agent->name));
    flow::write_project(place.root, config, ports.environment, ports.disk);
    // Of a file that came with the project nobody has said who wrote the hook.
    if (!wanted) flow::uninstall_hook(place, false, ports.environment, ports.disk);
    const HookReport after = report_of(context, place);
    return before.condition != after.condition || before.program != after.program;
}

bool set_user_hook(Context& context, const HookPlace& place, bool wanted) {
    flow::Ports& ports = context.ports;
    return wanted ? flow::install_hook(place, ports.environment, ports.disk).changed
                  : flow::uninstall_hook(place, false, ports.environment, ports.disk).changed;
}

Answer set(Context& context, const Options& options, bool wanted) {
    const std::string root = options.user ? std::string() : project_root(context);
    std::vector<Handled> handled;
    for (const capture::Agent* agent : flow::with_hooks(flow::chosen_agents(options.agents))) {
        const HookPlace place{agent, options.user ? HookScope::User : HookScope::Project, root};
        const bool changed =
            options.user ? set_user_hook(context, place, wanted) : set_project_hook(context, place, wanted);
        handled.push_back({report_of(context, place), changed});
    }
    return describe(handled);
}

Answer status(Context& context, const Options& options) {
    const std::string root = options.user ? std::string() : present_project(context).value_or("");
    if (options.project && root.empty()) project_root(context);
    std::vector<Handled> handled;
    for (const capture::Agent* agent : flow::with_hooks(flow::chosen_agents(options.agents))) {
        if (!root.empty()) handled.push_back({report_of(context, {agent, HookScope::Project, root}), {}});
        if (!options.project) handled.push_back({report_of(context, {agent, HookScope::User, {}}), {}});
    }
    return describe(handled);
}

std::shared_ptr<Options> declare(OptionSet& accepted, const std::string& project, const std::string& user) {
    auto options = std::make_shared<Options>();
    accepted.add_option("--agent", options->agents, "Only of this agent; without it, of all that have hooks")
        .type_name("A")
        .completes(Candidates::Agents);
    accepted.add_flag("--project", options->project, project);
    accepted.add_flag("--user", options->user, user);
    accepted.check([options] { check(*options); });
    return options;
}

}  // namespace

Run declare_hooks_install(OptionSet& accepted) {
    const auto options = declare(accepted, "In the project's settings of the agent (the default)",
                                 "In the user's settings, for all projects that have been initialised");
    accepted.example("opentraces hooks install --agent claude-code", "Sessions are captured when they end");
    return [options](Context& context) { return set(context, *options, true); };
}

Run declare_hooks_uninstall(OptionSet& accepted) {
    const auto options = declare(accepted, "From the project's settings of the agent (the default)",
                                 "From the user's settings");
    accepted.example("opentraces hooks uninstall", "No agent calls opentraces any more");
    return [options](Context& context) { return set(context, *options, false); };
}

Run declare_hooks_status(OptionSet& accepted) {
    const auto options = declare(accepted, "Only the project's", "Only the user's");
    accepted.example("opentraces hooks status", "Whether each hook is there, and would work");
    return [options](Context& context) { return status(context, *options); };
}

}  // namespace opentraces::cli
