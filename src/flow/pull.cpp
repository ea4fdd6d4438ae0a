#include "opentraces/flow/pull.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "flow/pull_pieces.hpp"
#include "flow/pull_state.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/git_blob.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/dataset/dataset.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

constexpr int k_tries = 3;
constexpr std::size_t k_buffer = std::size_t{1} << 20;

std::string sha256_of(const std::string& path, fs::Disk& disk) {
    const auto file = disk.open(path);
    Sha256 sha;
    std::string buffer(k_buffer, '\0');
    while (const std::size_t count = file->read(buffer.data(), buffer.size()))
        sha.update(std::string_view(buffer).substr(0, count));
    return sha.finish_hex();
}

bool matches(const PullFilter& filter, const trace::TraceRecord& record) {
    if (!filter.agent.empty() && record.agent.name != filter.agent) return false;
    if (!filter.model.empty()) {
        const std::string model = to_lower_ascii(record.agent.model.value_or(""));
        if (model.find(to_lower_ascii(filter.model)) == model.npos) return false;
    }
    if (filter.success && record.outcome.success != filter.success) return false;
    if (!filter.since && !filter.before) return true;
    const trace::OptText& text = record.timestamp_start ? record.timestamp_start : record.timestamp_end;
    const auto time = text ? parse_iso8601(*text) : std::nullopt;
    return time && (!filter.since || *time >= *filter.since) && (!filter.before || *time < *filter.before);
}

ContentHash hash_of(const trace::TraceRecord& record) {
    const bool has_hash = record.content_hash && shard::is_content_hash(*record.content_hash);
    return has_hash ? ContentHash(to_lower_ascii(*record.content_hash)) : trace::content_hash(record);
}

bool is_withdrawn(const trace::TraceRecord& record, const shard::Withdrawals& withdrawn) {
    return withdrawn.holds(shard::trace_key(record.trace_id)) || withdrawn.holds(hash_of(record));
}

bool holds_withdrawn(const shard::ShardSummary& summary, const shard::Withdrawals& withdrawn) {
    for (std::size_t i = 0; i < summary.hashes.size(); ++i) {
        if (withdrawn.holds(summary.hashes.at(i))) return true;
        if (summary.has_ids() && withdrawn.holds(summary.ids.at(i))) return true;
    }
    return false;
}

// Bytes on their way from the pieces to their file, with everything that is learned from them.
class ShardFile {
public:
    // `withdrawn`: traces that are left out; null when none of them is in it.
    ShardFile(json::ByteSource source, const hub::RemoteFile& file, fs::NewFile& out,
              const PullFilter& filter, const shard::Withdrawals* withdrawn)
        : m_source(std::move(source)),
          m_file(file),
          m_out(out),
          m_filter(filter),
          m_withdrawn(withdrawn),
          m_git_id(file.size) {}

    // Calls `problem` with kind, line and detail.
    template <class Report>
    void copy(const Report& problem) {
        json::LineReader lines([this](char* buffer, std::size_t size) { return next(buffer, size); });
        json::Line line;
        while (lines.next(line)) {
            if (!line.too_long && trim(line.text).empty()) continue;
            const trace::Decoded decoded = trace::decode(line.text);
            if (!decoded.record) {
                problem("not_a_trace", line.number,
                        line.too_long ? "the line is too long" : decoded.problem->words);
                continue;
            }
            if (trace::has_stale_hash(decoded))
                problem("hash_wrong", line.number, "the content hash is not that of the record");
            take(line.text, *decoded.record);
        }
    }

    // That of the bytes as they came, in the remote's way.
    bool has_announced_digest() {
        if (m_size != m_file.size) return false;
        return m_file.digest == (m_file.large ? m_sha256.finish_hex() : m_git_id.finish_hex());
    }
    std::string written_sha256() { return m_written.finish_hex(); }
    std::int64_t traces() const { return m_traces; }
    std::int64_t left_out() const { return m_left_out; }
    std::int64_t withdrawn() const { return m_left_out_withdrawn; }

private:
    bool is_whole() const { return m_filter.empty() && m_withdrawn == nullptr; }

