// Import: rows of other formats as TraceRecords. What becomes of what: docs/commands/import.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/error.hpp"
#include "opentraces/formats/format.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::formats {

// Where a row comes from. `source` and `key` name the session of a row that does not name it itself: the same
// row must get the same ones at every import.
struct RowOrigin {
    std::string source;   // the dataset, or a name for the file
    std::string key;      // number of the row in its source, from 0
    std::string dataset;  // owner/name or folder; empty for a file, as are the three below
    std::string revision;
    std::string subset;
    std::string split;
};

enum class RowVerdict {
    Record,
    Skipped,  // well-formed, but there is no session in it
    Refused,  // not of the format, or damaged
};

struct ImportedRow {
    RowVerdict verdict = RowVerdict::Refused;
    std::optional<trace::TraceRecord> record;  // when verdict is Record
    // The row was a TraceRecord, or holds a whole one: nothing may be derived or filled in.
    bool whole = false;
    std::string reason;  // when there is no record: field and rule, never text of the row
    ErrorCode code = ErrorCode::CorruptSession;  // what a refusal alone would mean
    std::vector<Diagnostic> remarks;             // what was doubtful or not taken over; `field` is free
};

struct Importer {
    std::string_view name;       // "atif"
    std::string_view summary;    // one line for help texts
    std::string_view reference;  // specification name and versions
    // Is this row of the format, as far as its keys tell?
    bool (*recognises)(const json::Value& row);
    // Never throws on bad input. The texts of the row are moved into the record.
    ImportedRow (*read)(json::Value row, const RowOrigin& origin);
};

std::span<const Importer> importers();
// Throws Error(UnknownFormat) naming the known ones.
const Importer& importer_named(std::string_view name);
// "adp, atif, …"
std::string importer_names();

}  // namespace opentraces::formats
