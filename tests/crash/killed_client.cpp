#include "killed_client.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <vector>

#include "doubles/hub_bench.hpp"
#include "opentraces/store/project.hpp"
#include "opentraces/store/registry.hpp"
#include "push_schedule.hpp"
#include "schedule_faults.hpp"

namespace opentraces::testing {
namespace {

using std::chrono::microseconds;

constexpr int k_kills = 4;
constexpr std::uint64_t k_latest_kill_us = 150'000;

class Child {
public:
    Child(const std::string& program, const Project& project, const std::string& repo) {
        std::vector<std::string> variables = {"PATH=/usr/bin:/bin", "HOME=" + project.folder.file("home"),
                                              "OPENTRACES_HOME=" + project.folder.file("user")};
        for (const char* name : {"HF_ENDPOINT", "HF_TOKEN"})
            variables.push_back(std::string(name) + "=" + project.environment.variables.at(name));
        std::vector<std::string> words = {program, "push", "--quiet", "--repo", repo};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addchdir_np(&actions, project.folder.path().c_str());
        const int problem = posix_spawn(&m_pid, program.c_str(), &actions, nullptr, pointers(words).data(),
                                        pointers(variables).data());
        posix_spawn_file_actions_destroy(&actions);
        if (problem != 0) throw std::runtime_error("cannot start " + program);
    }

    // True if the child had ended by itself.
    bool kill_after(microseconds delay) {
        std::this_thread::sleep_for(delay);
        ::kill(m_pid, SIGKILL);
        int status = 0;
        ::waitpid(m_pid, &status, 0);
        return WIFEXITED(status);
    }

private:
    static std::vector<char*> pointers(std::vector<std::string>& words) {
        std::vector<char*> list;
        for (std::string& word : words)
            list.push_back(word.data());
        list.push_back(nullptr);
        return list;
    }
    pid_t m_pid = 0;
};

}  // namespace

KilledClients::KilledClients(std::string program)
    : m_program(std::move(program)), m_transport(net::curl_transport({})) {
    hub_emulator::Options options;
    options.lfs_threshold = 1000;
    m_hub.start(options);
    m_hub.add_user("alice", "hf_alice");
}

KilledClients::~KilledClients() = default;

KillReport KilledClients::run(std::uint64_t seed) {
    Chance chance(seed);
    const std::string repo = fmt::format("alice/k{}", seed);
    Project project(*m_transport, seed);
    project.environment.variables["HF_ENDPOINT"] = m_hub.hub_url();
    project.environment.variables["HF_TOKEN"] = "hf_alice";
    RandomIds secrets;
    store::register_project(project.folder.path(), project.folder.file("user"), *project.disk, secrets);
    store::create_project(project.folder.path(), {}, *project.disk);
    project.commit_many("first", 3);
    KillReport report;
    for (int round = 0; round < k_kills; ++round) {
        project.commit(fmt::format("round-{}", round));
        Child child(m_program, project, repo);
        const bool ended = child.kill_after(microseconds(chance.below(k_latest_kill_us)));
        ++(ended ? report.completed : report.kills);
    }
    project.reopen();
    project.push(repo);
    const Recount counted = recount(m_hub, repo, m_hub.head(repo));
    if (counted.traces != 3 + k_kills || counted.doubled != 0)
        throw BrokenPromise(fmt::format("seed {}: {} traces ({} twice) instead of {}", seed, counted.traces,
                                        counted.doubled, 3 + k_kills));
    if (project.count(store::Stage::Pushed) != 3 + k_kills || !project.store->open_pushes().empty())
        throw BrokenPromise(fmt::format("seed {}: the last push did not converge", seed));
    m_hub.remove_repo(repo);
    return report;
}

}  // namespace opentraces::testing
