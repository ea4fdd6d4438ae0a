#include "opentraces/flow/own_rules.hpp"

#include <memory>
#include <set>
#include <utility>

#include "flow/settings_file.hpp"

namespace opentraces::flow {
namespace {

constexpr SettingsFile k_rules{"rules",
                               "Put it right. If a setting names it, another way is: opentraces config unset "
                               "scan.rules (with --user, if it "
                               "is the user's)",
                               security::k_largest_rule_file, "its folder"};

bool leads_out(const std::string& path) {
    return path.starts_with('/') || ("/" + path + "/").find("/../") != std::string::npos;
}

// Files that this one extends are read beneath `folder`.
security::RuleFile rule_file(const std::string& path, std::string text, const std::string& folder,
                             fs::Disk& disk) {
    security::RuleFile file{path, std::move(text)};
    file.extended = [folder, &disk](const std::string& relative) {
        if (leads_out(relative))
            refuse(k_rules, relative, "is not in the folder of the file that extends it");
        const std::string extended = fs::join(folder, relative);
        return rule_file(extended, read_settings_file(k_rules, extended, *disk.beneath(folder)),
                         fs::parent(extended), disk);
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
        if (!whole && root.empty()) refuse(k_rules, file, "is relative to a project, and there is none here");
        const std::string path = whole ? file : fs::join(root, file);
        if (!seen.insert(path).second) continue;
        read_files.push_back(rule_file(path,
                                       read_settings_file(k_rules, path, whole ? disk : *disk.beneath(root)),
                                       fs::parent(path), disk));
    }
    return security::read_own_rules(read_files);
}

}  // namespace opentraces::flow
