// False alarms: what a person lets stay although a rule says no, with a reason, of one session or in the
// whole project. Only a person at this machine can: nothing that a session or a clone says counts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opentraces/flow/redact.hpp"

namespace opentraces::flow {

struct Allowance {
    std::string fingerprint;  // of the value, as show --findings tells it
    std::string rule;         // or the rule of which nothing counts; one of the two
    std::string reason;
    TimePoint at{};
    std::optional<TimePoint> ends;  // it does not hold from then on
};

// Where an allowance holds.
struct AllowanceScope {
    std::optional<TraceId> trace;  // its session, with later versions; none: the whole project
};

struct AllowResult {
    bool reread = false;  // the trace was read again from its raw copy, and has the value now
};
// Remembers the allowance and, of one session, reads its trace again where it is in the inbox or rejected and
// has a raw copy: one transaction, which undo() takes back. `at` is filled in. NotFound: the trace has no
// such finding (of the project nothing is looked up).
AllowResult allow(const ReviewTools& tools, const AllowanceScope& scope, Allowance allowance);

struct ListedAllowance {
    store::NoteKey key;  // where it holds
    Allowance allowance;
    bool ended = false;
};
// Those of the project first. The place in the list is the number by which disallow() knows one.
std::vector<ListedAllowance> allowances(store::Store& store);
// What it let through stays in texts that have it, unless they can be read again. NotFound.
AllowResult disallow(const ReviewTools& tools, std::size_t number);

}  // namespace opentraces::flow
