#include "corpus/patches/opencode.hpp"

namespace opentraces::patches {

Session opencode_session(const std::vector<json>& parts) {
    Session session;
    const auto begin = [&session](const std::string& path, const json& whole) {
        if (!session.edited.insert(path).second || text_at(whole, "before").empty()) return;
        long number = 0;
        for (const std::string& line : lines_of(text_at(whole, "before")))
            session.originals[path][++number] = line;
    };
    for (const json& part : parts) {
        const std::string tool = text_at(part, "tool");
        const json state = part.value("state", json::object());
        if (text_at(state, "status") != "completed" || !state.contains("metadata")) continue;
        const json& metadata = state["metadata"];
        const std::string path = text_at(state["input"], "filePath");
        if (tool == "edit" || tool == "write") begin(path, metadata.value("filediff", json::object()));
        for (const json& file : metadata.value("files", json::array()))
            if (tool == "apply_patch") begin(text_at(file, "filePath"), file);
    }
    return session;
}

}  // namespace opentraces::patches
