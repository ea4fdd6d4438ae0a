#include "flow/pull_pieces.hpp"

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "hub/folder_remote.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;

namespace {

constexpr const char* k_shard = "data/traces_20260101T000000Z_00000000.jsonl";

std::string large_text() {
    std::string text;
    for (int i = 0; text.size() < (std::size_t{20} << 20); ++i)
        text += std::to_string(i) + "\n";
    return text;
}

std::string all_of(const json::ByteSource& source) {
    std::string text;
    std::string buffer(1 << 20, '\0');
    while (const std::size_t count = source(buffer.data(), buffer.size()))
        text.append(buffer, 0, count);
    return text;
}

// Breaks off after so many bytes.
class BrokenRemote final : public hub::Remote {
public:
    BrokenRemote(hub::Remote& inner, std::uint64_t bytes) : m_inner(inner), m_left(bytes) {}
    void read(const std::string& head, const hub::RemoteFile& file, std::uint64_t from,
              const std::function<void(std::string_view)>& sink) override {
        m_inner.read(head, file, from, [&](std::string_view bytes) {
            const std::string_view piece = bytes.substr(0, m_left);
            m_left -= piece.size();
            if (!piece.empty()) sink(piece);
            if (m_left == 0) throw Error(ErrorCode::NetworkFailed, "cut");
        });
    }
    std::string name() const override { return m_inner.name(); }
    hub::DatasetInfo info() override { return m_inner.info(); }
    hub::DatasetInfo ensure(hub::Visibility wanted) override { return m_inner.ensure(wanted); }
    void set_visibility(hub::Visibility) override {}
    void set_gating(hub::Gating) override {}
    std::vector<hub::RemoteFile> list(const std::string&, const std::string&) override { return {}; }
    std::vector<hub::RemoteFile> find(const std::string&, const std::vector<std::string>&) override {
        return {};
    }
    std::string read_small(const std::string&, const hub::RemoteFile&) override { return {}; }
    std::vector<std::string> card_problems(const std::string&) override { return {}; }
    hub::CommitOutcome commit(const hub::CommitRequest&,
                              const std::function<void(const hub::UploadProgress&)>&) override {
        return {};
    }
    hub::PullRequest open_pull_request(const std::string&, const std::string&) override { return {}; }
    hub::PullRequestState pull_request_state(std::int64_t) override { return hub::PullRequestState::Open; }
    void squash_history(const std::string&) override {}
    void check_write_access(const hub::DatasetInfo&) override {}

private:
    hub::Remote& m_inner;
    std::uint64_t m_left;
};

}  // namespace

TEST_CASE("pull pieces: a file comes in pieces, and goes on where they end") {
    const testing::TemporaryDirectory folder;
    const auto disk = fs::posix_disk();
    FixedClock clock(TimePoint{});
    const std::string text = large_text();
    const std::string dataset = folder.file("dataset");
    const std::string work = folder.file("work");
    disk->make_directories(dataset + "/data", 0755);
    disk->make_directories(work, 0700);
    disk->replace(dataset + "/" + k_shard, text);
    SeededIds ids(1);
    const auto remote = hub::folder_remote(dataset, {*disk, clock, ids, folder.file("home"), {}});
    const std::string head = remote->info().head;
    const hub::RemoteFile file = remote->find(head, {k_shard}).at(0);
    {
        BrokenRemote broken(*remote, 11 << 20);
        flow::DownloadPieces pieces(*disk, work, file);
        CHECK(pieces.size() == 0);
        CHECK_THROWS_AS(pieces.fetch(broken, head), Error);
    }
    CHECK(disk->list(work).size() == 2);
    flow::DownloadPieces pieces(*disk, work, file);
    CHECK(pieces.size() == std::uint64_t{11} << 20);
    pieces.fetch(*remote, head);
    CHECK(pieces.size() == text.size());
    CHECK(all_of(pieces.open()) == text);

    // Another content of the same path starts anew.
    hub::RemoteFile other = file;
    other.digest = std::string(64, '0');
    CHECK(flow::DownloadPieces(*disk, work, other).size() == 0);

    // A piece that is lost takes those behind it along.
    disk->remove(disk->list(work).at(1).path);
    flow::DownloadPieces again(*disk, work, file);
    CHECK(again.size() == std::uint64_t{8} << 20);
    again.fetch(*remote, head);
    CHECK(all_of(again.open()) == text);
    again.remove();
    CHECK(flow::DownloadPieces(*disk, work, file).size() == 0);
}
