#include "opentraces/hub/remote_spec.hpp"

#include <algorithm>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_max_name = 96;
constexpr std::string_view k_main = "main";

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

[[noreturn]] void refuse(std::string_view id, const std::string& rule) {
    throw Error(ErrorCode::InvalidRepoId, "\"" + printable_line(id) + "\" is not a dataset name: " + rule);
}

void check_name(std::string_view id, std::string_view name) {
    if (name.empty()) refuse(id, "a part of it is empty");
    if (name.size() > k_max_name) refuse(id, "a part of it has more than 96 characters");
    for (const char c : name) {
        if (!is_word(c) && c != '.' && c != '-')
            refuse(id, "only letters, digits, '-', '_' and '.' are allowed");
    }
    if (!is_word(name.front()) || !is_word(name.back()))
        refuse(id, "it must not start or end with '-' or '.'");
    if (name.find("--") != name.npos || name.find("..") != name.npos)
        refuse(id, "\"--\" and \"..\" are not allowed");
}

// A typing error would otherwise become a dataset.
[[noreturn]] void refuse_bare(std::string_view id) {
    check_name(id, id);
    const std::string name = printable_line(id);
    throw Error(ErrorCode::InvalidRepoId,
                "\"" + name + "\" is neither a folder nor owner/name, nor a remote of a project",
                "Write ./" + name + " for a folder, OWNER/" + name +
                    " for the Hub, or add it: opentraces remote add " + name + " TARGET");
}

RemoteSpec folder_spec(std::string_view path, const Environment& environment, fs::Disk& disk) {
    if (path.empty()) refuse("file:", "the folder is missing");
    RemoteSpec spec;
    spec.kind = RemoteKind::Folder;
    if (path == "~" || path.starts_with("~/"))
        spec.folder = fs::absolute(environment.home() + std::string(path.substr(1)), environment, disk);
    else
        spec.folder = fs::absolute(path, environment, disk);
    return spec;
}

void check_revision(std::string_view text, std::string_view revision) {
    const bool plain = std::all_of(revision.begin(), revision.end(),
                                   [](char c) { return is_word(c) || c == '.' || c == '-' || c == '/'; });
    if (revision.empty() || !plain || revision.find("..") != revision.npos)
        refuse(text, "what follows '@' is not a branch");
}

}  // namespace

bool names_a_folder(std::string_view text) {
    return text == "." || text == ".." || text == "~" || text.starts_with("./") || text.starts_with("../") ||
           text.starts_with("/") || text.starts_with("~/") || text.starts_with("file:");
}

std::string RemoteSpec::text() const {
    if (kind == RemoteKind::Folder) return folder;
    return revision == k_main ? repo : repo + "@" + revision;
}

std::string revision_in(std::string_view name) {
    const std::size_t at = name.starts_with('/') ? name.npos : name.find('@');
    return at == name.npos ? std::string() : std::string(name.substr(at + 1));
}

void check_owner(std::string_view name) {
    check_name(name, name);
}

void check_repo_id(std::string_view id) {
    if (id.ends_with(".git")) refuse(id, "it must not end in \".git\"");
    const std::size_t slash = id.find('/');
    if (slash == id.npos) refuse_bare(id);
    if (id.find('/', slash + 1) != id.npos) refuse(id, "it has more than one '/'");
    check_name(id, id.substr(0, slash));
    check_name(id, id.substr(slash + 1));
}

RemoteSpec parse_remote_spec(std::string_view text, const Environment& environment, fs::Disk& disk) {
    const std::string_view given = trim(text);
    if (given.starts_with("file:")) return folder_spec(given.substr(5), environment, disk);
    if (names_a_folder(given)) return folder_spec(given, environment, disk);
    RemoteSpec spec;
    const std::size_t at = given.find('@');
    spec.repo = given.substr(0, at);
    spec.revision = at == given.npos ? k_main : given.substr(at + 1);
    check_repo_id(spec.repo);
    check_revision(given, spec.revision);
    return spec;
}

}  // namespace opentraces::hub
