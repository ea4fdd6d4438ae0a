// Where the managed sections are in a body that people have edited, whatever they did to the markers.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace opentraces::card {

enum class LineRole : unsigned char {
    Kept,        // belongs to people
    Badges,      // first line of where the badges go; replaced
    Statistics,  // first line of where the statistics go; replaced
    Machine,     // of a machine block; removed
    Removed,     // of another managed section, or a marker without its other half
};

// One role for each line. Markers count only as whole lines outside fenced code (a fence that is never closed
// is no fence). A start marker and the next marker behind it, if that is its end marker, enclose a section;
// the first section of a kind says where the new one goes, else the first lone marker does. Text around lone
// markers belongs to people. Machine blocks of both closing forms are removed, all of them.
std::vector<LineRole> find_sections(const std::vector<std::string_view>& lines);

// For each line, whether it is fenced code (fences included).
std::vector<bool> fenced_lines(const std::vector<std::string_view>& lines);

// What consumers look for: a comment that opens a machine block and then "{", in fenced code or not. The
// place of that "{" in its first occurrence, npos if there is none. Everything from there to the end of
// whatever block comes next would be taken for the object.
std::size_t find_machine_opening(std::string_view text);

struct Range {
    std::size_t begin = 0, end = 0;
};
// The object that consumers find. An empty range if there is none.
Range find_machine_object(std::string_view text);

}  // namespace opentraces::card
