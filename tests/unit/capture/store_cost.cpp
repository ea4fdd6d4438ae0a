// What one session of a database costs to read and to copy does not depend on how many others there are.
#include <algorithm>

#include "capture/session_rows.hpp"
#include "catch.hpp"
#include "doubles/agent_stores.hpp"
#include "fs/forwarding_disk.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

// Counts the bytes that are read.
class MeteredDisk final : public fs::ForwardingDisk {
public:
    using ForwardingDisk::ForwardingDisk;

    std::unique_ptr<fs::ReadFile> open(const std::string& path) override {
        struct Metered final : fs::ReadFile {
            Metered(std::unique_ptr<fs::ReadFile> file, std::size_t& count)
                : inner(std::move(file)), bytes(count) {}
            std::size_t read(char* buffer, std::size_t size) override {
                const std::size_t count = inner->read(buffer, size);
                bytes += count;
                return count;
            }
            void seek(std::uint64_t offset) override { inner->seek(offset); }
            std::unique_ptr<fs::ReadFile> inner;
            std::size_t& bytes;
        };
        return std::make_unique<Metered>(inner().open(path), bytes);
    }

    std::size_t bytes = 0;
};

struct Cost {
    std::size_t read = 0;
    std::size_t copied = 0;
    std::size_t store = 0;  // size of the whole
};

Cost cost_among(const StoreKind& kind, int sessions) {
    constexpr int k_turns = 30;
    AgentStore store(kind);
    for (int number = 0; number < sessions; ++number) {
        store.writer.execute("BEGIN");
        store.session(fmt::format("session-{:04}", number), k_turns);
        store.writer.execute("COMMIT");
    }
    store.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    const auto disk = fs::posix_disk();
    MeteredDisk metered(*disk);
    const capture::SessionRef session{std::string(kind.agent), store.path + "#session-0001", {}, {}};
    REQUIRE(store.agent().read_from(session.locator, metered).record);
    Cost cost{metered.bytes, 0, disk->info(store.path)->size};
    metered.bytes = 0;
    REQUIRE(capture::excerpt_of(session, metered));
    cost.copied = metered.bytes;
    return cost;
}

// Elsewhere one value holds all sessions, or rows have to be looked through.
bool finds_by_index(const StoreKind& kind) {
    return kind.title == "OpenCode" || kind.title == "Hermes" || kind.title == "Cursor's editor";
}

}  // namespace

TEST_CASE("store cost: one session of a database costs the same among few and among many", "[capture]") {
    for (const StoreKind& kind : agent_stores::k_all) {
        if (!finds_by_index(kind)) continue;
        INFO(kind.title);
        const Cost few = cost_among(kind, 4);
        const Cost many = cost_among(kind, 100);
        REQUIRE(many.store > 10 * few.store);
        CHECK(many.read < 2 * few.read + 32'768);
        CHECK(many.read < many.store / 4);
        CHECK(many.copied < 2 * few.copied + 32'768);
        CHECK(many.copied < many.store / 4);
    }
}
