// What a session proves about itself beyond its steps: the input of enrichment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace opentraces::enrich {

// One contiguous part of a change with the numbers of a unified diff (the start of an empty side is the line
// before it). Lines keep their ' ', '+' or '-'.
struct Hunk {
    std::int64_t old_start = 0;
    std::int64_t old_lines = 0;
    std::int64_t new_start = 0;
    std::int64_t new_lines = 0;
    std::vector<std::string> lines;
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
    std::vector<FileChange> changes;    // without those of abandoned branches
    std::vector<ModelUsage> usage;      // in order of first use
    std::vector<RecordedCommit> commits;
    // How the log ends. Readers that cannot tell leave this as it is.
    bool turn_ended = false;   // the program said so after the last reply (a Stop hook, task_complete)
    bool interrupted = false;  // the last thing is an interrupt that is no step
    std::string final_error;   // the last reply, when it is an error that the program showed in its place
    std::optional<double> actual_cost_usd;      // as the agent program reported it
    std::optional<double> reported_duration_s;  // likewise
};

}  // namespace opentraces::enrich
