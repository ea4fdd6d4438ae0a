// What a file is, by how it begins.
#pragma once

#include "opentraces/json/lines.hpp"

namespace opentraces::flow {

enum class ContentKind {
    Text,
    Binary,   // a NUL within the first 8,000 bytes, as git tells them apart
    Archive,  // or compressed: gzip, bzip2, xz, zstd, zip, 7z, rar, tar
};

struct Content {
    ContentKind kind = ContentKind::Text;
    json::ByteSource source;  // from the beginning
};

Content content_of(json::ByteSource in);

}  // namespace opentraces::flow
