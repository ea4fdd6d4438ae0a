#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

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

void append_change(std::string& patch, const FileChange& change, const std::string& path) {
    patch.append("--- ").append(change.created ? "/dev/null" : "a/" + path).append("\n");
    patch.append("+++ b/").append(path).append("\n");
    for (const Hunk& hunk : change.hunks)
        append_hunk(patch, hunk);
}

}  // namespace

std::string patch_of(const Evidence& evidence) {
    std::string patch;
    for (const FileChange& change : evidence.changes) {
        if (change.exact && !change.hunks.empty() && !change.hunks.front().lines.empty())
            append_change(patch, change, project_path(change.path, evidence.working_directory));
    }
    return patch;
}

}  // namespace opentraces::enrich
