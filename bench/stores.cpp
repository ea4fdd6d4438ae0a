// Peak memory of reading and capturing sessions that all lie in one SQLite database:
// `bench_stores SESSIONS MEGABYTES`, else 5,000 sessions in 2 GB. The database is one of OpenCode, the same
// each time.
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "opentraces/core/clock.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/flow/raw_copies.hpp"

using namespace opentraces;
namespace stdfs = std::filesystem;

namespace {

constexpr int k_turns = 40;  // of a session

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

// Words in an order that is the same each time and repeats late.
class Words {
public:
    std::string text(std::size_t size) {
        static constexpr const char* k_words[] = {"build", "the",  "reader", "and",  "test", "of",
                                                  "lines", "what", "stands", "here", "once", "as",
                                                  "file",  "that", "is",     "new"};
        std::string text;
        while (text.size() < size) {
            m_state = m_state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
            text += k_words[m_state >> 60U];
            text += (m_state >> 56U) % 11 == 0 ? "\\n" : " ";
        }
        return text;
    }

private:
    std::uint64_t m_state = 14;
};

class Writer {
public:
    explicit Writer(const std::string& path) {
        if (sqlite3_open(path.c_str(), &m_handle) != SQLITE_OK) throw std::runtime_error("cannot write");
        execute(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE session (id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT NOT NULL, title TEXT,"
            " version TEXT, time_created INTEGER, time_updated INTEGER);"
            "CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER,"
            " time_updated INTEGER, data TEXT); CREATE INDEX message_session ON message (session_id);"
            "CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, time_created INTEGER,"
            " time_updated INTEGER, data TEXT); CREATE INDEX part_session ON part (session_id)");
    }
    ~Writer() { sqlite3_close(m_handle); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void session(int number, std::size_t bytes) {
        const std::string id = fmt::format("ses_{:06}", number);
        execute("BEGIN");
        execute(
            fmt::format("INSERT INTO session VALUES ('{}', NULL, '/home/me/app', 'Session {}', '1.18.33',"
                        " {}, {})",
                        id, number, m_time, m_time));
        for (int turn = 0; turn < k_turns; ++turn)
            add_turn(id, turn, bytes / k_turns);
        execute("COMMIT");
    }

private:
    void execute(const std::string& sql) {
        if (sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(m_handle));
    }
    void add(const std::string& id, const std::string& message, const std::string& head,
             const std::string& part) {
        execute(
            fmt::format("INSERT INTO message VALUES ('{0}', '{1}', {2}, {2}, '{3}');"
                        "INSERT INTO part VALUES ('prt_{0}', '{0}', '{1}', {2}, {2}, '{4}')",
                        message, id, ++m_time, head, part));
    }
    void add_turn(const std::string& id, int turn, std::size_t bytes) {
        add(id, fmt::format("msg_{}_{:03}a", id, turn), R"({"role":"user"})",
            R"({"type":"text","text":")" + m_words.text(bytes / 8) + "\"}");
        add(id, fmt::format("msg_{}_{:03}b", id, turn),
            R"({"role":"assistant","providerID":"openai","modelID":"gpt-5","tokens":{"input":100,"output":50}})",
            fmt::format(R"({{"type":"tool","tool":"bash","callID":"c{}","state":{{"status":"completed",)"
                        R"("input":{{"command":"ls"}},"output":"{}"}}}})",
                        turn, m_words.text(bytes - bytes / 8)));
    }

    sqlite3* m_handle = nullptr;
    std::int64_t m_time = 1'767'225'600'000;
    Words m_words;
};

class NoSink final : public json::Sink {
public:
    void write(std::string_view) override {}
};

void report(const char* what, std::int64_t sessions, std::uint64_t bytes, double begin) {
    std::printf(
        "{\"bench\":\"stores\",\"what\":\"%s\",\"sessions\":%lld,\"mb\":%.0f,"
        "\"processor_seconds\":%.1f,\"peak_rss_mb\":%.1f}\n",
        what, static_cast<long long>(sessions), static_cast<double>(bytes) / 1e6, processor_seconds() - begin,
        peak_megabytes());
    std::fflush(stdout);
}

void measure(const std::string& path, const std::string& project, fs::Disk& disk) {
    const std::uint64_t bytes = stdfs::file_size(path);
    flow::SilentProgress progress;
    flow::Failures failed;
    double begin = processor_seconds();
    const auto sessions = flow::find_sessions({path}, {"opencode"}, disk, failed, progress);
    report("list", static_cast<std::int64_t>(sessions.size()), bytes, begin);
    begin = processor_seconds();
    NoSink sink;
    report("parse", flow::parse(sessions, {}, disk, sink, progress).written, bytes, begin);
    SystemClock clock;
    const auto store = store::Store::open(project, disk, clock);
    flow::RawCopies raw(project, disk);
    flow::CaptureOptions options;
    options.raw = &raw;
    for (const char* what : {"capture", "capture again"}) {
        begin = processor_seconds();
        const auto result = flow::capture(sessions, *store, options, disk, progress);
        report(what, result.captured + result.unchanged, bytes, begin);
    }
}

}  // namespace

int main(int count, char** arguments) {
    const int sessions = count > 1 ? std::atoi(arguments[1]) : 5'000;
    const double megabytes = count > 2 ? std::atof(arguments[2]) : 2'000;
    const std::string folder = stdfs::temp_directory_path() / "opentraces-bench-stores";
    stdfs::remove_all(folder);
    stdfs::create_directories(folder + "/project");
    const std::string path = folder + "/opencode.db";
    {
        Writer writer(path);
        for (int number = 0; number < sessions; ++number)
            writer.session(number, static_cast<std::size_t>(megabytes * 1e6 / sessions));
    }
    const auto disk = fs::posix_disk();
    measure(path, folder + "/project", *disk);
    stdfs::remove_all(folder);
}
