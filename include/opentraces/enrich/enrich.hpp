// What follows from a session alone: metrics, languages, dependencies, commits, attribution, patch.
// Nothing here looks at the disk, the network or a repository: other work than the session's cannot get in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/enrich/prices.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

// All of the below. Fields that already have a value are kept, metrics excepted.
void complete(trace::TraceRecord& record, const Evidence& evidence);

// metrics.*: the number of steps; tokens as the evidence has them; duration from the steps' timestamps, cache
// hit rate = cache_read / (input + cache_read) with 4 decimals, cost as reported by the agent or else from
// the price table with 6 decimals. Null when it cannot be known: no tokens, an unknown model, fewer than two
// different timestamps.
void fill_metrics(trace::TraceRecord& record, const Evidence& evidence);
std::optional<double> duration_of(const std::vector<trace::Step>& steps);

// What the record says of its cost, and of the cost of what it shares with other sessions.
void price(trace::TraceRecord& record, const Evidence& evidence);

// Seconds in which the agent worked: between things that happened (steps, answers of tools), without what
// ends with a prompt or an answer of the person, and without gaps of more than ten minutes. Nullopt as
// duration_of.
std::optional<double> active_seconds_of(const std::vector<trace::Step>& steps);

// dependencies: packages that shell commands installed, and packages imported by files that the session wrote
// or read whole lines of; standard libraries, the project's own modules, relative names and aliases left out;
// sorted.
std::vector<std::string> dependencies_of(const trace::TraceRecord& record);

// "owner/name" of the address of a remote; nothing else of it, for it may hold a password. Empty for a
// folder.
std::string repository_name(std::string_view address);
std::uint32_t murmur3_32(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace opentraces::enrich
