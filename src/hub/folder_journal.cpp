#include "hub/folder_journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hub/dataset_paths.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_max_journal = std::size_t{64} << 20;
constexpr unsigned k_file_mode = 0644;
constexpr unsigned k_permissions = 0777;

[[noreturn]] void refuse(const std::string& folder, const std::string& what) {
    throw Error(
        ErrorCode::CorruptDataset, fmt::format("{}: {}; nothing was changed", journal_path(folder), what),
        fmt::format("If that push is gone for good: remove {} by hand, then run opentraces verify, and "
                    "opentraces index rebuild if it finds the index damaged.",
                    journal_path(folder)));
}

// Where a change is neither done nor not done.
[[noreturn]] void refuse_moved(const std::string& folder, const std::string& path) {
    refuse(folder, path + " is neither as it was before the interrupted push nor as it was after it");
}

std::optional<FileState> state_if_there(fs::Disk& disk, const std::string& path) {
    if (!disk.info(path)) return std::nullopt;
    return state_of(disk, path);
}

}  // namespace

std::optional<std::string> journal_in(const std::string& folder, fs::Disk& inside) {
    const std::string path = journal_path(folder);
    const auto found = inside.info(path);
    if (!found) return std::nullopt;
    if (found->size > k_max_journal) return std::string();
    try {
        return inside.read_all(path, k_max_journal);
    } catch (const Error& error) {
        // Finished meanwhile, or not for this user to read.
        if (error.code() == ErrorCode::NotFound) return std::nullopt;
        if (error.code() == ErrorCode::DiskFailed) return std::string();
        throw;
    }
}

FolderJournal::FolderJournal(std::string folder, fs::Disk& inside, fs::Disk& outside,
                             const FolderWriter& writer)
    : m_folder(std::move(folder)), m_disk(inside), m_outside(outside), m_writer(writer) {}

void FolderJournal::recover() {
    const auto text = journal_in(m_folder, m_disk);
    if (!text) return drop_staged();
    const auto journal = journal_from_text(*text);
    if (!journal) refuse(m_folder, "the journal of an interrupted push cannot be read");
    const auto about = m_disk.info(journal_path(m_folder));
    const std::uint32_t owner = about ? about->owner : m_disk.user();
    if (journal->writer != m_writer.id() || owner != m_disk.user())
        refuse(m_folder,
               fmt::format("a push of another writer ({}, user id {}) was interrupted here, and waits "
                           "for that writer's next push",
                           journal->writer, owner));
    if (journal->seal != m_writer.seal(journal_body(*journal)))
        refuse(m_folder, "the journal of an interrupted push is not as it was written");
    undo(*journal);
    drop_staged();
}

bool FolderJournal::commit(const CommitRequest& request, const FolderSnapshot& before,
                           const std::function<void(const UploadProgress&)>& progress) {
    check_dataset_paths(request.changes);
    try {
        if (!stage(request, before, progress)) {
            drop_staged();
            return false;
        }
        m_disk.replace(journal_path(m_folder), to_text(m_journal), k_file_mode);
        apply();
        m_disk.remove(journal_path(m_folder));
    } catch (Error& error) {
        if (!take_back())
            error.add_context("changing " + m_folder + ", which the next push into it restores first");
        throw;
    }
    try {
        drop_staged();
    } catch (const Error&) {
        // The commit is made; the next writer clears away.
    }
    return true;
}

bool FolderJournal::stage(const CommitRequest& request, const FolderSnapshot& before,
                          const std::function<void(const UploadProgress&)>& progress) {
    m_disk.make_directories(staging_folder(m_folder), mode_of_folders(m_disk, m_folder));
    const auto names = m_disk.defer_folder_syncs();
    m_journal = {m_writer.id(), request.parent, {}, {}};
    m_moves.clear();
    m_staged = 0;
    for (const FileChange& change : request.changes) {
        const auto known = before.files.find(change.path);
        if (!stage_change(change, known == before.files.end() ? nullptr : &known->second, progress))
            return false;
    }
    // The journal must not be there before what it speaks of.
    names->sync();
    m_journal.seal = m_writer.seal(journal_body(m_journal));
    return true;
}

