// A project of the Python tool (state.json, staging/, config.yml) into this store.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "opentraces/flow/failures.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

// True if the project has traces or state of the Python tool.
bool has_python_traces(const std::string& project, fs::Disk& disk);

struct MigrateResult {
    std::int64_t migrated = 0;                    // new or changed here
    std::int64_t unchanged = 0;                   // were here already
    std::map<store::Stage, std::int64_t> stages;  // where they are now
    std::int64_t held_back = 0;  // were committed, but need review by today's rules: in the inbox
    Failures failed;
};

// Scrubs every staged record again and stages it. Its stage is taken over; uploaded ones count as pushed to
// `remote` (empty: "unknown") in the same step that stores them, so that an interruption never leaves them to
// be pushed again; rejected ones likewise. Commit groups that are still to be pushed keep their messages,
// scrubbed. A further record of the same session keeps apart under the session id with "+" and the start of
// its old id. The old files are not touched, and running it again changes nothing but what is still in the
// inbox. Errors: CorruptStore and the like; SettingsUnreadable for a malformed state.json (nothing is staged
// then); a record that cannot be read is in `failed`.
MigrateResult migrate(const std::string& project, const std::string& remote, store::Store& store,
                      const security::ScrubOptions& scrub, fs::Disk& disk, IdSource& ids, Progress& progress);

}  // namespace opentraces::flow
