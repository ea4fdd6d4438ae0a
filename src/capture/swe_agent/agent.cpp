// SWE-agent and mini-swe-agent: a JSON document for each run, <instance>.traj and <instance>.traj.json.
// SWE-agent writes below trajectories/ of the folder that it works in, mini-swe-agent where it is told, by
// default $MSWEA_GLOBAL_CONFIG_DIR (~/.config/mini-swe-agent). SWE-agent documentation, "Output files";
// mini-swe-agent documentation, "Output files".
#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
#include "capture/swe_agent/trajectory.hpp"
#include "capture/verdict.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.0.0";

FileRole role_of(std::string_view name) {
    return name.ends_with(".traj") || name.ends_with(".traj.json") ? FileRole::Sessions : FileRole::None;
}

bool is_mini_run(const json::Value& run) {
    return run["trajectory_format"].string_or().starts_with("mini-swe-agent") ||
           (run["messages"].if_array() != nullptr && run["info"]["mini_version"].if_string() != nullptr);
}

bool is_run(const json::Value& run) {
    const json::Value& first = run["history"].at(0);
    const bool has_history = first["role"].if_string() != nullptr && first["content"].is_null() == false;
    const json::Value& step = run["trajectory"].at(0);
    const bool has_steps =
        step["action"].if_string() != nullptr && step["observation"].if_string() != nullptr;
    return has_steps || (has_history && first["message_type"].if_string() != nullptr);
}

bool recognises(const std::string& path, Sources& sources) {
    const json::Value start = start_of_document(path, sources);
    return is_mini_run(start) || is_run(start);
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    return {session_in_file(k_swe_agent.name, path, {}, sources)};
}

std::vector<Place> places(const std::string& project, const Environment& environment) {
    const auto set = environment.get("MSWEA_GLOBAL_CONFIG_DIR");
    const std::string mini = set ? *set : fs::join(fs::join(environment.home(), ".config"), "mini-swe-agent");
    return {{fs::join(project, "trajectories"), false}, {mini, true}};
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    const auto run = read_session_document(session.locator, sources, parsed);
    if (!run) return parsed;
    const std::string file = fs::file_name(session.locator);
    if (!is_mini_run(*run) && !is_run(*run)) {
        refuse(parsed, "not a trajectory of SWE-agent: it has neither trajectory and history nor messages");
        return parsed;
    }
    const auto tell = is_mini_run(*run) ? swe_agent::tell_mini_run : swe_agent::tell_run;
    if (!tell(*run, file, k_version, parsed)) {
        refuse(parsed, "no conversation: the trajectory has no step");
        return parsed;
    }
    finish(k_swe_agent, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_swe_agent{"swe-agent", "SWE-agent", k_version,  {true}, nullptr,
                                  places,      role_of,     recognises, list,   read};

}  // namespace opentraces::capture
