// What a session proves about itself beyond its steps: the input of enrichment.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace opentraces::enrich {

class PriceTable;

// One contiguous part of a change with the numbers of a unified diff (the start of an empty side is the line
// before it). Lines keep their ' ', '+' or '-'.
struct Hunk {
    std::int64_t old_start = 0;
    std::int64_t old_lines = 0;
    std::int64_t new_start = 0;
    std::int64_t new_lines = 0;
    std::vector<std::string> lines;
};

// What an edit put in the place of what.
struct Replacement {
    std::string old_text;
    std::string new_text;
    bool all = false;  // every occurrence, else the first
};

// Lines that an edit looks for, from where the one before it ended, and what it puts there. Tools that name
// no places work so (apply_patch of Codex).
struct SoughtLines {
    std::string beyond;               // they are looked for after this line; empty: from where we are
    std::vector<std::string> before;  // without their ends; none: the new ones go to the end of the file
    std::vector<std::string> after;
    bool at_end = false;  // they are the last ones
};

// A change that a tool reported to have made to a file, in the order of the session.
struct FileChange {
    std::string path;     // as the tool named it
    std::string call_id;  // the tool call that made it
    std::int64_t step_index = 0;
    bool created = false;     // there was no such file before
    bool whole_file = false;  // the lines are all that the file has then
    bool exact = true;        // false: only the new text is known, not where or what it replaced
    std::vector<Hunk> hunks;
    // Byte for byte, where the tool keeps it. Hunks may be made for people: then tabs in them are blanks.
    std::optional<std::string> before;  // the whole content
    std::vector<Replacement> replacements;
    std::vector<SoughtLines> sought;
    std::optional<std::string> written;  // the whole content afterwards
    bool shown_only = false;             // hunks are made for people
    bool deleted = false;
    std::string moved_from;
    bool moved_only = false;  // with the content that it had
};

// Part of a file as a tool showed it, byte for byte.
struct FileView {
    std::string path;
    std::int64_t start_line = 1;
    bool whole = false;
    std::string text;
    std::int64_t step_index = 0;
    std::size_t changes_before = 0;  // how many of the changes had been made then
};

// Tokens of replies whose input is of about one size.
struct SizedUsage {
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::int64_t cache_read_tokens = 0;
    std::int64_t cache_write_tokens = 0;
};

// Tokens of the replies of one model, each reply counted once, abandoned branches included.
struct ModelUsage {
    std::string model;  // provider/model-name, empty when the session does not say
    std::int64_t replies = 0;
    std::int64_t input_tokens = 0;  // without cached ones
    std::int64_t output_tokens = 0;
    std::int64_t cache_read_tokens = 0;
    std::int64_t cache_write_tokens = 0;
    std::int64_t long_cache_write_tokens = 0;  // the part of cache_write_tokens kept for one hour
    // All of them by thousands of tokens of input, cached ones too, rounded up: models may have other prices
    // for long inputs. Empty where the log does not say how large the input of a reply was.
    std::map<std::int64_t, SizedUsage> by_input_size = {};
};

// What one reply used, and where it stands.
struct ReplyUsage {
    std::int64_t step_index = 0;  // its step; of an abandoned reply, the step before it, 0: none
    ModelUsage usage;
    bool lower_bound = false;  // its last count is not in the log
};

// A commit that the agent program itself recorded.
struct RecordedCommit {
    std::string call_id;
    std::string sha;  // abbreviated or full
};

// A branch that the agent program noted beside its lines.
struct NotedBranch {
    std::string since;  // timestamp of the first line with it, empty when unknown
    std::string name;
};

struct Evidence {
    std::string working_directory;      // the first one that the session names
    std::vector<NotedBranch> branches;  // each change, in order
    std::vector<FileView> views;
    std::vector<FileChange> changes;  // without those of abandoned branches
    std::vector<ModelUsage> usage;    // in order of first use
    std::vector<ReplyUsage> replies;  // the same one by one; empty where it is no more than the steps say
    std::vector<ModelUsage> copied;   // the part of it that stands in another session too
    std::vector<RecordedCommit> commits;
    // How the log ends. Readers that cannot tell leave this as it is.
    bool turn_ended = false;   // the program said so after the last reply (a Stop hook, task_complete)
    bool interrupted = false;  // the last thing is an interrupt that is no step
    std::string final_error;   // the last reply, when it is an error that the program showed in its place
    bool tokens_are_lower_bound = false;        // the last count of some reply is not in the log
    std::optional<double> actual_cost_usd;      // as the agent program reported it
    const PriceTable* prices = nullptr;         // else what tokens cost; null: PriceTable::standard()
    std::optional<double> reported_duration_s;  // likewise
};

}  // namespace opentraces::enrich
