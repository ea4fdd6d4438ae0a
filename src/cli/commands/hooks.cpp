#include "opentraces/flow/hooks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/command.hpp"
#include "cli/init_hooks.hpp"
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

using flow::Agents;

bool has(const Agents& agents, const capture::Agent* agent) {
    return std::find(agents.begin(), agents.end(), agent) != agents.end();
}

void add(const Agents& more, Agents& agents) {
    for (const capture::Agent* const agent : more)
        if (!has(agents, agent)) agents.push_back(agent);
}

// Those that were named.
Agents named(const Options& options) {
    return options.agents.empty() ? Agents() : flow::chosen_agents(options.agents);
}

void check(const Options& options, bool in_project) {
    if (options.user && options.project)
        throw Error(ErrorCode::BadOption, "--user and --project exclude each other");
    for (const capture::Agent* agent : named(options)) {
        if (agent->hook == nullptr)
            throw Error(ErrorCode::BadOption,
                        fmt::format("{} has no hook that opentraces can install", agent->title),
                        "Its sessions are captured by: opentraces capture");
        if ((in_project || options.project) && !options.user && agent->hook->settings.empty())
            throw Error(
                ErrorCode::BadOption,
                fmt::format("{} has hooks in the user's settings alone, for all projects", agent->title),
                fmt::format("Run: opentraces hooks install --user --agent {}", agent->name));
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
        const std::string& message = report.trouble.empty() ? report.to_do : report.trouble;
        hook.append("message", text_or_null(message));
        hook.append("changed", changed ? json::Value(*changed) : json::Value());
        answer.text += fmt::format("{:<12} {:<8} {:<10} {}\n", report.place.agent->name,
                                   flow::name_of(report.place.scope), flow::name_of(report.condition),
                                   printable_line(report.settings));
        if (!report.program.empty())
            answer.text += fmt::format("{:<32} runs {}\n", "", printable_line(report.program));
        if (!message.empty()) answer.text += fmt::format("{:<32} {}\n", "", printable_line(message));
        if (changed && !*changed) answer.text += fmt::format("{:<32} nothing to change\n", "");
        hooks.emplace_back(std::move(hook));
    }
    answer.fields.append("hooks", std::move(hooks));
    if (all.empty()) answer.text = "There are no hooks, and no agents here that could have one.\n";
    return answer;
}

HookReport report_of(Context& context, const HookPlace& place) {
    return flow::hook_report(place, context.ports.environment, context.ports.disk);
}

bool has_changed(const HookReport& before, const HookReport& after) {
    return before.condition != after.condition || before.program != after.program;
}

// The agents of the project, or of the user's machine.
Agents agents_here(Context& context, HookScope scope, const std::string& root,
                   const store::ProjectConfig& config) {
    flow::Ports& ports = context.ports;
    if (scope == HookScope::User) {
        Agents agents = flow::with_hooks(scope);
        std::erase_if(agents, [&](const capture::Agent* agent) {
            return !flow::is_used_by_user(*agent, ports.environment, ports.disk);
        });
        return agents;
    }
    const auto sessions = flow::find_project_sessions(root, config.agents, ports, context.progress);
    return flow::hook_candidates(root, config, agents_of(sessions), ports.environment, ports.disk);
}

// Those with a hook of ours, or with settings that cannot be read.
Agents agents_with_hooks(Context& context, HookScope scope, const std::string& root) {
    if (scope == HookScope::User && !context.ports.environment.find_home()) return {};
    Agents agents = flow::with_hooks(scope);
    std::erase_if(agents, [&](const capture::Agent* agent) {
        return report_of(context, {agent, scope, root}).condition == flow::HookCondition::Absent;
    });
    return agents;
}

void need_agents(const Agents& agents, const Options& options) {
    if (!agents.empty()) return;
    throw Error(ErrorCode::BadOption, "no agent that can have a hook has sessions or settings here",
                fmt::format("Name one: opentraces hooks install {}--agent A", options.user ? "--user " : ""));
}

void accept(const Agents& agents, store::ProjectConfig& config) {
    std::erase_if(config.hooks_refused, [&](const std::string& name) {
        return std::any_of(agents.begin(), agents.end(),
                           [&](const capture::Agent* agent) { return agent->name == name; });
    });
}

void refuse(const Agents& agents, store::ProjectConfig& config) {
    accept(agents, config);
    for (const capture::Agent* const agent : agents)
        config.hooks_refused.emplace_back(agent->name);
}

// The project's settings say which hooks it has, so that init and remove know of it.
void want(const Options& options, const Agents& agents, const Agents& here, const store::ProjectConfig& holds,
          store::ProjectConfig& config) {
    for (const capture::Agent* const agent : agents) {
        const bool captured = holds.agents.empty() || std::find(holds.agents.begin(), holds.agents.end(),
                                                                agent->name) != holds.agents.end();
        if (captured) continue;
        throw Error(ErrorCode::InvalidState, fmt::format("the project does not capture {}", agent->title),
                    fmt::format("Run: opentraces config set agents {} {}", fmt::join(holds.agents, " "),
                                agent->name));
    }
    // Of a project that wanted none, the others are still not wanted.
    if (!config.hook && !options.agents.empty()) refuse(here, config);
    accept(agents, config);
    config.hook = true;
}

