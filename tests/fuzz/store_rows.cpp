// A store.db that somebody has changed anywhere: documented errors only, and no file outside of the project
// goes. The input is a list of patches to a small store: offset (4 bytes), length (1 byte), bytes.
#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "doubles/traces.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/project.hpp"
#include "opentraces/store/store.hpp"

using namespace opentraces;
namespace stdfs = std::filesystem;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void write(const stdfs::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// A project with something in every table, beside a file that must stay.
class Bench {
public:
    Bench() {
        std::string pattern =
            stdfs::exists("/dev/shm") ? "/dev/shm/opentraces-fuzz-XXXXXX" : "/tmp/opentraces-fuzz-XXXXXX";
        require(::mkdtemp(pattern.data()) != nullptr);
        m_root = pattern;
        m_project = m_root / "project";
        stdfs::create_directories(m_project);
        write(m_root / "private.jsonl", "mine");
        SeededIds ids(5);
        const auto store = open();
        std::vector<TraceId> traces;
        for (int i = 0; i < 6; ++i)
            traces.push_back(store->stage(testing::sample_trace("s" + std::to_string(i)), "/s").id);
        store->remember({"claude-code", "/s", "f", "p", "trace"});
        store->commit({traces[0], traces[1], traces[2]}, "m", ids);
        store->reject({traces[5]});
        store::PushIntent intent;
        intent.remote = "me/data";
        intent.shard_paths = {"data/a.jsonl"};
        intent.traces = {traces[0]};
        store->finish_push(store->begin_push(intent), {});
        intent.traces = {traces[1]};
        store->begin_push(intent);
    }
    ~Bench() { stdfs::remove_all(m_root); }

    void keep() { m_whole = read(); }
    const std::string& whole() const { return m_whole; }

    void place(const std::string& bytes) {
        for (const char* const suffix : {"-wal", "-shm", "-journal"})
            stdfs::remove(database() + suffix);
        write(database(), bytes);
    }
    std::unique_ptr<store::Store> open() { return store::Store::open(m_project, *m_disk, m_clock); }
    std::unique_ptr<store::Store> open_for_reading() {
        return store::Store::open_for_reading(m_project, *m_disk, m_clock);
    }
    void check_outside() {
        std::size_t entries = 0;
        for (const auto& entry : stdfs::directory_iterator(m_root))
            entries += entry.exists() ? 1 : 0;
        require(entries == 2 && stdfs::file_size(m_root / "private.jsonl") == 4);
    }

private:
    std::string database() const { return store::in_project(m_project, store::k_database_file); }
    std::string read() const {
        std::ifstream file(database(), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    }

    stdfs::path m_root;
    std::string m_project;
    std::string m_whole;
    std::unique_ptr<fs::Disk> m_disk = fs::posix_disk();
    FixedClock m_clock{TimePoint(std::chrono::milliseconds(1'767'225'600'000))};
};

template <class Work>
void attempt(const Work& work) {
    try {
        work();
    } catch (const Error& error) {
        const ErrorCode code = error.code();
        require(code == ErrorCode::CorruptStore || code == ErrorCode::CorruptTrace ||
                code == ErrorCode::NewerSchema || code == ErrorCode::NotFound ||
                code == ErrorCode::BadOption || code == ErrorCode::InvalidState || code == ErrorCode::Locked);
    }
}

void use(store::Store& store) {
    std::vector<store::TraceRow> rows;
    attempt([&] { rows = store.list({}); });
    attempt([&] { store.counts(); });
    attempt([&] { store.commit_groups(); });
    attempt([&] { store.open_pushes(); });
    attempt([&] { store.pushes(); });
    attempt([&] { store.pushed_to("me/data"); });
    attempt([&] { store.seen("claude-code", "/s"); });
    attempt([&] { store.orphans(); });
    attempt([&] { store.find("s1"); });
    for (const store::TraceRow& row : rows) {
        attempt([&] { store.find(row.id.str()); });
        attempt([&] { store.read_line(row.id); });
    }
}

void change(store::Store& store) {
    SeededIds ids(6);
    std::vector<store::TraceRow> rows;
    attempt([&] { rows = store.list({}); });
    attempt([&] { store.stage(testing::sample_trace("s1", "Even more"), "/s"); });
    for (const store::TraceRow& row : rows) {
        attempt([&] { store.commit({row.id}, "m", ids); });
        attempt([&] { store.reject({row.id}); });
        attempt([&] { store.discard({row.id}); });
    }
    std::vector<store::PushIntent> open;
    attempt([&] { open = store.open_pushes(); });
    for (const store::PushIntent& intent : open)
        attempt([&] { store.abandon_push(intent, "reason"); });
}

std::string patched(std::string bytes, std::string_view patches) {
    constexpr std::size_t k_head = 5;
    while (patches.size() > k_head) {
        std::size_t offset = 0;
        for (int i = 0; i < 4; ++i)
            offset = offset << 8 | static_cast<unsigned char>(patches[static_cast<std::size_t>(i)]);
        const std::size_t length = static_cast<unsigned char>(patches[4]);
        const std::string_view piece = patches.substr(k_head, length);
        patches.remove_prefix(k_head + piece.size());
        offset %= bytes.size();
        bytes.replace(offset, std::min(piece.size(), bytes.size() - offset), piece);
    }
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Bench bench;
    if (bench.whole().empty()) bench.keep();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string bytes = patched(bench.whole(), text);
    bench.place(bytes);
    attempt([&] { use(*bench.open_for_reading()); });
    attempt([&] {
        const auto store = bench.open();
        use(*store);
        change(*store);
    });
    bench.check_outside();
    return 0;
}