    std::size_t next(char* buffer, std::size_t size) {
        const std::size_t count = m_source(buffer, size);
        const std::string_view bytes(buffer, count);
        m_size += count;
        if (m_file.large)
            m_sha256.update(bytes);
        else
            m_git_id.update(bytes);
        if (is_whole()) write(bytes);
        return count;
    }

    void take(std::string_view line, const trace::TraceRecord& record) {
        if (m_withdrawn != nullptr && is_withdrawn(record, *m_withdrawn)) {
            ++m_left_out_withdrawn;
            return;
        }
        if (!matches(m_filter, record)) {
            ++m_left_out;
            return;
        }
        ++m_traces;
        if (is_whole()) return;
        write(line);
        write("\n");
    }

    void write(std::string_view bytes) {
        m_written.update(bytes);
        m_out.write(bytes);
    }

    json::ByteSource m_source;
    const hub::RemoteFile& m_file;
    fs::NewFile& m_out;
    const PullFilter& m_filter;
    const shard::Withdrawals* m_withdrawn;
    Sha256 m_sha256;
    Sha256 m_written;
    GitBlobId m_git_id;
    std::uint64_t m_size = 0;
    std::int64_t m_traces = 0;
    std::int64_t m_left_out = 0;
    std::int64_t m_left_out_withdrawn = 0;
};

class Pull {
public:
    Pull(dataset::Dataset& dataset, const PullOptions& options)
        : m_dataset(dataset),
          m_outside(dataset.ports().disk),
          m_options(options),
          m_work(fs::join(options.folder, k_pull_folder)),
          m_pieces(fs::join(m_work, "pieces")) {}

    PullResult run() {
        const hub::DatasetInfo info = m_dataset.existing();
        m_result.remote = info.name;
        m_result.url = info.url;
        m_result.head = info.head;
        const dataset::State dataset = m_dataset.reader().list(info.head);
        std::vector<hub::RemoteFile> shards;
        for (const hub::RemoteFile& file : dataset.data) {
            if (file.folder || !shard::is_shard_path(file.path)) continue;
            if (!is_local_shard_name(file.path))
                throw Error(ErrorCode::CorruptDataset,
                            fmt::format("{} has a shard whose name is too long for a file here: {}…",
                                        info.name, first_code_points(file.path, 100)));
            shards.push_back(file);
        }
        if (shards.empty())
            throw Error(ErrorCode::NotFound, info.name + " has no shards of traces",
                        "Rows of other formats are read by: opentraces import " + info.name + ".");
        warn_of_strays(dataset, m_dataset.progress());
        m_result.shards = static_cast<std::int64_t>(shards.size());
        m_outside.make_directories(m_options.folder, 0700);
        m_disk = m_outside.beneath(m_options.folder);
        m_disk->make_directories(m_pieces, 0700);
        const auto held = m_disk->lock(fs::join(m_work, "lock"));
        m_state = read_pull_state(m_options.folder, *m_disk);
        m_withdrawn = m_dataset.reader().withdrawn(dataset);
        if (!m_withdrawn.empty()) read_index(dataset);
        const std::vector<hub::RemoteFile> wanted = missing(shards);
        if (!wanted.empty() && m_withdrawn.empty()) read_index(dataset);
        for (const hub::RemoteFile& file : wanted)
            m_total += file.size;
        for (const hub::RemoteFile& file : wanted) {
            fetch(info.head, file);
            m_done += file.size;
        }
        tell(m_total);
        find_gone(shards);
        end_state();
        m_disk->remove_matching(m_pieces, [](std::string_view name) {
            return is_piece_name(name) || fs::is_temporary_name(name) || name.ends_with(".download");
        });
        return std::move(m_result);
    }

private:
    std::string path_of(const std::string& path) const { return fs::join(m_options.folder, path); }