bool FolderJournal::stage_change(const FileChange& change, const RemoteFile* known,
                                 const std::function<void(const UploadProgress&)>& progress) {
    const auto about = m_disk.info(at(change.path));
    if (about && about->kind != fs::FileKind::File)
        throw Error(ErrorCode::UnsafePath, at(change.path) + " is not a regular file");
    if (about.has_value() != (known != nullptr)) return false;
    if (!about && change.remove) return true;
    const unsigned mode = about ? about->mode & k_permissions : k_file_mode;
    JournalStep step;
    step.path = change.path;
    if (about) {
        step.kept = std::to_string(m_staged++);
        step.before = keep(*known, mode, staged(step.kept));
        if (!step.before) return false;
    }
    std::string name;
    if (!change.remove) {
        name = staged(std::to_string(m_staged++));
        step.after = stage_new(change, mode, name, progress);
        if (about) m_disk.set_mode(name, mode);
    }
    m_moves.push_back({std::move(name), at(change.path)});
    m_journal.steps.push_back(std::move(step));
    return true;
}

FileState FolderJournal::stage_new(const FileChange& change, unsigned mode, const std::string& to,
                                   const std::function<void(const UploadProgress&)>& progress) {
    const auto out = m_disk.create(to, mode);
    if (change.local_path.empty()) {
        out->write(change.content);
        out->commit();
        return state_of(change.content);
    }
    Sha256 hash;
    UploadProgress done{change.path, 0, change.size};
    stream(m_outside, change.local_path, [&](std::string_view bytes) {
        hash.update(bytes);
        out->write(bytes);
        done.sent += bytes.size();
        if (progress) progress(done);
    });
    if (done.sent != change.size || hash.finish_hex() != change.sha256)
        throw Error(ErrorCode::UploadFailed, change.local_path + " changed while it was being copied");
    out->commit();
    return {change.size, change.sha256};
}

// nullopt: it is not the file that was seen.
std::optional<FileState> FolderJournal::keep(const RemoteFile& file, unsigned mode, const std::string& to) {
    // With its own mode from the start: what is private is nobody else's to read here either.
    const auto out = m_disk.create(to, mode);
    FileState state;
    Sha256 hash;
    ListedDigest listed(file.large, file.size);
    stream(m_disk, at(file.path), [&](std::string_view bytes) {
        hash.update(bytes);
        out->write(bytes);
        state.size += bytes.size();
        listed.update(bytes);
    });
    state.sha256 = hash.finish_hex();
    if (file.digest != listed.finish_hex()) return std::nullopt;
    out->commit();
    m_disk.set_mode(to, mode);
    return state;
}

void FolderJournal::apply() {
    const unsigned folder_mode = mode_of_folders(m_disk, m_folder);
    const auto names = m_disk.defer_folder_syncs();
    for (const Move& move : m_moves) {
        if (move.from.empty()) {
            m_disk.remove(move.to);
            continue;
        }
        m_disk.make_directories(fs::parent(move.to), folder_mode);
        m_disk.rename(move.from, move.to);
    }
    names->sync();
}

// Everything is looked at before anything is touched.
void FolderJournal::check(const Journal& journal) {
    for (const JournalStep& step : journal.steps) {
        const auto now = state_if_there(m_disk, at(step.path));
        if (now != step.before && now != step.after && now.has_value()) refuse_moved(m_folder, step.path);
        if (!step.before || now == step.before) continue;
        if (state_if_there(m_disk, staged(step.kept)) != step.before)
            refuse(m_folder, "the copy of " + step.path + " from before the interrupted push is not there");
    }
}

void FolderJournal::undo(const Journal& journal) {
    check(journal);
    const auto names = m_disk.defer_folder_syncs();
    for (auto step = journal.steps.rbegin(); step != journal.steps.rend(); ++step) {
        const std::string path = at(step->path);
        if (!step->before)
            m_disk.remove(path);
        else if (state_if_there(m_disk, path) != step->before)
            m_disk.rename(staged(step->kept), path);
    }
    names->sync();
    m_disk.remove(journal_path(m_folder));
}

// After a step that failed. Without a journal nothing was moved, or all of it and for good.
// False: the journal stays; readers see what was before, and this writer's next commit undoes the rest.
bool FolderJournal::take_back() {
    try {
        if (m_disk.info(journal_path(m_folder))) undo(m_journal);
        drop_staged();
        return true;
    } catch (const Error&) {
        return false;
    }
}

void FolderJournal::drop_staged() {
    m_disk.remove_matching(staging_folder(m_folder), [](std::string_view name) {
        return is_staged_name(name) || fs::is_temporary_name(name);
    });
}

}  // namespace opentraces::hub
