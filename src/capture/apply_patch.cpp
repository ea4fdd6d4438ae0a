#include "capture/apply_patch.hpp"

#include <utility>

#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_begin = "*** Begin Patch";
constexpr std::string_view k_end = "*** End Patch";

class Reader {
public:
    explicit Reader(std::string_view folder) : m_folder(folder) {}

    // False after the last line.
    bool take(std::string_view line) {
        if (trim(line) == k_end) return false;
        if (const auto path = named(line, "*** Add File: "); !path.empty()) {
            begin(path).created = true;
            m_changes.back().written.emplace();
        } else if (const auto gone = named(line, "*** Delete File: "); !gone.empty()) {
            begin(gone).deleted = true;
        } else if (const auto changed = named(line, "*** Update File: "); !changed.empty()) {
            begin(changed);
        } else if (!m_changes.empty()) {
            take_content(m_changes.back(), line);
        }
        return true;
    }

    std::vector<enrich::FileChange> finish() {
        for (enrich::FileChange& change : m_changes) {
            std::erase_if(change.sought, [](const enrich::SoughtLines& one) {
                return one.before.empty() && one.after.empty();
            });
            change.moved_only = !change.moved_from.empty() && change.sought.empty();
        }
        return std::move(m_changes);
    }

private:
    static std::string_view named(std::string_view line, std::string_view mark) {
        return line.starts_with(mark) ? trim(line.substr(mark.size())) : std::string_view();
    }

    std::string whole(std::string_view path) const {
        const bool relative = !path.starts_with('/') && path.find(':') == std::string_view::npos;
        return (relative && !m_folder.empty() ? std::string(m_folder) + "/" : "") + std::string(path);
    }

    enrich::FileChange& begin(std::string_view path) {
        enrich::FileChange& change = m_changes.emplace_back();
        change.path = whole(path);
        return change;
    }

    void take_content(enrich::FileChange& change, std::string_view line) {
        if (change.written) {
            if (line.starts_with('+')) change.written->append(line.substr(1)).append("\n");
        } else if (const auto target = named(line, "*** Move to: "); !target.empty()) {
            change.moved_from = std::exchange(change.path, whole(target));
        } else if (!change.deleted) {
            take_edit(change.sought, line);
        }
    }

    static void take_edit(std::vector<enrich::SoughtLines>& edits, std::string_view line) {
        if (line.starts_with("@@")) {
            edits.emplace_back().beyond = line.size() > 3 ? line.substr(3) : std::string_view();
            return;
        }
        if (edits.empty()) edits.emplace_back();
        enrich::SoughtLines& edit = edits.back();
        if (line == "*** End of File") {
            edit.at_end = true;
            return;
        }
        const char sign = line.empty() ? ' ' : line[0];
        const std::string_view text = line.substr(line.empty() ? 0 : 1);
        if (sign == ' ' || sign == '-') edit.before.emplace_back(text);
        if (sign == ' ' || sign == '+') edit.after.emplace_back(text);
    }

    std::string_view m_folder;
    std::vector<enrich::FileChange> m_changes;
};

}  // namespace

std::vector<enrich::FileChange> changes_in_patch(std::string_view text, std::string_view folder) {
    const std::size_t start = text.find(k_begin);
    if (start == std::string_view::npos) return {};
    Reader reader(folder);
    bool is_first = true;
    for (std::string_view line : lines_of(text.substr(start))) {
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (!std::exchange(is_first, false) && !reader.take(line)) break;
    }
    return reader.finish();
}

}  // namespace opentraces::capture
