#include "corpus/patches/codex.hpp"

#include <fstream>

#include "corpus/audit/codex.hpp"
#include "corpus/patches/shown_file.hpp"

namespace opentraces::patches {
namespace {

class Reader {
public:
    void take(const json& line) {
        if (m_forked.is_copied(line)) return;
        if (!line.is_object() || !line.contains("payload") || !line["payload"].is_object()) return;
        const json& item = line["payload"];
        const std::string type = text_at(item, "type");
        const std::string id = text_at(item, "call_id");
        if (type == "patch_apply_end" && item.value("success", false) && item.contains("changes")) {
            m_told.insert(id);
            for (const auto& [path, change] : item["changes"].items())
                tell(path, change);
        } else if (type == "custom_tool_call" && text_at(item, "name") == "apply_patch") {
            m_asked[id] = text_at(item, "input");
        } else if (type.ends_with("_output") && m_told.count(id) == 0 &&
                   item.value("output", json()).dump().find("Success. Updated the following files") !=
                       std::string::npos) {
            ask(m_asked[id]);
        }
    }

    Session finish() {
        Session session;
        for (const auto& [path, file] : m_files)
            file.add_to(session, path);
        return session;
    }

private:
    void tell(const std::string& path, const json& change) {
        const std::string type = text_at(change, "type");
        const std::string diff = text_at(change, "unified_diff");
        ShownFile& file = m_files[path];
        if (type == "add" && has_text(change, "content")) {
            file.create(text_at(change, "content"));
        } else if (type == "add") {
            std::string text;
            for (const std::string& line : lines_of(diff))
                if (line[0] == '+') text += line.substr(1);
            file.create(text);
        } else if (type == "delete") {
            file.remove(text_at(change, "content"));
        } else {
            file.apply(diff);
        }
    }

    void ask(const std::string& patch) {
        ShownFile* file = nullptr;
        bool creates = false;
        std::string text;
        Lines marks;
        std::size_t from = 0;
        const auto flush = [&] {
            if (file != nullptr && creates) file->create(text);
            if (file != nullptr && !marks.empty()) file->replace(marks, from);
            marks.clear();
        };
        for (const std::string& line : lines_of(patch)) {
            const std::size_t name = line.find(" File: ");
            if (line.starts_with("*** ") && name != std::string::npos) {
                flush();
                file = &m_files[line.substr(name + 7, line.size() - name - 8)];
                creates = line.starts_with("*** Add");
                text.clear();
                from = 0;
            } else if (line.starts_with("@@")) {
                flush();
            } else if (line.starts_with("*** ")) {
                continue;
            } else if (creates) {
                text += line.substr(1);
            } else {
                marks.push_back(line);
            }
        }
        flush();
    }

    audit::ForkedLines m_forked;
    std::map<std::string, ShownFile> m_files;
    std::set<std::string> m_told;
    std::map<std::string, std::string> m_asked;
};

}  // namespace

Session codex_session(const std::string& path) {
    Reader reader;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        reader.take(json::parse(line, nullptr, false));
    return reader.finish();
}

}  // namespace opentraces::patches