    void add(Diagnostic problem) {
        if (m_result.problems.size() < k_max_problems)
            m_result.problems.push_back(std::move(problem));
        else
            ++m_result.more_problems;
    }

    void read_index(const dataset::State& dataset) {
        const std::vector<shard::IndexFile> texts = m_dataset.reader().index_texts(dataset);
        try {
            for (const shard::IndexFile& file : texts)
                m_index.read(file.path, file.content);
        } catch (const Error& error) {
            add({.source = std::string(shard::k_index_folder),
                 .rule = "index_damaged",
                 .words = error.message()});
            m_index = {};
        }
        if (m_withdrawn.empty()) return;
        shard::Index trusted = m_index;
        trusted.reconcile(dataset::listed_shards(dataset));
        for (const shard::IndexEntry* entry : trusted.entries())
            for (const ContentHash hash : entry->summary.hashes)
                m_index_hashes.insert(hash.str());
    }

    // What has to be fetched. Refuses, before anything happens, to write over what is not from here.
    std::vector<hub::RemoteFile> missing(const std::vector<hub::RemoteFile>& shards) {
        check_folder();
        std::vector<hub::RemoteFile> wanted;
        for (const hub::RemoteFile& file : shards) {
            if (!m_disk->info(path_of(file.path))) {
                wanted.push_back(file);
            } else if (is_here(file)) {
                keep(file.path);
            } else {
                wanted.push_back(file);
            }
        }
        return wanted;
    }

    void check_folder() {
        if (m_state.dataset.empty()) {
            m_state.dataset = m_dataset.remote().name();
            m_state.filter = m_options.filter.text();
            return;
        }
        if (m_state.dataset == m_dataset.remote().name() && m_state.filter == m_options.filter.text()) return;
        throw Error(ErrorCode::InvalidState,
                    fmt::format("{} holds a pull of {} {}", m_options.folder, m_state.dataset,
                                m_state.filter.empty() ? "without a filter" : "with " + m_state.filter),
                    "Pull into another folder with -o.");
    }

    void keep(const std::string& path) {
        const PulledFile& known = m_state.files[path];
        ++m_result.kept;
        m_result.traces += known.traces;
        if (known.untold > 0)
            add({.source = path,
                 .rule = "pulled_with_problems",
                 .words =
                     fmt::format("{} problems were found in it when an earlier pull was interrupted; run: "
                                 "opentraces validate {}",
                                 known.untold, path_of(path))});
    }

    bool is_here(const hub::RemoteFile& file) {
        const std::string sha256 = own_sha256(file.path);
        const PulledFile& known = m_state.files[file.path];
        return known.sha256 == sha256 && known.remote_digest == file.digest && !has_old_copy(file, known);
    }

    // Taken back since it was pulled, although the shard is the same.
    bool has_old_copy(const hub::RemoteFile& file, const PulledFile& known) {
        const shard::IndexEntry* const indexed = m_index.find(file.path);
        return indexed != nullptr && known.sha256 == indexed->summary.sha256 &&
               holds_withdrawn(indexed->summary, m_withdrawn);
    }

    // Of what lies there. Error InvalidState for a file that no pull has made.
    std::string own_sha256(const std::string& shard) {
        const std::string path = path_of(shard);
        std::string sha256 = sha256_of(path, *m_disk);
        const auto known = m_state.files.find(shard);
        if (known == m_state.files.end() ||
            (known->second.sha256 != sha256 && known->second.before != sha256))
            throw Error(ErrorCode::InvalidState, path + " was changed here, or is not from a pull",
                        "Move it away, or pull into another folder with -o.");
        return sha256;
    }

