#include "workbench/together.hpp"

#include <fmt/format.h>

#include <fstream>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>
#include <vector>

#include "opentraces/json/reader.hpp"
#include "workbench/agent_sessions.hpp"

namespace opentraces::testing {
namespace {

constexpr int k_busy = 7;

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line + "\n");
    return lines;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

// One process of an agent: its sessions get longer line by line, new ones begin.
class GrowingSessions {
public:
    GrowingSessions(Workbench& bench, const TogetherOptions& options, int worker)
        : m_bench(bench), m_source(options.session), m_lines(lines_of(options.session)), m_worker(worker) {}

    void grow(std::mt19937_64& random) {
        if (m_open.empty() || random() % 8 == 0) begin();
        const std::size_t chosen = random() % m_open.size();
        for (std::uint64_t lines = 1 + random() % 6; lines > 0; --lines)
            append(chosen);
    }
    void finish() {
        for (std::size_t i = 0; i < m_open.size(); ++i) {
            while (m_open[i].written < m_lines.size())
                append(i);
        }
    }
    std::int64_t count() const { return static_cast<std::int64_t>(m_open.size()); }

private:
    struct Open {
        std::string id;
        std::filesystem::path path;
        std::size_t written = 0;
    };

    void begin() {
        Open session;
        session.id = fmt::format("{:08x}-0000-4000-8000-{:012x}", m_worker, m_open.size());
        const auto first = m_bench.path(session.id + ".jsonl");
        m_bench.write(first, "");
        session.path = place_session(first, m_bench.home(), m_bench.project());
        m_open.push_back(session);
        // As many as make a trace of it.
        while (m_open.back().written < m_lines.size() / 2)
            append(m_open.size() - 1);
    }

    void append(std::size_t which) {
        Open& session = m_open[which];
        if (session.written == m_lines.size()) return;
        std::ofstream(session.path, std::ios::binary | std::ios::app)
            << replaced(m_lines[session.written++], m_source.stem().string(), session.id);
    }

    Workbench& m_bench;
    std::filesystem::path m_source;
    std::vector<std::string> m_lines;
    int m_worker;
    std::vector<Open> m_open;
};

class Watch {
public:
    explicit Watch(Workbench& bench) : m_bench(bench) {}

    // Whether it has ended as documented.
    bool run(std::vector<std::string> words) {
        const std::string name = words.front();
        words.emplace_back("--json");
        const RunResult result = m_bench.run(words);
        const std::scoped_lock hold(m_mutex);
        ++m_report.runs[name];
        if (result.exit == k_busy) ++m_report.busy;
        if (!m_report.broken.empty() || is_documented(result)) return m_report.broken.empty();
        m_report.broken = fmt::format("{} ended with {}: {}{}", name, result.exit, result.out, result.err);
        return false;
    }
    TogetherReport take() { return std::move(m_report); }

private:
    static bool is_documented(const RunResult& result) {
        try {
            const json::Value answer = json::parse(result.out);
            if (result.exit == 0) return answer["status"].string_or() == "ok";
            return result.exit == k_busy && answer["error"]["code"].string_or() == "LOCKED";
        } catch (const json::SyntaxError&) {
            return false;
        }
    }

    Workbench& m_bench;
    std::mutex m_mutex;
    TogetherReport m_report;
};

const std::vector<std::vector<std::string>> k_commands{
    {"commit", "--all"}, {"commit", "--all"}, {"push"}, {"push"}, {"status"}, {"list"}, {"log"}};

void work(Watch& watch, GrowingSessions& sessions, const TogetherOptions& options, int worker) {
    std::mt19937_64 random(options.seed * 1000 + static_cast<std::uint64_t>(worker));
    const auto end = std::chrono::steady_clock::now() + options.time;
    for (int round = 0; options.rounds > 0 ? round < options.rounds : std::chrono::steady_clock::now() < end;
         ++round) {
        sessions.grow(random);
        if (!watch.run({"capture"}) || !watch.run(k_commands[random() % k_commands.size()])) return;
    }
}

}  // namespace

TogetherReport work_together(Workbench& bench, const TogetherOptions& options) {
    Watch watch(bench);
    std::vector<GrowingSessions> sessions;
    for (int worker = 0; worker < options.workers; ++worker)
        sessions.emplace_back(bench, options, worker + 1);
    std::vector<std::thread> threads;
    for (int worker = 0; worker < options.workers; ++worker) {
        GrowingSessions& own = sessions[static_cast<std::size_t>(worker)];
        threads.emplace_back([&watch, &own, &options, worker] { work(watch, own, options, worker); });
    }
    for (std::thread& thread : threads)
        thread.join();
    std::int64_t count = 0;
    for (GrowingSessions& own : sessions) {
        own.finish();
        count += own.count();
    }
    const std::vector<std::vector<std::string>> last{{"capture"}, {"commit", "--all"}, {"push"}};
    for (const auto& words : last)
        watch.run(words);
    TogetherReport report = watch.take();
    report.sessions = count;
    return report;
}

}  // namespace opentraces::testing
