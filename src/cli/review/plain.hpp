// The review for terminals that cannot be painted on, for pipes and for those who want it so: for each
// session what there is to know of it, and a question.
#pragma once

#include "cli/review/actions.hpp"
#include "cli/review/session_list.hpp"

namespace opentraces::cli::review {

// Texts go to standard output, with --json to standard error; questions to standard error. An answer is a
// line of standard input: a word or its letter. The end of input ends the review.
void run_plain(Actions& actions, SessionList& list);

}  // namespace opentraces::cli::review