    void fetch(const std::string& head, const hub::RemoteFile& file) {
        DownloadPieces pieces(*m_disk, m_pieces, file);
        m_result.resumed += pieces.size();
        for (int attempt = 1;; ++attempt) {
            const std::uint64_t before = pieces.size();
            try {
                pieces.fetch(m_dataset.remote(), head, [this](std::uint64_t here) { tell(m_done + here); });
            } catch (const Error& error) {
                // All of it came, but it is not what was announced: the digest is looked at below.
                if (error.code() != ErrorCode::ShardUnavailable || pieces.size() < file.size) throw;
            }
            m_result.transferred += pieces.size() - before;
            if (store(file, pieces)) break;
            pieces.remove();
            if (attempt == k_tries)
                throw Error(ErrorCode::ShardUnavailable,
                            file.path + " of " + m_result.remote + " does not have the announced digest");
        }
        pieces.remove();
    }

    void tell(std::uint64_t done) { m_dataset.progress().working_bytes("pulling", done, m_total); }

    // False: the digest is another one, and nothing was written.
    bool store(const hub::RemoteFile& file, const DownloadPieces& pieces) {
        const std::string path = path_of(file.path);
        m_disk->make_directories(fs::parent(path), 0700);
        const auto out = m_disk->create(path, 0600);
        ShardFile copy(pieces.open(), file, *out, m_options.filter, withdrawn_in(pieces, file.path));
        std::vector<Diagnostic> problems;
        std::int64_t more = 0;
        copy.copy([&](std::string_view kind, std::size_t line, std::string_view detail) {
            if (problems.size() < k_max_problems)
                problems.push_back({.source = file.path,
                                    .line = line,
                                    .rule = std::string(kind),
                                    .words = std::string(detail)});
            else
                ++more;
        });
        if (!copy.has_announced_digest()) return false;
        const std::int64_t all = copy.traces() + copy.left_out() + copy.withdrawn();
        const shard::IndexEntry* const indexed = m_index.find(file.path);
        if (indexed != nullptr && (!shard::is_content_of(indexed->summary, file.size, file.digest) ||
                                   indexed->summary.stats.traces != all))
            problems.push_back({.source = file.path,
                                .rule = "index_wrong",
                                .words = "the index says something else about this shard than its bytes"});
        note_before_naming(file, copy, static_cast<std::int64_t>(problems.size()) + more);
        out->commit();
        for (Diagnostic& problem : problems)
            add(std::move(problem));
        m_result.more_problems += more;
        ++m_result.pulled;
        m_result.traces += copy.traces();
        m_result.left_out += copy.left_out();
        m_result.withdrawn += copy.withdrawn();
        return true;
    }

