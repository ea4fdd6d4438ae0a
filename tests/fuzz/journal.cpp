// The journal of a dataset folder speaks of our own files only, whoever wrote it, and is written as it is
// read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hub/dataset_paths.hpp"
#include "hub/journal_text.hpp"

using namespace opentraces;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto journal = hub::journal_from_text({reinterpret_cast<const char*>(data), size});
    if (!journal) return 0;
    for (const hub::JournalStep& step : journal->steps) {
        require(hub::is_dataset_path(step.path));
        require(step.path.find("..") == std::string::npos);
        require(step.before || step.after);
        require(!step.before || hub::is_staged_name(step.kept));
    }
    require(hub::journal_from_text(hub::to_text(*journal)) == journal);
    return 0;
}
