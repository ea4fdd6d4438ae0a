// What status tells of one project.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/offer_news.hpp"
#include "cli/project_context.hpp"
#include "opentraces/flow/uncaptured.hpp"

namespace opentraces::cli {

struct ProjectState {
    std::map<store::Stage, std::int64_t> counts;
    std::int64_t need_review = 0;         // of the inbox
    std::int64_t offered = 0;             // of the committed ones
    std::vector<flow::OfferNews> offers;  // open, or settled since the last look
    std::vector<store::PushFailure> push_failures;
    store::LaterCounts later;
    std::size_t open_pushes = 0;
    std::int64_t failed = 0;  // committed traces whose last push failed
    std::string last_error;
    std::size_t queued = 0;             // sessions that hooks have named and nobody has captured yet
    std::size_t unreadable_queued = 0;  // files in the queue that name none
    std::uint64_t raw_bytes = 0;        // of copies of sessions
    std::size_t orphans = 0;            // files of traces that the store does not know
    std::optional<std::vector<flow::Uncaptured>> uncaptured;  // nullopt: not looked for

    std::int64_t count(store::Stage stage) const;
};

// Asks the datasets about open offers, nothing else over the network.
ProjectState state_of(Context& context, Project& project);
// Looks for sessions that are not captured, unless the project is excluded.
void add_uncaptured(ProjectState& state, Context& context, Project& project);
// What to do next there.
std::string next_command(const ProjectState& state);
// The members that are the same of a project, of a row of several, and of their sum.
void append_state(json::Object& object, const ProjectState& state);
// Adds what can be added up.
void add_state(ProjectState& sum, const ProjectState& more);
// "inbox 1  committed 0 …"
std::string counts_text(const ProjectState& state);
// A line for each thing that is not as it should be, or waits for somebody.
std::string news_text(Context& context, const ProjectState& state);

}  // namespace opentraces::cli
