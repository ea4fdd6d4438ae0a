#include "capture/opencode/tree.hpp"

#include <algorithm>
#include <utility>

#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/opencode/first_messages.hpp"

namespace opentraces::capture::opencode {
namespace {

constexpr std::string_view k_ending = ".json";

std::string name_of_folder_of(const std::string& path) {
    return fs::file_name(fs::parent(path));
}

// None where there is no such folder, or a link.
std::vector<fs::FileInfo> documents_in(const std::string& folder, fs::Disk& disk) {
    const auto info = disk.info(folder);
    if (!info || !info->is_directory() || disk.link_target(folder)) return {};
    std::vector<fs::FileInfo> files = disk.list(folder);
    std::erase_if(files, [](const fs::FileInfo& file) {
        return file.kind != fs::FileKind::File || !file.path.ends_with(k_ending);
    });
    std::sort(files.begin(), files.end(),
              [](const fs::FileInfo& one, const fs::FileInfo& other) { return one.path < other.path; });
    return files;
}

bool is_name(const std::string& id) {
    return !id.empty() && id[0] != '.' && id.find('/') == std::string::npos &&
           id.find('\0') == std::string::npos;
}

// A message's parts lie in a folder of its id, which is mostly the name of its file.
std::vector<fs::FileInfo> parts_of(const Tree& tree, const std::string& session, const fs::FileInfo& message,
                                   Sources& sources) {
    std::string name = fs::file_name(message.path);
    name.resize(name.size() - k_ending.size());
    std::vector<fs::FileInfo> parts = tree.parts(session, name, sources.disk());
    if (!parts.empty()) return parts;
    const std::string id(start_of_document(message.path, sources)["id"].string_or());
    return id == name ? parts : tree.parts(session, id, sources.disk());
}

const std::string& first_message_in(const std::string& folder, Sources& sources) {
    auto& files = sources.folders[folder].files;
    if (const auto known = files.find("first"); known != files.end()) return known->second.front();
    const std::vector<fs::FileInfo> messages = documents_in(folder, sources.disk());
    std::string first = messages.empty() ? std::string() : messages.front().path;
    return files.emplace("first", std::vector<std::string>{std::move(first)}).first->second.front();
}

}  // namespace

Tree::Tree(const std::string& file) {
    const std::string folder = fs::parent(file);
    m_is_message = name_of_folder_of(folder) == "message";
    if (m_is_message) {
        m_base = fs::parent(fs::parent(folder));
        m_is_first = fs::file_name(m_base) == "session";
    } else {
        m_is_first = fs::file_name(folder) == "info" && name_of_folder_of(folder) == "session";
        m_base = m_is_first ? fs::parent(folder) : fs::parent(fs::parent(folder));
    }
}

std::string Tree::data_folder() const {
    if (!m_is_first) return fs::parent(m_base);
    const std::string projects = fs::parent(fs::parent(fs::parent(m_base)));
    return fs::file_name(projects) == "project" ? fs::parent(projects) : fs::parent(fs::parent(m_base));
}

std::vector<fs::FileInfo> Tree::messages(const std::string& session, fs::Disk& disk) const {
    if (!is_name(session)) return {};
    return documents_in(fs::join(fs::join(m_base, "message"), session), disk);
}

std::vector<fs::FileInfo> Tree::parts(const std::string& session, const std::string& message,
                                      fs::Disk& disk) const {
    if (!is_name(session) || !is_name(message)) return {};
    const std::string all = fs::join(m_base, "part");
    return documents_in(fs::join(m_is_first ? fs::join(all, session) : all, message), disk);
}

std::vector<fs::FileInfo> Tree::loose_parts(fs::Disk& disk) const {
    return m_is_first ? std::vector<fs::FileInfo>() : documents_in(fs::join(m_base, "part"), disk);
}

std::vector<std::string> Tree::session_folders(fs::Disk& disk) const {
    if (m_is_first) return {fs::join(m_base, "info")};
    const std::string all = fs::join(m_base, "session");
    std::vector<std::string> folders;
    const auto info = disk.info(all);
    if (!info || !info->is_directory()) return folders;
    for (const fs::FileInfo& folder : disk.list(all))
        if (folder.is_directory()) folders.push_back(folder.path);
    return folders;
}

const std::vector<std::string>& Tree::sessions(Sources& sources) const {
    auto& files = sources.folders[m_base].files;
    if (const auto known = files.find("sessions"); known != files.end()) return known->second;
    std::vector<std::string> ids;
    for (const std::string& folder : session_folders(sources.disk()))
        for (const fs::FileInfo& file : documents_in(folder, sources.disk())) {
            const json::Value start = start_of_document(file.path, sources);
            if (is_session(file.path, start)) ids.emplace_back(start["id"].string_or());
        }
    std::sort(ids.begin(), ids.end());
    return files.emplace("sessions", std::move(ids)).first->second;
}

const std::vector<std::string>& Tree::copied_sessions(Sources& sources) const {
    static const std::vector<std::string> k_none;
    return m_is_first ? Tree(fs::join(data_folder(), "storage"), false).sessions(sources) : k_none;
}

bool is_session(const std::string& path, const json::Value& start) {
    if (start["id"].if_string() == nullptr || !start["time"]["created"].integer()) return false;
    const std::string folder = fs::parent(path);
    if (fs::file_name(folder) == "info" && name_of_folder_of(folder) == "session") return true;
    return start["title"].if_string() != nullptr && start["version"].if_string() != nullptr &&
           (start["projectID"].if_string() != nullptr || start["directory"].if_string() != nullptr);
}

bool is_orphan(const std::string& path, Sources& sources) {
    const Tree tree(path);
    if (!tree.is_message() || !path.ends_with(k_ending)) return false;
    const std::string folder = fs::parent(path);
    const std::vector<std::string>& known = tree.sessions(sources);
    if (std::binary_search(known.begin(), known.end(), fs::file_name(folder))) return false;
    return first_message_in(folder, sources) == path && is_message(start_of_document(path, sources));
}

std::string session_id_of(const std::string& file, Sources& sources) {
    if (Tree(file).is_message()) return name_of_folder_of(file);
    return std::string(start_of_document(file, sources)["id"].string_or());
}

std::string directory_of(const std::string& file, Sources& sources) {
    constexpr std::size_t k_most_messages = 64;
    const Tree tree(file);
    if (!tree.is_message()) {
        const json::Value start = start_of_document(file, sources);
        if (const auto said = start["directory"].string_or(); !said.empty()) return std::string(said);
    }
    std::vector<fs::FileInfo> messages = tree.messages(session_id_of(file, sources), sources.disk());
    messages.resize(std::min(messages.size(), k_most_messages));
    for (const fs::FileInfo& message : messages) {
        std::string said = directory_of_message(start_of_document(message.path, sources));
        if (!said.empty()) return said;
    }
    return {};
}

std::string fingerprint_of(const std::string& file, Sources& sources) {
    const Tree tree(file);
    fs::Disk& disk = sources.disk();
    const std::string session = session_id_of(file, sources);
    Fingerprint fingerprint;
    if (!tree.is_message()) fingerprint.add(file, disk);
    bool any = false;
    for (const fs::FileInfo& message : tree.messages(session, disk)) {
        fingerprint.add(message);
        for (const fs::FileInfo& part : parts_of(tree, session, message, sources)) {
            any = true;
            fingerprint.add(part);
        }
    }
    if (!any)
        for (const fs::FileInfo& part : tree.loose_parts(disk))
            fingerprint.add(part);
    return fingerprint.finish();
}

}  // namespace opentraces::capture::opencode
