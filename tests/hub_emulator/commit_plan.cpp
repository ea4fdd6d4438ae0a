#include "commit_plan.hpp"

#include <algorithm>
#include <set>

#include "card.hpp"
#include "digest.hpp"
#include "gitattributes.hpp"
#include "routes.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;

constexpr const char* k_attributes_path = ".gitattributes";

void check_path(const std::string& path) {
    const auto bad = [&](const char* why) {
        fail(422, "Invalid path in repository: \"" + path + "\" (" + why + ")");
    };
    if (path.empty() || path.front() == '/' || path.find('\\') != std::string::npos ||
        path.find('\0') != std::string::npos) {
        bad("not a relative path");
    }
    for (const auto& part : split(path, '/')) {
        if (part.empty() || part == "." || part == ".." || part == ".git") {
            bad("illegal component");
        }
    }
}

std::string operation_path(const json& value, const char* key = "path") {
    auto path = text_field(value, key);
    while (path.size() > 1 && path.back() == '/') {
        path.pop_back();
    }
    check_path(path);
    return path;
}

std::string file_content(const json& value, const std::string& path) {
    const auto content = text_field(value, "content");
    const auto encoding = text_field(value, "encoding", "utf-8");
    if (encoding == "utf-8") {
        return content;
    }
    std::string bytes;
    if (encoding != "base64" || !base64_decode(content, bytes)) {
        fail(400, "Invalid content of \"" + path + "\": not " + encoding);
    }
    return bytes;
}

void check_regular(const State& state, const std::string& path, const std::string& bytes) {
    const auto offending = "\nOffending files:\n  - " + path;
    if (bytes.size() > state.options.max_regular_size) {
        fail(400,
             "Your push was rejected because it contains files larger than 10 MiB. Please use "
             "https://git-lfs.github.com/ to store large files." +
                 offending);
    }
    if (bytes.substr(0, 8000).find('\0') != std::string::npos) {
        fail(400,
             "Your push was rejected because it contains binary files. Please use "
             "https://huggingface.co/docs/hub/xet to store binary files." +
                 offending);
    }
}

class Application {
public:
    Application(State& state, Repo& repo, Tree tree)
        : m_state(state), m_repo(repo), m_tree(std::move(tree)) {}

    void apply(const std::string& key, const json& value) {
        if (key == "file") {
            add_file(value);
        } else if (key == "lfsFile") {
            add_lfs_file(value);
        } else if (key == "deletedFile" || key == "deletedFolder") {
            remove(operation_path(value), key == "deletedFile");
        } else {
            fail(400, "Unknown operation \"" + key + "\"");
        }
    }

    Tree finish() {
        track_uncovered_lfs_files();
        check_folders();
        if (m_touched.count("README.md") != 0 && m_tree.count("README.md") != 0) {
            check_readme();
        }
        return std::move(m_tree);
    }

private:
    // `oldPath` makes the operation a rename.
    void rename_from(const json& value, const std::string& path) {
        const auto old_path = text_field(value, "oldPath");
        if (old_path.empty() || old_path == path) {
            return;
        }
        const auto old = m_tree.find(old_path);
        if (old == m_tree.end()) {
            fail(404, "A file with this name doesn't exist: " + old_path, "EntryNotFound");
        }
        m_tree[path] = old->second;
        m_tree.erase(old_path);
    }

    void add_file(const json& value) {
        const auto path = operation_path(value);
        rename_from(value, path);
        m_touched.insert(path);
        if (!value.contains("content") && value.contains("oldPath")) {
            return;
        }
        auto bytes = file_content(value, path);
        check_regular(m_state, path, bytes);
        m_tree[path] = m_state.regular_blob(std::move(bytes));
    }

    void add_lfs_file(const json& value) {
        const auto path = operation_path(value);
        const auto oid = text_field(value, "oid");
        if (text_field(value, "algo", "sha256") != "sha256" || oid.size() != 64) {
            fail(400, "Invalid LFS pointer of \"" + path + "\"");
        }
        const auto object = m_state.objects.find(oid);
        if (m_repo.lfs_objects.count(oid) == 0 || object == m_state.objects.end()) {
            fail(400, "LFS pointer pointed to a file that does not exist: \"" + path + "\"");
        }
        if (value.contains("size") && value["size"] != json(object->second->size())) {
            fail(400, "LFS pointer has a wrong size: \"" + path + "\"");
        }
        rename_from(value, path);
        m_touched.insert(path);
        m_lfs.insert(path);
        m_tree[path] = m_state.lfs_blob(oid, object->second->size());
    }

