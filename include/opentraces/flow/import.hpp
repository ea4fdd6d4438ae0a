// Rows of other formats into the inbox: from files, standard input or a dataset, through the same scrub and
// review as captured sessions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/flow/failures.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/prices.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/formats/importer.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct ImportOptions {
    const formats::Importer* importer = nullptr;  // null: the one that alone recognises a file's first row
    std::string subset;
    std::string split;
    std::int64_t limit = 0;  // traces; 0 = all
    bool dry_run = false;    // everything but storing
    security::ScrubOptions scrub;
    OwnPricesPtr prices;  // null: those of the program
};

inline constexpr std::size_t k_max_failures = 1000;

struct ImportResult {
    std::map<std::string, std::int64_t> parsers;  // that have read, and how many files
    bool detected = false;
    std::string source;    // dataset; empty for files
    std::string revision;  // likewise
    std::int64_t files = 0;
    std::int64_t rows = 0;    // that were looked at
    std::int64_t parsed = 0;  // became traces
    std::int64_t captured = 0;
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
    std::int64_t older = 0;     // of the unchanged: what is stored says something else, and goes further
    std::int64_t repeated = 0;  // rows that another row of this import has said already
    std::int64_t skipped = 0;   // rows without a session
    std::int64_t redactions = 0;
    std::int64_t needs_review = 0;
    std::map<std::string, std::int64_t> skipped_reasons;
    std::map<std::string, std::int64_t> remarks;  // "field: reason", over all rows
    Failures failed{k_max_failures};              // rows and files
    std::vector<TraceId> traces;                  // captured or updated
};

// `store` may be null for a dry run. One broken row never keeps another from being imported. Errors, here and
// below: UnknownFormat when no importer is given and none or several recognise the first row; those of the
// store.

// A file, or every .json, .jsonl and .ndjson file below a folder, in order of their names, each with an
// importer of its own; below a folder a file that none or several recognise is a failure with status 2, and
// keeps no other from being imported. NotFound; UnknownFormat for a file of another kind.
ImportResult import_path(const std::string& path, store::Store* store, const ImportOptions& options,
                         fs::Disk& disk, Progress& progress);
// Bytes of which the rows are told apart by their content: standard input.
ImportResult import_stream(const std::string& name, json::ByteSource source, store::Store* store,
                           const ImportOptions& options, Progress& progress);
// The JSON files of a dataset, which are of one kind: the first row decides. `name` as PushOptions::remote. A
// copy of each is below the folder `project` while it is read. A file that cannot be had whole is a failure
// with status 4. NotFound; UnknownFormat; those of the remote.
ImportResult import_dataset(Ports& ports, const std::string& name, store::Store* store,
                            const std::string& project, const ImportOptions& options, Progress& progress);

}  // namespace opentraces::flow
