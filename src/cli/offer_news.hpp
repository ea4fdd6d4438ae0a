// What has become of the pull requests of a project, for the commands that show it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/project_context.hpp"
#include "opentraces/flow/offers.hpp"

namespace opentraces::cli {

// Asks the Hub about open ones, and about nothing else. What is new is written down, if that is possible now;
// then `project` has the store in which it is.
std::vector<flow::OfferNews> offer_news(Context& context, Project& project);

// "open", "merged", "closed", or "unknown" when the Hub could not be asked.
std::string_view offer_state(const flow::OfferNews& news);
json::Object offer_object(const flow::OfferNews& news);

}  // namespace opentraces::cli
