// An index is refused as corrupt, or what was read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "opentraces/core/error.hpp"
#include "opentraces/shard/index.hpp"
#include "shard/index_line.hpp"

using namespace opentraces;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_entry(std::string_view text) {
    const shard::IndexEntry entry = shard::entry_from_text(text);
    require(shard::entry_from_text(shard::to_text(entry)) == entry);
    const auto files = shard::rebuild_index({entry});
    shard::Index index;
    for (const shard::IndexFile& file : files)
        index.read(file.path, file.content);
    require(*index.find(entry.summary.path) == entry);
    require(index.totals() == entry.summary.stats);
}

void refuse_or(void (*work)(std::string_view), std::string_view text) {
    try {
        work(text);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::CorruptDataset || error.code() == ErrorCode::NewerSchema);
    }
}

// The bytes as a file of the index, and as an entry, which needs no valid digest.
void read_file(std::string_view text) {
    shard::Index index;
    index.read(shard::index_path(1), text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    refuse_or(read_file, text);
    refuse_or(check_entry, text);
    return 0;
}
