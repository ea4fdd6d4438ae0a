// The store of Vibe 3, a folder for each session ("mistral.vibe.unified-session-store/v1"): CURRENT names a
// generation, whose manifest names three documents beside it and the chunks of their long lists: the
// checkpoint (the messages that the model has in its context), the projection (what the person saw, with
// times and the tokens of the whole session) and the state of the runtime. What has happened since stands in
// a journal, one record a line, which the next generation takes in; the journal of the generation before
// that may still be there (mistralai_vibe_local_harness/vibe/_storage.py).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::vibe {

struct Store {
    json::Value meta;                       // meta.json beside CURRENT, as in Vibe 2
    json::Value runtime;                    // without lists that lie in chunks
    json::Value checkpoint;                 // likewise
    json::Value projection;                 // likewise
    json::Array messages;                   // of the checkpoint
    json::Array entries;                    // of the projection
    std::string journal;                    // of what has happened since
    std::vector<std::string> old_journals;  // of what the generation has taken in, in their order
};

inline constexpr std::string_view k_pointer = "CURRENT";

// Does a document that begins so name the generation of a store?
bool is_pointer(const json::Value& start);
std::string project_of_store(const std::string& pointer, Sources& sources);
// Over CURRENT, meta.json and the journals: generations and chunks do not change.
std::string fingerprint_of_store(const std::string& pointer, fs::Disk& disk);

// Nullopt, and the session refused, if the generation is not there or no JSON. What is missing of its
// documents and chunks is counted as skipped. Names that are no plain names of the store are not followed.
std::optional<Store> load_store(const std::string& pointer, Sources& sources, ParsedSession& parsed);

}  // namespace opentraces::capture::vibe
