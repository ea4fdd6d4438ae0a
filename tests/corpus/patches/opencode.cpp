#include "corpus/patches/opencode.hpp"

#include "corpus/patches/shown_file.hpp"

namespace opentraces::patches {
namespace {

// Whole contents where the version has them, else the diff.
void take_change(const json& whole, const std::string& diff, ShownFile& file) {
    if (!text_at(whole, "before").empty()) {
        file.overwrite(text_at(whole, "before"), text_at(whole, "after"));
    } else if (has_text(whole, "after")) {
        file.create(text_at(whole, "after"));
    } else {
        file.apply(diff);
    }
}

}  // namespace

Session opencode_session(const std::vector<json>& parts) {
    std::map<std::string, ShownFile> files;
    for (const json& part : parts) {
        const std::string tool = text_at(part, "tool");
        const json state = part.value("state", json::object());
        if (text_at(state, "status") != "completed") continue;
        const json metadata = state.value("metadata", json::object());
        const std::string path = text_at(state["input"], "filePath");
        if (tool == "edit" && (metadata.contains("filediff") || metadata.contains("diff")))
            take_change(metadata.value("filediff", json::object()), text_at(metadata, "diff"), files[path]);
        if (tool == "write" && metadata.value("exists", true) == false)
            files[path].create(text_at(state["input"], "content"));
        for (const json& file : metadata.value("files", json::array())) {
            if (tool != "apply_patch") continue;
            const std::string type = text_at(file, "type");
            if (type == "delete") files[text_at(file, "filePath")].remove(text_at(file, "before"));
            if (type == "update") take_change(file, text_at(file, "patch"), files[text_at(file, "filePath")]);
        }
    }
    Session session;
    for (const auto& [path, file] : files)
        file.add_to(session, path);
    return session;
}

}  // namespace opentraces::patches
