// While agents write, capture runs again and again, from where they write and from copies: in the end the
// store has what the finished sessions say, each once.
#include <zstd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include "catch.hpp"
#include "doubles/agent_stores.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/flow/raw_copies.hpp"
#include "unit/store/workbench.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;
namespace stdfs = std::filesystem;

namespace {

std::string bytes_of(const stdfs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_bytes(const stdfs::path& path, const std::string& bytes) {
    stdfs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string compressed(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
    return out;
}

// The store of a project, and what capturing into it has come to.
class Capturing {
public:
    flow::CaptureResult capture(const std::string& agent, const std::vector<std::string>& paths) {
        flow::Failures failed;
        const auto sessions = flow::find_sessions(paths, {agent}, *m_bench.disk, failed, m_progress);
        flow::RawCopies raw(m_bench.folder.path(), *m_bench.disk);
        flow::CaptureOptions options;
        options.raw = &raw;
        return flow::capture(sessions, *m_bench.store, options, *m_bench.disk, m_progress);
    }
    // What each trace is of, and what it says.
    std::multimap<std::string, std::string> traces() {
        std::multimap<std::string, std::string> all;
        for (const store::TraceRow& row : m_bench.store->list({}))
            all.emplace(row.session_id, row.content_hash.str());
        return all;
    }

private:
    StoreBench m_bench;
    flow::SilentProgress m_progress;
};

// An agent that writes its files in pieces, in whatever places they are cut.
struct Writing {
    std::string agent;
    std::string session;  // of the files, relative: what is captured
    std::vector<std::pair<std::string, std::string>> files;

    void write(const stdfs::path& root, std::mt19937 random) const {
        for (const auto& [name, bytes] : files) {
            stdfs::create_directories((root / name).parent_path());
            std::ofstream out(root / name, std::ios::binary | std::ios::app);
            for (std::size_t at = 0; at < bytes.size();) {
                const std::size_t count = std::min<std::size_t>(1 + random() % 3000, bytes.size() - at);
                out.write(bytes.data() + at, static_cast<std::streamsize>(count)).flush();
                at += count;
                std::this_thread::sleep_for(std::chrono::microseconds(random() % 1000));
            }
        }
    }
};

std::string fixture(const std::string& name) {
    return bytes_of(stdfs::path(source_folder()) / "tests/fixtures/sessions" / name);
}

Writing conversation_of_files() {
    Writing writing{"openhands", "c/base_state.json", {}};
    writing.files.emplace_back(
        writing.session,
        R"({"id":"6f1c3f4e","agent":{"llm":{"model":"gpt-5"}},"workspace":{"working_dir":"/w"}})");
    std::istringstream lines(fixture("openhands/events.jsonl"));
    int number = 0;
    for (std::string line; std::getline(lines, line); ++number)
        writing.files.emplace_back(fmt::format("c/events/event-{:05}-{:08x}.json", number, number * 7919),
                                   line);
    return writing;
}

// Up to the file that is being written: behind one that was cut, a whole one may have come since.
void copy_in_order(const Writing& writing, const stdfs::path& root, const stdfs::path& folder) {
    for (const auto& [name, bytes] : writing.files) {
        const std::string written = bytes_of(root / name);
        write_bytes(folder / name, written);
        if (written.size() < bytes.size()) return;
    }
}

// Copies of what is there now: under another name, in another folder, compressed if it is lines.
std::string copy_of(const Writing& writing, const stdfs::path& root, const stdfs::path& copies,
                    unsigned number) {
    const stdfs::path folder = copies / std::to_string(number);
    if (writing.files.size() > 1) {
        copy_in_order(writing, root, folder);
        return folder;
    }
    const std::string bytes = bytes_of(root / writing.session);
    const bool compress = number % 2 == 0;
    const stdfs::path path = folder / (compress ? "renamed.jsonl.zst" : "renamed.jsonl");
    write_bytes(path, compress ? compressed(bytes) : bytes);
    return path;
}

}  // namespace

TEST_CASE("capture growing: files that grow, their copies, renamed and compressed, are each session once") {
    const std::string rollout = "rollout-2026-06-17T15-17-40-019ed628-d563-7e40-bbb1-93a6a302d688.jsonl";
    const std::string claude = "c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl";
    const Writing all[] = {{"claude-code", claude, {{claude, fixture("claude-code/" + claude)}}},
                           {"codex", rollout, {{rollout, fixture("codex/" + rollout)}}},
                           conversation_of_files()};
    std::mt19937 random(14);
    for (const Writing& writing : all) {
        INFO(writing.agent);
        TemporaryDirectory folder;
        const stdfs::path root = stdfs::path(folder.path()) / "agent";
        const stdfs::path copies = stdfs::path(folder.path()) / "copies";
        stdfs::create_directories(root);
        Capturing capturing;
        std::vector<std::string> places{root};
        std::atomic<bool> done = false;
        std::thread agent([&, seed = random()] {
            writing.write(root, std::mt19937(seed));
            done = true;
        });
        while (!done) {
            if (random() % 4 == 0 && stdfs::exists(root / writing.session))
                places.push_back(copy_of(writing, root, copies, static_cast<unsigned>(places.size())));
            std::shuffle(places.begin(), places.end(), random);
            capturing.capture(writing.agent, places);
        }
        agent.join();
        for (int more = 0; more < 2; ++more)
            places.push_back(copy_of(writing, root, copies, static_cast<unsigned>(places.size())));
        for (int round = 0; round < 3; ++round) {
            std::shuffle(places.begin(), places.end(), random);
            for (const std::string& place : places)
                capturing.capture(writing.agent, {place});
        }
        Capturing finished;
        REQUIRE(finished.capture(writing.agent, {(root / writing.session).string()}).captured == 1);
        CHECK(capturing.traces() == finished.traces());
        const auto again = capturing.capture(writing.agent, places);
        CHECK(again.captured + again.updated == 0);
    }
}

TEST_CASE("capture growing: sessions of a database that is written to, and of its copies, are each once") {
    std::mt19937 random(41);
    for (const StoreKind& kind : agent_stores::k_all) {
        INFO(kind.title);
        AgentStore store(kind);
        store.session("one", 1);
        if (kind.has_many) store.session("two", 1);
        store.writer.execute("PRAGMA wal_autocheckpoint = 4");
        TemporaryDirectory copies;
        Capturing capturing;
        std::vector<std::string> places{store.path};
        std::atomic<bool> done = false;
        std::thread agent([&, inner = std::mt19937(random())]() mutable {
            for (int number = 2; number < 60; ++number) {
                store.writer.execute("BEGIN;" +
                                     kind.turn(kind.has_many && inner() % 2 == 0 ? "two" : "one", number) +
                                     ";COMMIT");
                std::this_thread::sleep_for(std::chrono::microseconds(inner() % 2000));
            }
            done = true;
        });
        while (!done) {
            if (random() % 4 == 0) {
                const stdfs::path copy =
                    stdfs::path(copies.path()) / std::to_string(places.size()) / kind.file;
                stdfs::create_directories(copy.parent_path());
                WrittenDatabase(store.path)
                    .execute("PRAGMA busy_timeout = 5000; VACUUM INTO '" + copy.string() + "'");
                places.push_back(copy);
            }
            std::shuffle(places.begin(), places.end(), random);
            capturing.capture(std::string(kind.agent), places);
        }
        agent.join();
        for (int round = 0; round < 2; ++round) {
            std::shuffle(places.begin(), places.end(), random);
            capturing.capture(std::string(kind.agent), places);
        }
        Capturing finished;
        REQUIRE(finished.capture(std::string(kind.agent), {store.path}).captured == (kind.has_many ? 2 : 1));
        CHECK(capturing.traces() == finished.traces());
        const auto again = capturing.capture(std::string(kind.agent), places);
        CHECK(again.captured + again.updated == 0);
    }
}
