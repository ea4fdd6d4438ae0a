#include "flow/pull_state.hpp"

#include "opentraces/core/error.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/shard/shard.hpp"

namespace opentraces::flow {
namespace {

// What file systems take as the name of one file.
constexpr std::size_t k_longest_name = 255;

std::string state_path(const std::string& folder) {
    return fs::join(fs::join(folder, k_pull_folder), "state.json");
}

[[noreturn]] void corrupt(const std::string& path, const std::string& why) {
    throw Error(ErrorCode::CorruptStore, path + ": " + why,
                "Pull into another folder, or remove " + fs::parent(path) + " and the files beside it.");
}

}  // namespace

bool is_local_shard_name(std::string_view path) {
    return shard::is_shard_path(path) && fs::file_name(path).size() <= k_longest_name;
}

PullState read_pull_state(const std::string& folder, fs::Disk& disk) {
    PullState state;
    const std::string path = state_path(folder);
    if (!disk.info(path)) return state;
    json::Value value;
    try {
        value = json::read_document(disk.read_all(path));
    } catch (const json::SyntaxError& error) {
        corrupt(path, error.what());
    }
    state.dataset = value["dataset"].string_or();
    state.filter = value["filter"].string_or();
    if (const json::Object* const files = value["files"].if_object()) {
        for (const auto& [name, file] : *files) {
            if (!is_local_shard_name(name)) corrupt(path, "it names a file that is no shard");
            state.files[name] = {std::string(file["shard"].string_or()),
                                 std::string(file["sha256"].string_or()),
                                 std::string(file["before"].string_or()),
                                 file["traces"].integer().value_or(0), file["untold"].integer().value_or(0)};
        }
    }
    return state;
}

void write_pull_state(const std::string& folder, const PullState& state, fs::Disk& disk) {
    json::Object files;
    for (const auto& [name, file] : state.files) {
        json::Object entry;
        entry.append("shard", file.remote_digest);
        entry.append("sha256", file.sha256);
        if (!file.before.empty()) entry.append("before", file.before);
        entry.append("traces", file.traces);
        if (file.untold > 0) entry.append("untold", file.untold);
        files.append(name, std::move(entry));
    }
    json::Object value;
    value.append("dataset", state.dataset);
    value.append("filter", state.filter);
    value.append("files", std::move(files));
    disk.replace(state_path(folder), json::write_pretty(json::Value(std::move(value))) + "\n");
}

}  // namespace opentraces::flow
