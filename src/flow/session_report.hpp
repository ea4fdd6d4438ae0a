// What reading a session has come to, besides a record: counted, and told.
#pragma once

#include <string>

#include "opentraces/flow/capture.hpp"

namespace opentraces::flow {

void add_report(ReadTally& tally, const capture::ParseReport& report);
// `path` is what the session is called.
void warn_of_skipped(const std::string& path, const capture::ParseReport& report, Progress& progress);
// By one's own prices, if there are any.
void price_again(const OwnPricesPtr& prices, capture::ParsedSession& parsed);

}  // namespace opentraces::flow
