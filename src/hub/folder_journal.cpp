#include "folder_journal.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/hub/folder_remote.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_piece = std::size_t{1} << 20;
constexpr unsigned k_file_mode = 0644;
constexpr unsigned k_folder_mode = 0755;

[[noreturn]] void refuse_journal(const std::string& path) {
    throw Error(ErrorCode::CorruptDataset, path + ": the journal of an interrupted push cannot be read",
                "Compare the folder with a backup, then remove the file by hand.");
}

bool is_plain_path(std::string_view path) {
    return !path.empty() && path.front() != '/' && fs::absolute(path, "/") == "/" + std::string(path);
}

}  // namespace

FolderJournal::FolderJournal(std::string folder, fs::Disk& disk)
    : m_folder(std::move(folder)), m_state(fs::join(m_folder, k_folder_state)), m_disk(disk) {}

void FolderJournal::recover() {
    const std::string journal = fs::join(m_state, "journal.json");
    if (m_disk.info(journal)) {
        apply(read_journal());
        m_disk.remove(journal);
    }
    const std::string staging = fs::join(m_state, "staging");
    m_disk.remove_matching(staging, [](std::string_view name) {
        return fs::is_temporary_name(name) || name.find_first_not_of("0123456789") == name.npos;
    });
}

void FolderJournal::commit(const CommitRequest& request,
                           const std::function<void(const UploadProgress&)>& progress) {
    m_disk.make_directories(fs::join(m_state, "staging"), k_folder_mode);
    std::vector<Step> steps;
    for (const FileChange& change : request.changes) {
        if (!is_plain_path(change.path))
            throw Error(ErrorCode::UploadFailed, "the path is not allowed in a dataset: " + change.path);
        steps.push_back({change.path, change.remove ? std::string{} : stage(change, steps.size(), progress)});
    }
    write_journal(request, steps);
    recover();
}

std::string FolderJournal::stage(const FileChange& change, std::size_t number,
                                 const std::function<void(const UploadProgress&)>& progress) {
    const std::string name = std::to_string(number);
    const auto out = m_disk.create(fs::join(fs::join(m_state, "staging"), name), k_file_mode);
    if (change.local_path.empty()) {
        out->write(change.content);
        out->commit();
        return name;
    }
    Sha256 hash;
    UploadProgress done{change.path, 0, change.size};
    std::string piece(k_piece, '\0');
    const auto in = m_disk.open(change.local_path);
    while (const std::size_t got = in->read(piece.data(), piece.size())) {
        const std::string_view bytes = std::string_view(piece).substr(0, got);
        hash.update(bytes);
        out->write(bytes);
        done.sent += got;
        if (progress) progress(done);
    }
    if (done.sent != change.size || hash.finish_hex() != change.sha256)
        throw Error(ErrorCode::UploadFailed, change.local_path + " changed while it was being copied");
    out->commit();
    return name;
}

void FolderJournal::write_journal(const CommitRequest& request, const std::vector<Step>& steps) {
    json::Array list;
    for (const Step& step : steps) {
        json::Object entry;
        entry.append("path", step.path);
        entry.append("staged", step.staged);
        list.emplace_back(std::move(entry));
    }
    json::Object journal;
    journal.append("parent", request.parent);
    journal.append("summary", request.summary);
    journal.append("steps", std::move(list));
    m_disk.replace(fs::join(m_state, "journal.json"), json::to_compact(journal), k_file_mode);
}

std::vector<FolderJournal::Step> FolderJournal::read_journal() {
    const std::string path = fs::join(m_state, "journal.json");
    std::vector<Step> steps;
    try {
        const json::Value journal = json::parse(m_disk.read_all(path));
        const json::Array* list = journal["steps"].if_array();
        if (list == nullptr) refuse_journal(path);
        for (const json::Value& entry : *list) {
            steps.push_back(
                {std::string(entry["path"].string_or()), std::string(entry["staged"].string_or())});
            if (!is_plain_path(steps.back().path)) refuse_journal(path);
        }
    } catch (const json::SyntaxError&) {
        refuse_journal(path);
    }
    return steps;
}

void FolderJournal::apply(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
        const std::string target = fs::join(m_folder, step.path);
        if (step.staged.empty()) {
            m_disk.remove(target);
            continue;
        }
        const std::string staged = fs::join(fs::join(m_state, "staging"), step.staged);
        // Missing: this step was done before the interruption.
        if (!m_disk.info(staged)) continue;
        m_disk.make_directories(fs::parent(target), k_folder_mode);
        m_disk.rename(staged, target);
    }
}

}  // namespace opentraces::hub