    void remove(const std::string& path, bool file) {
        const auto before = m_tree.size();
        m_tree.erase(path);
        const auto prefix = path + "/";
        for (auto it = m_tree.lower_bound(prefix); it != m_tree.end() && it->first.rfind(prefix, 0) == 0;) {
            it = m_tree.erase(it);
        }
        if (m_tree.size() == before) {
            fail(404,
                 std::string("A ") + (file ? "file" : "folder") + " with this name doesn't exist: " + path,
                 "EntryNotFound");
        }
    }

    void track_uncovered_lfs_files() {
        const auto found = m_tree.find(k_attributes_path);
        std::string text = found == m_tree.end() || found->second.is_lfs() ? "" : *found->second.bytes;
        const GitAttributes rules(text);
        std::string added;
        for (const auto& path : m_lfs) {
            if (m_tree.count(path) != 0 && !rules.is_lfs(path)) {
                added += exact_path_line(path);
            }
        }
        if (added.empty()) {
            return;
        }
        text += text.empty() || text.back() == '\n' ? "" : "\n";
        m_tree[k_attributes_path] = m_state.regular_blob(text + added);
    }

    void check_folders() const {
        std::map<std::string, std::size_t> counts;
        for (const auto& [path, blob] : m_tree) {
            for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
                if (m_tree.count(path.substr(0, slash)) != 0) {
                    fail(400, "\"" + path.substr(0, slash) + "\" is both a file and a folder");
                }
            }
            const auto slash = path.rfind('/');
            const auto folder = slash == std::string::npos ? "" : path.substr(0, slash);
            if (++counts[folder] > m_state.options.max_files_per_folder) {
                fail(400, "Your push was rejected because it contains too many files per directory: \"" +
                              folder + "\". Each directory in your git repo can only contain up to " +
                              std::to_string(m_state.options.max_files_per_folder) + " files.");
            }
        }
    }

    void check_readme() const {
        const auto& readme = m_tree.at("README.md");
        if (readme.is_lfs()) {
            return;
        }
        const auto check = check_card(*readme.bytes);
        if (!check.errors.empty()) {
            fail(400, "Your push was rejected due to an invalid metadata section in README.md:\n- " +
                          check.errors.front());
        }
    }

    State& m_state;
    Repo& m_repo;
    Tree m_tree;
    std::set<std::string> m_touched;
    std::set<std::string> m_lfs;
};

}  // namespace

CommitPlan parse_commit(const std::string& body) {
    CommitPlan plan;
    bool first = true;
    for (const auto& line : split(body, '\n')) {
        if (line.empty() || line == "\r") {
            continue;
        }
        const auto entry = json::parse(line, nullptr, false);
        if (!entry.is_object() || !entry.contains("key") || !entry.contains("value") ||
            !entry["value"].is_object()) {
            fail(400, "Invalid line in the commit body");
        }
        const auto key = text_field(entry, "key");
        if (first != (key == "header")) {
            fail(400, "The first line of a commit, and only the first, must be a header");
        }
        first = false;
        if (key != "header") {
            plan.operations.emplace_back(key, entry["value"]);
            continue;
        }
        plan.summary = text_field(entry["value"], "summary");
        plan.description = text_field(entry["value"], "description");
        plan.parent = text_field(entry["value"], "parentCommit");
    }
    if (plan.summary.empty()) {
        fail(400, "\"summary\" is not allowed to be empty");
    }
    if (plan.operations.empty()) {
        fail(400, "Invalid commit: must contain at least one `file`, `lfsFile` or `deletedFile` line");
    }
    return plan;
}

Tree apply_operations(State& state, Repo& repo, Tree tree, const CommitPlan& plan) {
    Application application(state, repo, std::move(tree));
    for (const auto& [key, value] : plan.operations) {
        application.apply(key, value);
    }
    return application.finish();
}

}  // namespace hub_emulator
