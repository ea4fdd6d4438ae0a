// A session as its agent wrote it: the bytes of all its files in one zstd stream; in place of a database that
// holds more, one with the session's rows alone. What is in it was never scrubbed; nothing that publishes may
// read it (tests/unit/raw_copies.cpp).
//
// The stream is one line, {"opentraces_raw":1,"agent":…,"locator":…,"project":…,"fingerprint":…,
// "files":[{"path":…,"size":…},…]}, then the bytes of the files one after the other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture {

// Of all files together; as much as a compressed stream may hold when it is read.
inline constexpr std::uint64_t k_most_raw = std::uint64_t{1} << 30;

// The files as they are now, each up to the length that it has when it is begun. `out` is given the
// compressed bytes. Error DiskFailed; CorruptSession when they are more than k_most_raw.
void write_raw_copy(const SessionRef& session, const std::vector<std::string>& files, fs::Disk& disk,
                    json::Sink& out);

// Which session a copy is of. Error CorruptSession for what is no such stream.
SessionRef read_raw_head(json::ByteSource stream);

struct UnpackedSession {
    SessionRef named;     // as it was when it was copied
    SessionRef unpacked;  // the same, where its files are now
};
// Puts the files below `folder` of `disk`, each under the path that it had. Bounded whatever the stream says.
// Errors CorruptSession, and those of the disk.
UnpackedSession unpack_raw_copy(json::ByteSource stream, fs::Disk& disk, const std::string& folder);

}  // namespace opentraces::capture
