#include "opentraces/flow/import.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "flow/dataset_rows.hpp"
#include "flow/import_rows.hpp"
#include "flow/row_files.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/dataset/shard_copy.hpp"
#include "opentraces/fs/walk.hpp"
#include "opentraces/store/layout.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_name_digits = 12;

// A path tells files of one name apart; it must not be told itself, so it goes in as a keyed digest.
std::string local_name(const std::string& name, const std::string& path,
                       const security::ScrubOptions& scrub) {
    return name + "-" + hmac_sha256_hex(scrub.pseudonym_key, path).substr(0, k_name_digits);
}

RowSource local_source(const std::string& path, const security::ScrubOptions& scrub) {
    RowSource source;
    source.name = path;
    source.source_path = path;
    source.lines = is_line_file(path);
    source.origin.source = local_name(fs::stem(path), path, scrub);
    return source;
}

RowSource dataset_source(const hub::DatasetInfo& info, const std::string& path,
                         const ImportOptions& options) {
    const bool on_hub = info.visibility.has_value();
    RowSource source;
    source.name = info.name + "/" + path;
    source.source_path = (on_hub ? "hf://datasets/" : "") + source.name;
    source.lines = is_line_file(path);
    formats::RowOrigin& origin = source.origin;
    origin.dataset = on_hub ? info.name : local_name(fs::file_name(info.name), info.name, options.scrub);
    origin.source = origin.dataset + ":" + path;
    if (on_hub) origin.revision = info.head;
    origin.subset = options.subset;
    origin.split = options.split;
    return source;
}

void read_file(RowImport& rows, const std::string& path, const ImportOptions& options, fs::Disk& disk) {
    bool reading = true;
    try {
        const std::unique_ptr<fs::ReadFile> file = disk.open(path);
        reading = false;
        rows.read(local_source(path, options.scrub), [&](char* buffer, std::size_t size) {
            reading = true;
            const std::size_t count = file->read(buffer, size);
            reading = false;
            return count;
        });
    } catch (const Error& error) {
        // A store that cannot be written stops the import; a file that cannot be read does not.
        if (!reading || (error.code() != ErrorCode::DiskFailed && error.code() != ErrorCode::NotFound)) throw;
        rows.result().failed.add(path, error);
    }
}

void read_folder(RowImport& rows, const std::string& folder, const ImportOptions& options, fs::Disk& disk,
                 Progress& progress) {
    const auto wants = [](std::string_view name) { return !name.starts_with(".") && is_row_file(name); };
    const auto enters = [](std::string_view name) { return !name.starts_with("."); };
    // Copies of datasets are kept as links to a store of blobs.
    const fs::Walked walked = fs::walk(folder, {wants, enters, fs::Links::Files}, disk);
    if (const std::string left_out = walked.left_out(); !left_out.empty())
        progress.warning(fmt::format("{}: left out: {}", folder, left_out));
    for (const fs::FileInfo& file : walked.files) {
        if (rows.full()) return;
        read_file(rows, file.path, options, disk);
    }
}

}  // namespace

ImportResult import_path(const std::string& path, store::Store* store, const ImportOptions& options,
                         fs::Disk& disk, Progress& progress) {
    const auto info = disk.info(path);
    RowImport rows(store, options, progress,
                   info && info->is_directory() ? RowImport::Kinds::Many : RowImport::Kinds::One);
    if (!info) throw Error(ErrorCode::NotFound, "no such file or folder: " + path);
    if (info->is_directory()) {
        read_folder(rows, path, options, disk, progress);
    } else {
        refuse_other_kinds(path);
        read_file(rows, path, options, disk);
    }
    if (rows.result().files == 0 && rows.result().failed.empty())
        throw Error(ErrorCode::NotFound, "there is no .json, .jsonl or .ndjson file in " + path);
    return std::move(rows.result());
}

ImportResult import_stream(const std::string& name, json::ByteSource source, store::Store* store,
                           const ImportOptions& options, Progress& progress) {
    RowImport rows(store, options, progress);
    RowSource stream;
    stream.name = name;
    stream.source_path = name;
    stream.keyed_by_content = true;
    stream.origin.source = "stdin";
    rows.read(stream, std::move(source));
    return std::move(rows.result());
}

ImportResult import_dataset(Ports& ports, const std::string& name, store::Store* store,
                            const std::string& project, const ImportOptions& options, Progress& progress) {
    const auto remote = dataset::open(ports, name, dataset::Access::Read, progress);
    const hub::DatasetInfo info = dataset::existing(*remote);
    RowImport rows(store, options, progress);
    rows.result().source = info.name;
    rows.result().revision = info.head;
    for (const hub::RemoteFile& list : remote->find(info.head, {std::string(shard::k_withdrawn_path)}))
        rows.leave_out(shard::Withdrawals::read(remote->read_small(info.head, list)));
    for (const hub::RemoteFile& file : row_files_of(*remote, info, options.subset, options.split, progress)) {
        if (rows.full()) break;
        progress.note("reading " + file.path);
        try {
            const dataset::ShardCopy copy(*remote, info.head, file, ports.disk,
                                          store::in_project(project, store::k_downloads_folder));
            rows.read(dataset_source(info, file.path, options), copy.open());
        } catch (const Error& error) {
            if (error.code() != ErrorCode::ShardUnavailable) throw;
            rows.result().failed.add(info.name + "/" + file.path, error);
        }
    }
    return std::move(rows.result());
}

}  // namespace opentraces::flow
