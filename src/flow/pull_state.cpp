#include "pull_state.hpp"

#include "opentraces/core/error.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::flow {
namespace {

std::string state_path(const std::string& folder) {
    return fs::join(fs::join(folder, k_pull_folder), "state.json");
}

}  // namespace

PullState read_pull_state(const std::string& folder, fs::Disk& disk) {
    PullState state;
    const std::string path = state_path(folder);
    if (!disk.info(path)) return state;
    json::Value value;
    try {
        value = json::parse(disk.read_all(path));
    } catch (const json::SyntaxError& error) {
        throw Error(ErrorCode::CorruptStore, path + ": " + error.what(),
                    "Pull into another folder, or remove " + fs::parent(path) + " and the files beside it.");
    }
    state.dataset = value["dataset"].string_or();
    state.filter = value["filter"].string_or();
    if (const json::Object* const files = value["files"].if_object()) {
        for (const auto& [name, file] : *files) {
            state.files[name] = {std::string(file["shard"].string_or()),
                                 std::string(file["sha256"].string_or()),
                                 file["traces"].integer().value_or(0)};
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
        entry.append("traces", file.traces);
        files.append(name, std::move(entry));
    }
    json::Object value;
    value.append("dataset", state.dataset);
    value.append("filter", state.filter);
    value.append("files", std::move(files));
    disk.replace(state_path(folder), json::to_pretty(json::Value(std::move(value))) + "\n");
}

}  // namespace opentraces::flow
