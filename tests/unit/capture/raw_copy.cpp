// Sessions as their agents wrote them: packed, unpacked, and what hostile copies come to.
#include "opentraces/capture/raw_copy.hpp"

#include <zstd.h>

#include "catch.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using testing::InMemoryDisk;

namespace {

class TextSink final : public json::Sink {
public:
    void write(std::string_view part) override { text.append(part); }
    std::string text;
};

json::ByteSource source_of(std::string text) {
    return [text = std::move(text), at = std::size_t{0}](char* buffer, std::size_t size) mutable {
        const std::size_t count = text.copy(buffer, size, at);
        at += count;
        return count;
    };
}

std::string compressed(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
    return out;
}

void put(InMemoryDisk& disk, const std::string& path, const std::string& text) {
    disk.make_directories(fs::parent(path), 0700);
    disk.replace(path, text);
}

const capture::SessionRef k_session{"claude-code", "/a/s.jsonl", "/p", "f1"};

std::string head(const std::string& files, const std::string& locator = "/a/s.jsonl") {
    return R"({"opentraces_raw":1,"agent":"claude-code","locator":")" + locator +
           R"(","project":"/p","fingerprint":"f1","files":[)" + files + "]}\n";
}

ErrorCode refusal_of(const std::string& stream) {
    InMemoryDisk disk;
    try {
        capture::unpack_raw_copy(source_of(stream), disk, "/raw");
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::Internal;
}

// Of a copy of which only this is wrong.
std::string reason_of(const std::string& text) {
    InMemoryDisk disk;
    try {
        capture::unpack_raw_copy(source_of(compressed(text)), disk, "/raw");
    } catch (const Error& error) {
        return error.message();
    }
    return {};
}

}  // namespace

TEST_CASE("raw copy: every file comes back under its name, byte for byte") {
    InMemoryDisk disk;
    const std::string binary("\0\xff\n\r\x1a", 5);
    const std::string big(300'000, 'x');
    put(disk, "/a/s.jsonl", big + binary);
    put(disk, "/a/s/subagents/agent-1.jsonl", binary);
    put(disk, "/a/empty", "");
    TextSink sink;
    capture::write_raw_copy(k_session, {"/a/s.jsonl", "/a/s/subagents/agent-1.jsonl", "/a/empty"}, disk,
                            sink);
    CHECK(sink.text.size() < 2000);
    InMemoryDisk other;
    const auto unpacked = capture::unpack_raw_copy(source_of(sink.text), other, "/raw");
    CHECK(unpacked.named.locator == "/a/s.jsonl");
    CHECK(unpacked.named.fingerprint == "f1");
    CHECK(unpacked.unpacked.locator == "/raw/a/s.jsonl");
    CHECK(other.read_all("/raw/a/s.jsonl") == big + binary);
    CHECK(other.read_all("/raw/a/s/subagents/agent-1.jsonl") == binary);
    CHECK(other.read_all("/raw/a/empty").empty());
    CHECK(capture::read_raw_head(source_of(sink.text)).project == "/p");
}

TEST_CASE("raw copy: hostile copies are refused, bounded, and lead nowhere") {
    const std::string own = R"({"path":"/a/s.jsonl","size":3})";
    CHECK(refusal_of(compressed(head(own) + "abc")) == ErrorCode::Internal);  // a good one
    for (const std::string& stream : {
             std::string(),
             std::string("no copy at all"),
             compressed("{}\n"),
             compressed("no json\n"),
             compressed(std::string(5'000'000, 'x')),                            // a head without an end
             compressed(head(own) + "ab"),                                       // cut off
             compressed(head(own) + "abc").substr(0, 60),                        // the stream is cut off
             compressed(head(own, "/else") + "abc"),                             // not its own file
             compressed(head(R"({"path":"/a/../../etc/x","size":3})") + "abc"),  // leads out
             compressed(head(R"({"path":"a/s.jsonl","size":3})") + "abc"),       // relative
             compressed(head(R"({"path":"/a/s.jsonl","size":-3})") + "abc"),
             compressed(head(R"({"path":"/a/s.jsonl","size":99999999999999})") + "abc"),
             compressed(head(R"({"path":"/a/s.jsonl"})") + "abc"),
         }) {
        INFO(stream.size());
        CHECK(refusal_of(stream) == ErrorCode::CorruptSession);
    }
    std::string files = own;
    for (int i = 0; i < 20'000; ++i)
        files += R"(,{"path":"/a","size":0})";
    CHECK(refusal_of(compressed(head(files) + "abc")) == ErrorCode::CorruptSession);
}

TEST_CASE("raw copy: what is wrong is refused for what it is") {
    const std::string own = R"({"path":"/a/s.jsonl","size":3})";
    const std::string beginning = "the raw copy cannot be read: ";
    REQUIRE(reason_of(head(own) + "abc").empty());
    for (const char* path : {"a/s.jsonl", "/a/../b", "/a//b", "/", ""}) {
        INFO(path);
        CHECK(reason_of(head(own + R"(,{"path":")" + path + R"(","size":0})") + "abc") ==
              beginning + "a path is no path");
    }
    CHECK(reason_of(head(own + R"(,{"path":"/b","size":700000000},{"path":"/c","size":700000000})") +
                    "abc") == beginning + "it holds more than 1 GiB");
    // However much follows: no head is as long.
    CHECK(reason_of(std::string(5'000'000, ' ') + head(own) + "abc") ==
          beginning + "it does not begin as one");
    std::string later = head(own);
    later.replace(later.find(":1,"), 3, ":2,");
    CHECK(reason_of(later + "abc") == beginning + "it is of another form");
    CHECK(reason_of(head(own) + "ab") == beginning + "it is cut off");
    CHECK(reason_of(head(own, "/else") + "abc") == beginning + "the session's own file is not in it");
}