    // What of the dataset was taken back is in this shard, or may be; null: nothing.
    const shard::Withdrawals* withdrawn_in(const DownloadPieces& pieces, const std::string& path) const {
        if (m_withdrawn.empty()) return nullptr;
        try {
            return holds_withdrawn(shard::summarise(pieces.open(), path), m_withdrawn) ? &m_withdrawn
                                                                                       : nullptr;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CorruptDataset && error.code() != ErrorCode::NewerSchema) throw;
            return &m_withdrawn;
        }
    }

    // Also looks once more at what the file would replace, because the download may have taken hours.
    void note_before_naming(const hub::RemoteFile& file, ShardFile& copy, std::int64_t problems) {
        PulledFile coming{file.digest, copy.written_sha256(), {}, copy.traces(), problems};
        if (m_disk->info(path_of(file.path))) coming.before = own_sha256(file.path);
        m_state.files[file.path] = std::move(coming);
        write_pull_state(m_options.folder, m_state, *m_disk);
    }

    // The problems are reported now; a pull that does not come this far leaves that to the next one.
    void end_state() {
        bool changed = false;
        for (auto& [path, file] : m_state.files) {
            changed = changed || file.untold > 0 || !file.before.empty();
            file.untold = 0;
            file.before.clear();
        }
        if (changed) write_pull_state(m_options.folder, m_state, *m_disk);
    }

    void find_gone(const std::vector<hub::RemoteFile>& shards) {
        std::vector<std::string> gone;
        for (const auto& known : m_state.files) {
            const std::string& path = known.first;
            const bool there = std::any_of(shards.begin(), shards.end(),
                                           [&](const hub::RemoteFile& shard) { return shard.path == path; });
            if (!there && m_disk->info(path_of(path))) gone.push_back(path);
        }
        for (const std::string& path : gone)
            if (m_withdrawn.empty() || take_out_withdrawn(path)) m_result.gone.push_back(path);
    }

    // Of a copy whose shard is gone. False: the file is gone too, because the dataset has all that was left
    // of it in other shards.
    bool take_out_withdrawn(const std::string& path) {
        std::string sha256;
        try {
            sha256 = own_sha256(path);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::InvalidState) throw;
            add({.source = path, .rule = "withdrawn_unknown", .words = error.message()});
            return true;
        }
        const std::string local = path_of(path);
        const auto out = m_disk->create(local, 0600);
        Sha256 written;
        std::int64_t kept = 0;
        std::int64_t withdrawn = 0;
        bool elsewhere = true;
        const std::shared_ptr<fs::ReadFile> file = m_disk->open(local);
        json::LineReader lines([file](char* buffer, std::size_t size) { return file->read(buffer, size); });
        json::Line line;
        while (lines.next(line)) {
            const trace::Decoded decoded = trace::decode(line.text);
            if (decoded.record && is_withdrawn(*decoded.record, m_withdrawn)) {
                ++withdrawn;
                continue;
            }
            elsewhere =
                elsewhere && decoded.record && m_index_hashes.contains(hash_of(*decoded.record).str());
            ++kept;
            for (const std::string_view bytes : {line.text, std::string_view("\n")}) {
                out->write(bytes);
                written.update(bytes);
            }
        }
        if (withdrawn == 0) return true;
        m_result.withdrawn += withdrawn;
        if (elsewhere) {
            m_disk->remove(local);
            m_state.files.erase(path);
            write_pull_state(m_options.folder, m_state, *m_disk);
            return false;
        }
        PulledFile& known = m_state.files[path];
        known.before = sha256;
        known.sha256 = written.finish_hex();
        known.traces = kept;
        write_pull_state(m_options.folder, m_state, *m_disk);
        out->commit();
        return true;
    }

    dataset::Dataset& m_dataset;
    fs::Disk& m_outside;
    std::unique_ptr<fs::Disk> m_disk;  // of the folder, and nothing outside of it
    const PullOptions& m_options;
    std::string m_work;
    std::string m_pieces;
    shard::Index m_index;
    std::set<std::string> m_index_hashes;  // of all traces that it names, when something was taken back
    shard::Withdrawals m_withdrawn;
    PullState m_state;
    std::uint64_t m_total = 0;  // bytes of the shards that are to come
    std::uint64_t m_done = 0;   // of those that are here
    PullResult m_result;
};

}  // namespace

bool PullFilter::empty() const {
    return agent.empty() && model.empty() && !since && !before && !success;
}

std::string PullFilter::text() const {
    std::string text;
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!text.empty()) text += ' ';
        text += fmt::format("{}={}", name, value);
    };
    if (!agent.empty()) add("agent", agent);
    if (!model.empty()) add("model", to_lower_ascii(model));
    if (since) add("since", format_iso8601(*since));
    if (before) add("before", format_iso8601(*before));
    if (success) add("success", *success ? "true" : "false");
    return text;
}

PullResult pull(Ports& ports, store::Store& store, const PullOptions& options, Progress& progress) {
    // Nothing is copied to look at it: shards are fetched to the folder itself.
    dataset::Dataset dataset({ports, store, {}}, options.remote, dataset::Access::Read, progress);
    PullResult result;
    dataset.read([&] { result = Pull(dataset, options).run(); });
    return result;
}

}  // namespace opentraces::flow
