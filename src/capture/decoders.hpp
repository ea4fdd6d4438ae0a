// Compression undone while reading: zstd and gzip, known by their first bytes and not by the file's name.
#pragma once

#include <cstddef>

#include "opentraces/json/lines.hpp"

namespace opentraces::capture {

// The bytes before compression; other bytes as they are. Error CorruptSession where a compressed stream is
// damaged, cut off, or holds more than 1 GiB. Memory is bounded whatever the stream asks for.
json::ByteSource decoded(json::ByteSource source);

}  // namespace opentraces::capture
