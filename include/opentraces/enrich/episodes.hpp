// A session in parts, each a session of its own: a new one where the person starts over. docs/episodes.md is
// the rule, and what becomes of every field.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

enum class EpisodeReason { Start, Clear, Compaction };
std::string_view name_of(EpisodeReason reason);  // "start", "clear", "compaction"

struct EpisodeStart {
    std::size_t step = 0;  // position among the record's steps
    EpisodeReason reason = EpisodeReason::Start;
};

// Where the parts begin: the first at the first step, the others at steps of the main conversation. What
// comes later decides nothing: a session that goes on keeps the parts that it has. Empty without steps.
std::vector<EpisodeStart> episode_starts(const trace::TraceRecord& record);

// "<session>/episode-<n>", from 1: what a part is called.
inline constexpr std::string_view k_episode_mark = "/episode-";
std::string episode_session_id(std::string_view session_id, std::size_t number);

// The record is a part already: it is not divided further.
bool is_episode(const trace::TraceRecord& record);

// Was anything asked or answered in it? A part that only begins is not worth keeping yet.
bool says_something(const trace::TraceRecord& record);

struct Episode {
    trace::TraceRecord record;
    Evidence evidence;  // of its own steps
};

// What a reader gave, before scrubbing: each part is completed from its own evidence. One part, under its own
// name, where nobody started over. The tokens of the parts are those of the session.
std::vector<Episode> episodes_of(trace::TraceRecord record, const Evidence& evidence);

// A record that has been stored, without the evidence behind it. Patch and attribution stay where all edits
// are in one part, else no part has them and metadata.opentraces_episode says so.
std::vector<trace::TraceRecord> episodes_of(trace::TraceRecord record);

}  // namespace opentraces::enrich
