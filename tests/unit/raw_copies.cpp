// The promise behind raw copies: they are read by recapture and review, and by nothing that publishes.
#include <algorithm>
#include <set>

#include "catch.hpp"
#include "source_files.hpp"

using namespace opentraces;

TEST_CASE("raw copies: only what is listed here can reach them") {
    const std::set<std::string> allowed{
        "include/opentraces/capture/raw_copy.hpp",
        "src/capture/raw_copy.cpp",
        "include/opentraces/flow/raw_copies.hpp",
        "src/flow/raw_copies.cpp",
        "include/opentraces/flow/capture.hpp",
        "src/flow/capture.cpp",  // keeps them, and reads them again
        "include/opentraces/flow/redact.hpp",
        "src/flow/rebuild.hpp",  // a trace that is redacted, unredacted or undone, as its session has it
        "src/cli/review_tools.hpp",
        "src/cli/review_tools.cpp",
        "include/opentraces/flow/prune.hpp",
        "src/flow/prune.cpp",
        "src/cli/commands/capture.cpp",
        "src/cli/commands/recapture.cpp",
        "src/cli/commands/prune.cpp",
        "src/cli/commands/stages.cpp",  // discard
        "src/cli/project_state.cpp",    // their size
        "include/opentraces/store/layout.hpp",
        "src/store/names.cpp",
        "src/store/erase.cpp",
    };
    std::set<std::string> found;
    for (const char* folder : {"src", "include"})
        for (const auto& [name, text] : testing::source_files(folder))
            for (const char* word :
                 {"raw_copies.hpp", "raw_copy.hpp", "k_raw_folder", "is_raw_copy", "RawCopies"})
                if (text.find(word) != std::string::npos) found.insert(name);
    for (const std::string& name : found) {
        INFO(name);
        CHECK(allowed.contains(name));
    }
    CHECK(found.size() > 5);
}
