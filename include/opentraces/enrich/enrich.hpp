// What follows from a session alone: metrics, languages, dependencies, commits, attribution, patch.
// Nothing here looks at the disk, the network or a repository: other work than the session's cannot get in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
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

// US dollars per million tokens.
struct Price {
    double input = 0;
    double output = 0;
    double cache_read = 0;
    double cache_write = 0;       // kept for 5 minutes
    double long_cache_write = 0;  // kept for one hour
};
// By model name with or without provider; nullopt for a model the table does not know.
std::optional<Price> price_of(std::string_view model);
// Nullopt when a model that used tokens has no price.
std::optional<double> cost_of(const std::vector<ModelUsage>& usage);

// environment.language_ecosystem from the paths of file tools and the programs of shell commands; sorted.
std::vector<std::string> languages_of(const std::vector<trace::Step>& steps);

// dependencies: packages that shell commands installed, and packages imported by files that the session wrote
// or read whole lines of; standard libraries and project-internal names left out; sorted.
std::vector<std::string> dependencies_of(const std::vector<trace::Step>& steps);

// Ranges of the final lines that the session wrote, moved along by its later changes. Range hashes are
// MurmurHash3 x86 32-bit, seed 0, over the lines joined by LF. Nullopt when nothing was changed.
std::optional<trace::Attribution> attribution_of(const trace::TraceRecord& record, const Evidence& evidence);
// The session's own changes as unified diffs one after the other, in order; empty when none is exact.
std::string patch_of(const Evidence& evidence);
// "owner/name" of the address of a remote; nothing else of it, for it may hold a password. Empty for a
// folder.
std::string repository_name(std::string_view address);
// Relative to the working directory when the path is below it.
std::string project_path(std::string_view path, std::string_view working_directory);

std::uint32_t murmur3_32(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace opentraces::enrich
