#include "workbench/workbench.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <signal.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "answer_schema.hpp"
#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "where.hpp"

namespace opentraces::testing {
namespace {

struct Pipe {
    std::array<int, 2> ends{-1, -1};
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    }
    ~Pipe() {
        close_read();
        close_write();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_read() { close_end(0); }
    void close_write() { close_end(1); }
    void close_end(std::size_t end) {
        if (ends[end] >= 0) ::close(ends[end]);
        ends[end] = -1;
    }
};

[[noreturn]] void become(const std::vector<std::string>& words,
                         const std::map<std::string, std::string>& environment,
                         const std::filesystem::path& folder, int in, int out, int err) {
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    if (::chdir(folder.c_str()) != 0) ::_exit(126);
    std::vector<std::string> pairs;
    for (const auto& [name, value] : environment)
        pairs.push_back(name + "=" + value);
    std::vector<char*> argv;
    for (const std::string& word : words)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    std::vector<char*> envp;
    for (std::string& pair : pairs)
        envp.push_back(pair.data());
    envp.push_back(nullptr);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
}

// Feeds the input and collects both outputs at the same time, so that no pipe can fill up and block.
void exchange(Pipe& in, Pipe& out, Pipe& err, std::string_view input, RunResult& result) {
    std::array<char, 65536> buffer{};
    while (out.ends[0] >= 0 || err.ends[0] >= 0) {
        if (input.empty()) in.close_write();
        std::array<pollfd, 3> fds{
            {{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}, {in.ends[1], POLLOUT, 0}}};
        if (::poll(fds.data(), fds.size(), 60'000) <= 0) break;
        const auto drain = [&](Pipe& pipe, std::string& text, const pollfd& fd) {
            if (fd.revents == 0) return;
            const ssize_t count = ::read(pipe.ends[0], buffer.data(), buffer.size());
            if (count > 0) {
                text.append(buffer.data(), static_cast<std::size_t>(count));
            } else {
                pipe.close_read();
            }
        };
        drain(out, result.out, fds[0]);
        drain(err, result.err, fds[1]);
        if ((fds[2].revents & POLLOUT) != 0) {
            const ssize_t count =
                ::write(in.ends[1], input.data(), std::min<std::size_t>(input.size(), 4096));
            if (count > 0) input.remove_prefix(static_cast<std::size_t>(count));
            if (count < 0) input = {};
        } else if ((fds[2].revents & (POLLERR | POLLHUP)) != 0) {
            input = {};
        }
    }
}

}  // namespace

json::Value RunResult::json() const {
    INFO("standard output: " << out);
    REQUIRE_FALSE(out.empty());
    CHECK(out.back() == '\n');
    return json::parse(out);
}

Workbench::Workbench() {
    std::string pattern = std::filesystem::temp_directory_path() / "opentraces-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    m_root = std::filesystem::canonical(pattern);
    std::filesystem::create_directories(home());
    std::filesystem::create_directories(project());
    // The seed makes the names of temporary folders equal in every run: nobody else may be there.
    std::filesystem::create_directories(path("tmp"));
    m_working_directory = project();
    m_environment = {{"HOME", home()},          {"OPENTRACES_HOME", home() / ".opentraces"},
                     {"PATH", "/usr/bin:/bin"}, {"USER", "tester"},
                     {"LC_ALL", "C.UTF-8"},     {"HF_ENDPOINT", "http://127.0.0.1:9"},
                     {"OPENTRACES_SEED", "1"},  {"TMPDIR", path("tmp")}};
}

Workbench::~Workbench() {
    if (std::uncaught_exceptions() > 0) {
        std::fprintf(stderr, "the test's files are kept in %s\n", m_root.c_str());
        return;
    }
    std::error_code ignored;
    std::filesystem::remove_all(m_root, ignored);
}

RunResult Workbench::run(const std::vector<std::string>& arguments, const std::string& input) {
    std::vector<std::string> words{opentraces::testing::program_to_test()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    RunResult result = run_words(words, input, m_environment);
    CHECK(answer_problem(arguments, result.out, result.err) == "");
    return result;
}

RunResult Workbench::shell(const std::string& script) {
    auto environment = m_environment;
    const std::filesystem::path program(opentraces::testing::program_to_test());
    environment["PATH"] = program.parent_path().string() + ":" + environment["PATH"];
    return run_words({"/bin/sh", "-c", "exec 2>&1\n" + script}, {}, environment);
}

RunResult Workbench::run_words(const std::vector<std::string>& words, const std::string& input,
                               const std::map<std::string, std::string>& environment) {
    ::signal(SIGPIPE, SIG_IGN);
    Pipe in;
    Pipe out;
    Pipe err;
    const pid_t child = ::fork();
    if (child == 0) {
        become(words, environment, m_working_directory, in.ends[0], out.ends[1], err.ends[1]);
    }
    in.close_read();
    out.close_write();
    err.close_write();
    RunResult result;
    exchange(in, out, err, input, result);
    int status = 0;
    ::waitpid(child, &status, 0);
    result.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

std::unique_ptr<Running> Workbench::start(const std::vector<std::string>& arguments,
                                          std::filesystem::path out) {
    ::signal(SIGPIPE, SIG_IGN);
    std::vector<std::string> words{testing::program_to_test()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const std::string name = "started-" + std::to_string(++m_started);
    if (out.empty()) out = path(name + ".out");
    const std::filesystem::path err = path(name + ".err");
    const auto open = [](const std::filesystem::path& file) {
        return ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    };
    const int out_file = open(out);
    const int err_file = open(err);
    Pipe in;
    const pid_t child = ::fork();
    if (child == 0) become(words, m_environment, m_working_directory, in.ends[0], out_file, err_file);
    ::close(out_file);
    ::close(err_file);
    return std::make_unique<Running>(child, std::exchange(in.ends[1], -1), out, err);
}

Running::Running(pid_t child, int input, std::filesystem::path out, std::filesystem::path err)
    : m_child(child), m_input(input), m_out(std::move(out)), m_err(std::move(err)) {}

Running::~Running() {
    close_input();
    if (m_child <= 0) return;
    ::kill(m_child, SIGKILL);
    ::waitpid(m_child, nullptr, 0);
}

void Running::feed(std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(m_input, text.data(), text.size());
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

void Running::close_input() {
    if (m_input >= 0) ::close(m_input);
    m_input = -1;
}

void Running::send(int signal) const {
    ::kill(m_child, signal);
}

std::string Running::out() const {
    return Workbench::read(m_out);
}

std::string Running::err() const {
    return Workbench::read(m_err);
}

void Running::wait_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 3000; ++i) {
        if (condition()) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL("nothing happened in 30 s");
}

RunResult Running::wait() {
    int status = 0;
    wait_until([&] { return ::waitpid(m_child, &status, WNOHANG) == m_child; });
    m_child = 0;
    RunResult result;
    result.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (std::filesystem::is_regular_file(m_out)) result.out = out();
    result.err = err();
    return result;
}

RunResult Workbench::expect(int exit, const std::vector<std::string>& arguments, const std::string& input) {
    RunResult result = run(arguments, input);
    std::string command = "opentraces";
    for (const std::string& word : arguments)
        command += " " + word;
    INFO(command << "\nstdout: " << result.out.substr(0, 2000) << "\nstderr: " << result.err.substr(0, 2000));
    REQUIRE(result.exit == exit);
    return result;
}

void Workbench::write(const std::filesystem::path& path, const std::string& text) const {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

std::string Workbench::read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string fixture_session() {
    return opentraces::testing::source_folder() +
           "/tests/fixtures/sessions/claude-code/c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl";
}

}  // namespace opentraces::testing
