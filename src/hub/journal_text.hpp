// The journal of a commit into a dataset folder, as text: what there was before, so that it can be undone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/folder_files.hpp"

namespace opentraces::hub {

struct JournalStep {
    std::string path;
    std::optional<FileState> before;  // nullopt: there was no such file
    std::string kept;                 // staged copy of what was before; empty if there was nothing
    std::optional<FileState> after;   // nullopt: the file goes
    bool operator==(const JournalStep&) const = default;
};

struct Journal {
    std::string writer;  // 16 hex digits
    std::string parent;
    std::vector<JournalStep> steps;
    std::string seal;  // keyed digest of all the rest
    bool operator==(const Journal&) const = default;
};

// What a seal is taken of.
std::string journal_body(const Journal& journal);
std::string to_text(const Journal& journal);
// nullopt: not a journal of this version, or one that speaks of files that no commit may change, or of
// staged files by another name than theirs. Says nothing about who wrote it.
std::optional<Journal> journal_from_text(std::string_view text);

}  // namespace opentraces::hub
