// Which sessions there are, whose they are and of which project.
#include <algorithm>
#include <set>

#include "capture/worktrees.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::capture {
namespace {

using Agents = std::span<const Agent* const>;

bool may_be_entered(std::string_view folder_name) {
    return folder_name != "subagents" && folder_name != ".git" && !folder_name.starts_with(".opentraces");
}

bool has_role(const Agent* agent, std::string_view path, FileRole role) {
    return agent->role_of(fs::file_name(path)) == role;
}

bool any_has_role(Agents agents, std::string_view path, FileRole role) {
    return std::any_of(agents.begin(), agents.end(),
                       [&](const Agent* agent) { return has_role(agent, path, role); });
}

// Null if nobody does.
const Agent* recogniser_of(const std::string& path, Agents agents, Sources& sources) {
    const auto knows = [&](const Agent* agent) { return agent->recognises(path, sources); };
    const auto found = std::find_if(agents.begin(), agents.end(), knows);
    return found == agents.end() ? nullptr : *found;
}

// Whose reader says what is wrong with a file that nobody knows.
const Agent& agent_by_name(std::string_view path, Agents agents) {
    const auto named = std::find_if(agents.begin(), agents.end(), [&](const Agent* agent) {
        return has_role(agent, path, FileRole::Sessions);
    });
    return named != agents.end() ? **named : *agents.front();
}

// A file that was named is read whatever it is called.
void add_file(const std::string& path, Agents agents, Sources& sources, bool named,
              std::vector<Found>& sessions) {
    const Agent* agent = nullptr;
    try {
        agent = recogniser_of(path, agents, sources);
        const bool is_part = agent != nullptr ? has_role(agent, path, FileRole::Part)
                                              : any_has_role(agents, path, FileRole::Part);
        if (is_part && !named) return;
        if (agent != nullptr) {
            for (SessionRef& session : agent->list(path, sources))
                sessions.push_back({agent, std::move(session)});
            return;
        }
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Interrupted) throw;
        // Reading it says the same, of this file alone.
    }
    if (agent == nullptr && !named && !any_has_role(agents, path, FileRole::Sessions)) return;
    if (agent == nullptr) agent = &agent_by_name(path, agents);
    sessions.push_back({agent, {std::string(agent->name), path, {}, {}}});
}

bool is_below(std::string_view path, std::string_view folder) {
    return path == folder || folder == "/" ||
           (path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/');
}

bool is_project(const std::string& folder, fs::Disk& disk) {
    const auto info = disk.info(fs::join(folder, ".opentraces"));
    return info && info->is_directory();
}

// At the root or below it, and not in another project that lies there.
bool is_inside(const std::string& said, const std::string& root, fs::Disk& disk) {
    constexpr std::size_t k_longest_path = 4096;
    if (!said.starts_with('/') || said.size() > k_longest_path) return false;
    const std::string directory = fs::absolute(said, "/");
    if (!is_below(directory, root)) return false;
    for (std::string at = directory; at.size() > root.size(); at = fs::parent(at))
        if (is_project(at, disk)) return false;
    return true;
}

// The worktrees that are no projects of their own.
Worktrees shared_worktrees(const std::string& project, fs::Disk& disk) {
    Worktrees found = worktrees_of(project, disk);
    std::erase_if(found.roots, [&](const std::string& root) { return is_project(root, disk); });
    return found;
}

// Without a home, an agent has places only where a variable of its own names them.
std::vector<Place> places_of(const Agent& agent, const std::string& project, const Environment& environment) {
    try {
        return agent.places(project, environment);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::ConfigInvalid || environment.find_home()) throw;
        return {};
    }
}

class ProjectSearch {
public:
    ProjectSearch(const std::string& project, const Environment& environment, Sources& sources)
        : m_project(project),
          m_worktrees(shared_worktrees(project, sources.disk())),
          m_environment(environment),
          m_sources(sources) {}

    std::size_t worktrees_left_out() const { return m_worktrees.left_out; }

