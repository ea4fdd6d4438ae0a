#include "enrich/patch.hpp"

#include <fmt/format.h>

#include "enrich/line_diff.hpp"

namespace opentraces::enrich {
namespace {

constexpr std::size_t k_most_named = 100;

void append_side(std::string& patch, char sign, std::int64_t start, std::int64_t lines) {
    patch += sign;
    patch += std::to_string(start);
    if (lines != 1) patch.append(",").append(std::to_string(lines));
}

void append_hunk(std::string& patch, const Hunk& hunk) {
    patch += "@@ ";
    append_side(patch, '-', hunk.old_start, hunk.old_lines);
    patch += ' ';
    append_side(patch, '+', hunk.new_start, hunk.new_lines);
    patch += " @@\n";
    for (const std::string& line : hunk.lines)
        patch.append(line).append("\n");
}

bool needs_quotes(std::string_view path) {
    for (const char c : path) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\\') return true;
    }
    return false;
}

// As git writes names: quoted like a string of C when a byte would be taken for something else.
std::string name_of(std::string_view side, std::string_view path) {
    std::string name = std::string(side) + std::string(path);
    if (!needs_quotes(path)) return name;
    std::string quoted = "\"";
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            quoted.append("\\").append(1, c);
        else if (c == '\n')
            quoted += "\\n";
        else if (c == '\t')
            quoted += "\\t";
        else if (byte < 0x20 || byte == 0x7f)
            quoted += fmt::format("\\{:03o}", byte);
        else
            quoted += c;
    }
    return quoted + "\"";
}

// A tab ends a name that has blanks.
std::string side_line(std::string_view mark, std::string_view side, const std::string& path) {
    const bool blank = path.find(' ') != std::string::npos && !needs_quotes(path);
    return std::string(mark) + name_of(side, path) + (blank ? "\t\n" : "\n");
}

void append_section(std::string& patch, const std::string& path, const std::vector<Hunk>& hunks, bool created,
                    bool deleted) {
    patch.append("diff --git ")
        .append(name_of("a/", path))
        .append(" ")
        .append(name_of("b/", path))
        .append("\n");
    if (created) patch += "new file mode 100644\n";
    if (deleted) patch += "deleted file mode 100644\n";
    if (hunks.empty()) {
        patch += created ? "index 0000000..e69de29\n" : "index e69de29..0000000\n";
        return;
    }
    patch += created ? "--- /dev/null\n" : side_line("--- ", "a/", path);
    patch += deleted ? "+++ /dev/null\n" : side_line("+++ ", "b/", path);
    for (const Hunk& hunk : hunks)
        append_hunk(patch, hunk);
}

void append_whole(std::string& patch, const ReplayedFile& file) {
    if (file.before == file.after) return;
    append_section(patch, file.path, line_diff(file.before.value_or(""), file.after.value_or("")),
                   !file.before, !file.after);
}

bool deletes_all(const ReplayedFile& file, std::size_t at) {
    return at + 1 == file.changes.size() && !file.after && file.whole;
}

// One change after the other, up to where one is not known.
void append_changes(std::string& patch, const ReplayedFile& file) {
    const std::size_t end = file.gap.empty() ? file.changes.size() : file.gap_at;
    for (std::size_t at = 0; at < end; ++at) {
        const ExactChange& change = file.changes[at];
        append_section(patch, file.path, change.hunks, change.whole && at == 0, deletes_all(file, at));
    }
}

}  // namespace

std::string patch_of(const Replayed& replayed) {
    std::string patch;
    for (const ReplayedFile& file : replayed.files) {
        if (file.whole)
            append_whole(patch, file);
        else
            append_changes(patch, file);
    }
    return patch;
}

json::Object patch_notes(const Replayed& replayed) {
    json::Array missing;
    json::Array changed_between;
    std::int64_t unnamed = 0;
    for (const ReplayedFile& file : replayed.files) {
        if (!file.gap.empty() && missing.size() == k_most_named) {
            ++unnamed;
        } else if (!file.gap.empty()) {
            json::Object entry;
            entry.set("path", file.path);
            entry.set("step", file.gap_step);
            entry.set("reason", file.gap);
            missing.emplace_back(std::move(entry));
        }
        if (!file.changed_between) continue;
        if (changed_between.size() < k_most_named)
            changed_between.emplace_back(file.path);
        else
            ++unnamed;
    }
    json::Object notes;
    if (!missing.empty()) notes.set("not_in_patch", std::move(missing));
    if (!changed_between.empty()) notes.set("changed_between", std::move(changed_between));
    if (unnamed > 0) notes.set("more", unnamed);
    if (replayed.outside_project > 0)
        notes.set("outside_project", static_cast<std::int64_t>(replayed.outside_project));
    return notes;
}

}  // namespace opentraces::enrich
