// A session is cut off where its agent was stopped, or is still writing: of every agent of the registration
// list, every fixture.
#include <algorithm>
#include <filesystem>

#include "sanitized.hpp"
#include "unit/capture/fixture_sessions.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

// fuzz_session_file cuts under AddressSanitizer too.
constexpr std::size_t k_fewer = k_sanitized ? 16 : 1;
constexpr std::size_t k_every_byte = 4096 / k_fewer;  // of files up to this length
constexpr std::size_t k_cuts = 800 / k_fewer;         // of longer ones

}  // namespace

TEST_CASE("every agent: a session that is cut off is a record, or is left out or refused for a reason",
          "[capture]") {
    const std::filesystem::path fixtures = source_folder() + "/tests/fixtures/sessions";
    for (const capture::Agent* agent : capture::agents()) {
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(fixtures / agent->name)) {
            if (!entry.is_regular_file() || entry.path().filename() == "README.md") continue;
            const std::string name = std::filesystem::relative(entry.path(), fixtures);
            INFO(name);
            const std::string bytes = session_bytes(name);
            const std::size_t step = bytes.size() <= k_every_byte ? 1 : bytes.size() / k_cuts + 1;
            check_every_cut("/s/" + name, bytes, std::string(agent->name), step);
            ++files;
        }
        CHECK(files > 0);
    }
}
