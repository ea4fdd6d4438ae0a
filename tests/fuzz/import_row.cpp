// Rows of every format, in every layout: a record or a reason, and what became a record can be written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "opentraces/formats/importer.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/rows.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const formats::ImportedRow& row) {
    require(row.record.has_value() == (row.verdict == formats::RowVerdict::Record));
    require(row.record.has_value() == row.reason.empty());
    if (!row.record) return;
    const trace::Decoded again = trace::decode(trace::encode(*row.record));
    require(again.record.has_value());
    require(again.unknown_keys.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::size_t at = 0;
    json::RowReader rows(
        [&](char* buffer, std::size_t room) {
            const std::size_t count = text.copy(buffer, room, at);
            at += count;
            return count;
        },
        false, std::size_t{1} << 20);
    json::RowText found;
    while (rows.next(found)) {
        json::Value row;
        try {
            row = json::parse(found.text);
        } catch (const json::SyntaxError&) {
            continue;
        }
        for (const formats::Importer& importer : formats::importers()) {
            importer.recognises(row);
            check(importer.read(row, {"fuzz", "0", "", "", "", ""}));
        }
    }
    return 0;
}