    void search(const Agent& agent, Discovered& into) {
        const std::vector<Place> places = places_of(agent, m_project, m_environment);
        std::set<std::string> searched;
        m_seen.clear();
        for (const Place& place : places) {
            search(agent, place, into, into.other_projects);
            searched.insert(place.path);
        }
        // Of what may be somebody else's by its name, only what says that it is ours counts.
        std::size_t others = 0;
        for (const Place& place : further_places(agent, places))
            if (searched.insert(place.path).second) search(agent, place, into, others);
    }

private:
    void search(const Agent& agent, const Place& place, Discovered& into, std::size_t& others) {
        if (!m_sources.disk().info(place.path)) return;
        const Agent* const only[] = {&agent};
        Discovered found = discover(place.path, only, m_sources);
        for (Found& one : found.sessions) {
            if (!m_seen.insert(one.session.locator).second) continue;
            if (is_ours(agent, place, one.session)) {
                into.sessions.push_back(std::move(one));
            } else {
                ++others;
            }
        }
        // In a place that other projects share it is not known whose they are.
        if (!place.shared) into.strays.insert(into.strays.end(), found.strays.begin(), found.strays.end());
        into.walked.links += found.walked.links;
        into.walked.others += found.walked.others;
        into.walked.again += found.walked.again;
        into.walked.too_deep += found.walked.too_deep;
    }

    // Where sessions may be that began in a folder below the project or in a worktree: agents that have a
    // place for each folder name it after the folder's path.
    std::vector<Place> further_places(const Agent& agent, const std::vector<Place>& places) const {
        std::vector<Place> further;
        for (const Place& place : places)
            add_below(place, further);
        for (const std::string& worktree : m_worktrees.roots) {
            for (const Place& place : places_of(agent, worktree, m_environment)) {
                if (place.shared) continue;
                further.push_back({place.path, true});
                add_below(place, further);
            }
        }
        return further;
    }

    void add_below(const Place& place, std::vector<Place>& further) const {
        if (place.shared) return;
        const std::string beginning = fs::file_name(place.path) + "-";
        for (const fs::FileInfo& folder : m_sources.disk().list(fs::parent(place.path)))
            if (folder.is_directory() && fs::file_name(folder.path).starts_with(beginning))
                further.push_back({folder.path, true});
    }

    bool is_inside_ours(const std::string& directory) const {
        fs::Disk& disk = m_sources.disk();
        return is_inside(directory, m_project, disk) ||
               std::any_of(m_worktrees.roots.begin(), m_worktrees.roots.end(),
                           [&](const std::string& root) { return is_inside(directory, root, disk); });
    }

    bool is_ours(const Agent& agent, const Place& place, const SessionRef& session) const {
        if (session.project.empty()) return !place.shared;
        if (is_inside_ours(session.project)) return true;
        return !place.shared && !is_also_place_of(agent, place, session.project);
    }

    // Names of places may lose what tells projects apart: /a/b.c and /a/b-c.
    bool is_also_place_of(const Agent& agent, const Place& place, const std::string& project) const {
        const std::string where = project.starts_with('/') ? fs::absolute(project, "/") : project;
        const std::vector<Place> places = places_of(agent, where, m_environment);
        return std::any_of(places.begin(), places.end(),
                           [&](const Place& other) { return other.path == place.path; });
    }

    const std::string& m_project;
    Worktrees m_worktrees;
    const Environment& m_environment;
    Sources& m_sources;
    // Of the agent: its places may lie in one another, and what the first of them says counts.
    std::set<std::string> m_seen;
};

}  // namespace

Discovered discover(const std::string& path, Agents agents, Sources& sources) {
    Discovered found;
    const auto info = sources.disk().info(path);
    if (info && !info->is_directory()) {
        add_file(path, agents, sources, true, found.sessions);
        return found;
    }
    const auto wants = [agents](std::string_view name) {
        return any_has_role(agents, name, FileRole::Sessions) ||
               any_has_role(agents, name, FileRole::Perhaps);
    };
    found.walked = fs::walk(path, {wants, may_be_entered, fs::Links::Stay}, sources.disk());
    for (const fs::FileInfo& file : found.walked.files)
        add_file(file.path, agents, sources, false, found.sessions);
    for (const Agent* agent : agents) {
        if (agent->strays == nullptr) continue;
        const std::vector<std::string> strays = agent->strays(path, sources);
        found.strays.insert(found.strays.end(), strays.begin(), strays.end());
    }
    return found;
}

Discovered discover_project(const std::string& project, Agents agents, const Environment& environment,
                            Sources& sources) {
    Discovered found;
    ProjectSearch search(project, environment, sources);
    for (const Agent* agent : agents)
        search.search(*agent, found);
    if (!environment.find_home() && std::all_of(agents.begin(), agents.end(), [&](const Agent* agent) {
            return places_of(*agent, project, environment).empty();
        }))
        environment.home();  // says what is missing
    found.worktrees_left_out = search.worktrees_left_out();
    return found;
}

}  // namespace opentraces::capture
