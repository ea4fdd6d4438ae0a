#include "persist.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "json.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

void write_file(const fs::path& path, const std::string& bytes) {
    const fs::path temporary = path.string() + ".tmp";
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) {
        throw std::runtime_error("cannot write " + path.string());
    }
    fs::rename(temporary, path);
}

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    if (!in) {
        throw std::runtime_error("cannot read " + path.string());
    }
    return bytes.str();
}

void write_once(const fs::path& path, const std::string& bytes) {
    if (!fs::exists(path)) {
        write_file(path, bytes);
    }
}

json commit_json(const Commit& commit, const fs::path& blobs) {
    json files = json::object();
    for (const auto& [path, blob] : commit.files) {
        files[path] = {
            {"oid", blob.oid}, {"size", blob.size}, {"sha256", blob.sha256}, {"last", blob.last_commit}};
        if (!blob.is_lfs()) {
            write_once(blobs / blob.oid, *blob.bytes);
        }
    }
    return {{"oid", commit.oid},       {"parent", commit.parent},
            {"title", commit.title},   {"description", commit.description},
            {"author", commit.author}, {"time", commit.time_ms},
            {"files", files}};
}

json repo_json(const Repo& repo, const fs::path& folder) {
    json commits = json::array();
    for (const auto& [oid, commit] : repo.commits) {
        commits.push_back(commit_json(*commit, folder / "blobs"));
    }
    json discussions = json::array();
    for (const auto& d : repo.discussions) {
        discussions.push_back({{"num", d.num},
                               {"title", d.title},
                               {"description", d.description},
                               {"author", d.author},
                               {"createdAt", d.created_at},
                               {"pull", d.is_pull_request},
                               {"base", d.base},
                               {"status", d.status},
                               {"mergeCommit", d.merge_commit}});
    }
    return {{"id", repo.id},       {"_id", repo.internal_id},   {"private", repo.is_private},
            {"gated", repo.gated}, {"disabled", repo.disabled}, {"createdAt", repo.created_at},
            {"refs", repo.refs},   {"lfs", repo.lfs_objects},   {"granted", repo.granted},
            {"commits", commits},  {"discussions", discussions}};
}

std::shared_ptr<const Commit> load_commit(const json& value, const fs::path& blobs,
                                          std::map<std::string, Bytes>& contents) {
    auto commit = std::make_shared<Commit>();
    commit->oid = value.at("oid");
    commit->parent = value.at("parent");
    commit->title = value.at("title");
    commit->description = value.at("description");
    commit->author = value.at("author");
    commit->time_ms = value.at("time");
    for (const auto& [path, file] : value.at("files").items()) {
        Blob blob{file.at("oid"), file.at("size"), file.at("sha256"), nullptr, file.at("last")};
        if (!blob.is_lfs()) {
            auto& bytes = contents[blob.oid];
            bytes = bytes ? bytes : std::make_shared<const std::string>(read_file(blobs / blob.oid));
            blob.bytes = bytes;
        }
        commit->files[path] = std::move(blob);
    }
    return commit;
}

std::shared_ptr<Repo> load_repo(const json& value, const fs::path& folder) {
    auto repo = std::make_shared<Repo>();
    repo->id = value.at("id");
    repo->internal_id = value.at("_id");
    repo->is_private = value.at("private");
    repo->gated = value.at("gated");
    repo->disabled = value.at("disabled");
    repo->created_at = value.at("createdAt");
    repo->refs = value.at("refs").get<std::map<std::string, std::string>>();
    repo->lfs_objects = value.at("lfs").get<std::set<std::string>>();
    repo->granted = value.at("granted").get<std::set<std::string>>();
    std::map<std::string, Bytes> contents;
    for (const auto& commit : value.at("commits")) {
        repo->commits[commit.at("oid")] = load_commit(commit, folder / "blobs", contents);
    }
    for (const auto& d : value.at("discussions")) {
        repo->discussions.push_back({d.at("num"), d.at("title"), d.at("description"), d.at("author"),
                                     d.at("createdAt"), d.at("pull"), d.at("base"), d.value("status", "open"),
                                     d.value("mergeCommit", "")});
    }
    return repo;
}

}  // namespace

void save_state(State& state, const std::string& folder) {
    const fs::path root(folder);
    fs::create_directories(root / "blobs");
    fs::create_directories(root / "lfs");
    for (const auto& [oid, bytes] : state.objects) {
        write_once(root / "lfs" / oid, *bytes);
    }
    json repos = json::array();
    for (const auto& [key, repo] : state.repos()) {
        repos.push_back(repo_json(*repo, root));
    }
    write_file(root / "state.json", json{{"repos", repos}, {"aliases", state.aliases()}}.dump(1));
}

void load_state(State& state, const std::string& folder) {
    const fs::path root(folder);
    if (!fs::exists(root / "state.json")) {
        return;
    }
    try {
        const auto stored = json::parse(read_file(root / "state.json"));
        for (const auto& value : stored.at("repos")) {
            auto repo = load_repo(value, root);
            for (const auto& oid : repo->lfs_objects) {
                if (fs::exists(root / "lfs" / oid)) {
                    state.objects[oid] = std::make_shared<const std::string>(read_file(root / "lfs" / oid));
                }
            }
            auto key = repo->id;
            std::transform(key.begin(), key.end(), key.begin(),
                           [](unsigned char c) { return std::tolower(c); });
            state.repos()[key] = std::move(repo);
        }
        state.aliases() = stored.at("aliases").get<std::map<std::string, std::string>>();
    } catch (const json::exception& error) {
        throw std::runtime_error(std::string("unreadable state: ") + error.what());
    }
}

}  // namespace hub_emulator
