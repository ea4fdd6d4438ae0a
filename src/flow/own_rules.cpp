#include "opentraces/flow/own_rules.hpp"

#include <fmt/format.h>

#include <memory>
#include <set>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::flow {
namespace {

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
    throw Error(ErrorCode::ConfigInvalid, fmt::format("rules: {} {}", printable_line(path), why),
                "Put it right. If a setting names it, another way is: opentraces config unset scan.rules "
                "(with --user, if it is the user's)");
}

std::string read(const std::string& path, fs::Disk& disk) {
    try {
        const auto info = disk.info(path);
        if (!info) refuse(path, "is not there");
        if (info->kind == fs::FileKind::Link) refuse(path, "is a link");
        if (info->kind != fs::FileKind::File) refuse(path, "is no file");
        if (info->size > security::k_largest_rule_file) refuse(path, "is larger than 4 MiB");
        return disk.read_all(path, security::k_largest_rule_file);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::UnsafePath)
            refuse(path, "leads through a link, or out of its folder; a whole path would be taken");
        if (error.code() != ErrorCode::DiskFailed && error.code() != ErrorCode::NotFound) throw;
        refuse(path, "cannot be read");
    }
}

bool leads_out(const std::string& path) {
    return path.starts_with('/') || ("/" + path + "/").find("/../") != std::string::npos;
}

// Files that this one extends are read beneath `folder`.
security::RuleFile rule_file(const std::string& path, std::string text, const std::string& folder,
                             fs::Disk& disk) {
    security::RuleFile file{path, std::move(text)};
    file.extended = [folder, &disk](const std::string& relative) {
        if (leads_out(relative)) refuse(relative, "is not in the folder of the file that extends it");
        const std::string extended = fs::join(folder, relative);
        return rule_file(extended, read(extended, *disk.beneath(folder)), fs::parent(extended), disk);
    };
    return file;
}

}  // namespace

security::OwnRulesPtr own_rules(const std::vector<std::string>& files, const std::string& root,
                                fs::Disk& disk) {
    std::vector<security::RuleFile> read_files;
    std::set<std::string> seen;
    for (const std::string& file : files) {
        const bool whole = file.starts_with('/');
        if (!whole && root.empty()) refuse(file, "is relative to a project, and there is none here");
        const std::string path = whole ? file : fs::join(root, file);
        if (!seen.insert(path).second) continue;
        read_files.push_back(
            rule_file(path, read(path, whole ? disk : *disk.beneath(root)), fs::parent(path), disk));
    }
    return security::read_own_rules(read_files);
}

}  // namespace opentraces::flow
