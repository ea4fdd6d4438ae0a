// `.gitattributes` and `.gitignore` as the Hub's preupload route reads them (gitattributes(5), gitignore(5)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hub_emulator {

// The file every new dataset repository is born with.
std::string default_gitattributes();

// Glob of gitignore(5): `*` and `?` stop at `/`, `**` does not, `[...]` with POSIX classes, `\` escapes. A
// pattern without a slash matches the last path component at any depth.
bool git_pattern_matches(std::string_view pattern, std::string_view path);

class GitAttributes {
public:
    explicit GitAttributes(std::string_view text);
    // Whether the last line that decides `filter` for this path says `lfs`.
    bool is_lfs(std::string_view path) const;

private:
    struct Line {
        std::string pattern;
        bool lfs = false;
    };
    std::vector<Line> m_lines;
};

// The line the server appends for an LFS file that no pattern covers.
std::string exact_path_line(std::string_view path);

bool git_ignores(std::string_view gitignore, std::string_view path);

// Whether the first bytes of a file look like text to the server: no NUL and valid UTF-8 (a character cut at
// the end is fine).
bool looks_binary(std::string_view sample);

}  // namespace hub_emulator
