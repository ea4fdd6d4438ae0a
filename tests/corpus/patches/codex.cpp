#include "corpus/patches/codex.hpp"

#include <algorithm>
#include <fstream>

#include "corpus/audit/codex.hpp"

namespace opentraces::patches {
namespace {

constexpr long k_own = -1;

// A file by its lines: which of them are the original's, and what the log shows of those.
class File {
public:
    bool existed = true;
    bool begun = false;
    bool gone = false;
    Original original;

    // All of it, when the session has made it.
    void create(const std::string& text) {
        if (!begun) existed = false;
        m_text.clear();
        m_origin.clear();
        for (const std::string& line : lines_of(text)) {
            m_text.push_back(line);
            m_origin.push_back(k_own);
        }
        m_whole = true;
        begun = true;
        gone = false;
    }

    void remove(const std::string& text) {
        const Lines lines = lines_of(text);
        for (std::size_t at = 0; at < lines.size(); ++at)
            show(at, lines[at]);
        m_origin.clear();
        m_text.clear();
        begun = gone = true;
    }

    void apply(const std::string& diff) {
        begun = true;
        std::size_t at = 0;
        long last = k_own;
        for (std::string line : lines_of(diff)) {
            if (line.starts_with("@@ ")) {
                const std::string added = line.substr(line.find('+') + 1);
                const long start = std::stol(added);
                const bool nothing_left = added.substr(0, added.find(' ')).ends_with(",0");
                at = static_cast<std::size_t>(start) - (start > 0 && !nothing_left ? 1 : 0);
            } else if (line.starts_with("\\")) {
                if (last > 0 && original[last].ends_with('\n')) original[last].pop_back();
            } else if (line[0] == '+') {
                reach(at);
                m_origin.insert(m_origin.begin() + static_cast<long>(at), k_own);
                m_text.insert(m_text.begin() + static_cast<long>(at), line.substr(1));
                ++at;
                last = k_own;
            } else {
                last = show(at, line.substr(1));
                if (line[0] == '-') {
                    m_origin.erase(m_origin.begin() + static_cast<long>(at));
                    m_text.erase(m_text.begin() + static_cast<long>(at));
                } else {
                    ++at;
                }
            }
        }
    }

    // Lines without a place, in a file that is known as a whole: where they stand next.
    void replace(const Lines& marks, std::size_t& from) {
        if (!m_whole) return;
        Lines before;
        for (const std::string& mark : marks)
            if (mark[0] != '+') before.push_back(mark.substr(1));
        std::size_t at = before.empty() ? m_text.size() : from;
        while (at + before.size() <= m_text.size() &&
               !std::equal(before.begin(), before.end(), m_text.begin() + static_cast<long>(at)))
            ++at;
        if (at + before.size() > m_text.size()) return void(m_whole = false);
        for (const std::string& mark : marks) {
            if (mark[0] == '-') {
                m_origin.erase(m_origin.begin() + static_cast<long>(at));
                m_text.erase(m_text.begin() + static_cast<long>(at));
                continue;
            }
            if (mark[0] == '+') {
                m_origin.insert(m_origin.begin() + static_cast<long>(at), k_own);
                m_text.insert(m_text.begin() + static_cast<long>(at), mark.substr(1));
            }
            ++at;
        }
        from = at;
    }

    std::vector<long> own_lines() const {
        std::vector<long> lines;
        for (std::size_t at = 0; at < m_origin.size(); ++at)
            if (m_origin[at] == k_own) lines.push_back(static_cast<long>(at) + 1);
        return lines;
    }

private:
    void reach(std::size_t count) {
        while (!m_whole && m_origin.size() < count) {
            m_origin.push_back(m_next++);
            m_text.emplace_back();
        }
    }

    // The original's line there, or k_own.
    long show(std::size_t at, const std::string& text) {
        reach(at + 1);
        if (at >= m_origin.size()) return k_own;
        m_text[at] = text;
        if (m_origin[at] > 0) original.try_emplace(m_origin[at], text);
        return m_origin[at];
    }

    std::vector<long> m_origin;
    Lines m_text;
    long m_next = 1;
    bool m_whole = false;
};

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
        for (const auto& [path, file] : m_files) {
            if (file.existed) session.originals[path] = file.original;
            session.edited.insert(path);
            if (file.gone) continue;
            for (const long line : file.own_lines())
                session.lines.emplace(path, line);
        }
        return session;
    }

private:
    void tell(const std::string& path, const json& change) {
        const std::string type = text_at(change, "type");
        const std::string diff = text_at(change, "unified_diff");
        File& file = m_files[path];
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
        File* file = nullptr;
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
    std::map<std::string, File> m_files;
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