std::vector<Handled> set_project_hooks(Context& context, const Options& options, bool wanted) {
    flow::Ports& ports = context.ports;
    const std::string root = project_root(context);
    const auto lock = store::lock_registry(ports.environment.opentraces_home(), ports.disk);
    store::ProjectConfig config = store::load_project(root, ports.disk);
    const store::ProjectConfig holds = flow::in_force(config, ports.environment, ports.disk);
    const Agents here = agents_here(context, HookScope::Project, root, holds);
    Agents agents = options.agents.empty() ? here : named(options);
    if (wanted) {
        need_agents(agents, options);
        want(options, agents, here, holds, config);
        flow::check_hooks(root, agents, ports.disk);
    } else if (options.agents.empty()) {
        add(agents_with_hooks(context, HookScope::Project, root), agents);
        config.hook = false;
    } else {
        refuse(agents, config);
    }
    std::vector<HookReport> before;
    for (const capture::Agent* const agent : agents)
        before.push_back(report_of(context, {agent, HookScope::Project, root}));
    flow::write_project(root, config, wanted ? agents : Agents(), ports.environment, ports.disk);
    std::vector<Handled> handled;
    for (const HookReport& report : before) {
        // Of a file that came with the project nobody has said who wrote the hook.
        if (!wanted) flow::uninstall_hook(report.place, false, ports.environment, ports.disk);
        const HookReport after = report_of(context, report.place);
        handled.push_back({after, has_changed(report, after)});
    }
    return handled;
}

std::vector<Handled> set_user_hooks(Context& context, const Options& options, bool wanted) {
    flow::Ports& ports = context.ports;
    Agents agents = named(options);
    if (options.agents.empty())
        agents = wanted ? agents_here(context, HookScope::User, {}, {})
                        : agents_with_hooks(context, HookScope::User, {});
    if (wanted) need_agents(agents, options);
    std::vector<Handled> handled;
    for (const capture::Agent* const agent : agents) {
        const HookPlace place{agent, HookScope::User, {}};
        const capture::HookChange change =
            wanted ? flow::install_hook(place, ports.environment, ports.disk)
                   : flow::uninstall_hook(place, false, ports.environment, ports.disk);
        handled.push_back({report_of(context, place), change.changed});
    }
    return handled;
}

Answer set(Context& context, const Options& options, bool wanted) {
    return describe(options.user ? set_user_hooks(context, options, wanted)
                                 : set_project_hooks(context, options, wanted));
}

Answer status(Context& context, const Options& options) {
    const std::string root = options.user ? std::string() : present_project(context).value_or("");
    if (options.project && root.empty()) project_root(context);
    flow::Ports& ports = context.ports;
    Agents of_project;
    if (!root.empty())
        of_project =
            agents_here(context, HookScope::Project, root,
                        flow::in_force(store::load_project(root, ports.disk), ports.environment, ports.disk));
    std::vector<Handled> handled;
    for (const HookScope scope : {HookScope::Project, HookScope::User}) {
        if (scope == HookScope::Project ? root.empty() : options.project) continue;
        Agents shown = named(options);
        if (options.agents.empty()) {
            shown = of_project;
            if (scope == HookScope::User) add(agents_here(context, scope, {}, {}), shown);
            add(agents_with_hooks(context, scope, root), shown);
        }
        for (const capture::Agent* const agent : flow::with_hooks(scope))
            if (has(shown, agent)) handled.push_back({report_of(context, {agent, scope, root}), {}});
    }
    return describe(handled);
}

std::shared_ptr<Options> declare(OptionSet& accepted, const std::string& project, const std::string& user,
                                 bool in_project) {
    auto options = std::make_shared<Options>();
    accepted
        .add_option("--agent", options->agents, "Only of this agent; without it, of those that are used here")
        .type_name("A")
        .completes(Candidates::Agents);
    accepted.add_flag("--project", options->project, project);
    accepted.add_flag("--user", options->user, user);
    accepted.check([options, in_project] { check(*options, in_project); });
    return options;
}

}  // namespace

Run declare_hooks_install(OptionSet& accepted) {
    const auto options = declare(accepted, "In the project's settings of the agent (the default)",
                                 "In the user's settings, for all projects that have been initialised", true);
    accepted.example("opentraces hooks install --agent claude-code", "Sessions are captured when they end");
    return [options](Context& context) { return set(context, *options, true); };
}

Run declare_hooks_uninstall(OptionSet& accepted) {
    const auto options = declare(accepted, "From the project's settings of the agent (the default)",
                                 "From the user's settings", true);
    accepted.example("opentraces hooks uninstall", "No agent calls opentraces any more");
    return [options](Context& context) { return set(context, *options, false); };
}

Run declare_hooks_status(OptionSet& accepted) {
    const auto options = declare(accepted, "Only the project's", "Only the user's", false);
    accepted.example("opentraces hooks status", "Whether each hook is there, and would work");
    return [options](Context& context) { return status(context, *options); };
}

}  // namespace opentraces::cli
