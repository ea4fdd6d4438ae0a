// Transcripts of Cursor's agent (projects/<folder>/agent-transcripts/<id>…): JSON lines, before that a JSON
// list (<id>.json), before that text (<id>.txt). None of them has times, models or usage; the lines have no
// results.
#pragma once

#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::cursor {

enum class TranscriptKind { None, Lines, List, Text };

// By what it begins with.
TranscriptKind transcript_kind(const std::string& path, Sources& sources);
// <folder of the transcript>/subagents/*.jsonl; sorted, links left out.
std::vector<std::string> agents_of(const std::string& path, fs::Disk& disk);
// Refused, or with a record that is not yet finished.
void read_transcript(const std::string& path, const std::string& id, std::string_view reader_version,
                     Sources& sources, ParsedSession& parsed);

}  // namespace opentraces::capture::cursor
