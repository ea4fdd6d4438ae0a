#include "opentraces/flow/import.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <utility>

#include "import_rows.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "row_files.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_name_digits = 12;

// The path tells files of one name apart; it must not be told itself, so it goes in as a keyed digest.
RowSource local_source(const std::string& path, const security::ScrubOptions& scrub) {
    RowSource source;
    source.name = path;
    source.source_path = path;
    source.lines = is_line_file(path);
    source.origin.source =
        fs::stem(path) + "-" + hmac_sha256_hex(scrub.pseudonym_key, path).substr(0, k_name_digits);
    return source;
}

void read_file(RowImport& import, const std::string& path, const ImportOptions& options, fs::Disk& disk) {
    try {
        std::shared_ptr<fs::ReadFile> file = disk.open(path);
        import.read(local_source(path, options.scrub),
                    [file](char* buffer, std::size_t size) { return file->read(buffer, size);
    });
}
catch (const Error& error) {
    if (error.code() != ErrorCode::DiskFailed && error.code() != ErrorCode::NotFound) throw;
    import.fail({path, 0, error.message(), error.exit_status()});
}
}  // namespace

void read_folder(RowImport& import, const std::string& folder, const ImportOptions& options, fs::Disk& disk) {
    for (const fs::FileInfo& entry : disk.list(folder)) {
        if (import.full()) return;
        if (fs::file_name(entry.path).starts_with(".")) continue;
        if (entry.is_directory)
            read_folder(import, entry.path, options, disk);
        else if (is_row_file(entry.path))
            read_file(import, entry.path, options, disk);
    }
}

}  // namespace opentraces::flow

ImportResult import_files(const std::vector<std::string>& paths, store::Store* store,
                          const ImportOptions& options, fs::Disk& disk, Progress& progress) {
    RowImport import(store, options, progress);
    for (const std::string& path : paths) {
        if (import.full()) break;
        const auto info = disk.info(path);
        if (!info) throw Error(ErrorCode::NotFound, "no such file or folder: " + path);
        if (info->is_directory) {
            read_folder(import, path, options, disk);
        } else {
            refuse_other_kinds(path);
            read_file(import, path, options, disk);
        }
    }
    if (import.result().files == 0 && import.result().failed.empty())
        throw Error(ErrorCode::NotFound, "there is no .json, .jsonl or .ndjson file in " + paths.front());
    return std::move(import.result());
}

ImportResult import_stream(ImportStream stream, store::Store* store, const ImportOptions& options,
                           Progress& progress) {
    RowImport import(store, options, progress);
    RowSource source;
    source.name = stream.name;
    source.source_path = stream.name;
    source.keyed_by_content = true;
    source.origin.source = "stdin";
    import.read(source, std::move(stream.source));
    return std::move(import.result());
}

}  // namespace opentraces::flow
