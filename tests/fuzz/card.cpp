// Whatever the README.md says: it is refused, or its card is stable and consumers find our numbers in it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "opentraces/card/card.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/reader.hpp"

using namespace opentraces;

namespace {

constexpr std::int64_t k_traces = 4321;

void require(bool holds) {
    if (!holds) std::abort();
}

card::CardInput input(bool scored) {
    card::CardInput input;
    input.repo = "ann/traces";
    input.stats.traces = k_traces;
    input.stats.models = {{"a|b", 1}};
    input.shards = 2;
    if (scored) input.quality.emplace().personas = {{"rl", 50, 40, 60}};
    return input;
}

std::optional<std::string> rendered(const std::string& existing, const card::CardInput& input) {
    try {
        return card::render(existing, input);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::CardMalformed);
        return std::nullopt;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string existing(reinterpret_cast<const char*>(data), size);
    const auto card = rendered(existing, input(size % 2 == 0));
    if (!card) return 0;
    require(card::render(*card, input(size % 2 == 0)) == *card);
    require(!card::check(*card, input(size % 2 == 0)).stale);
    require(card::render(card::render(*card, input(size % 2 != 0)), input(size % 2 == 0)).size() > 0);
    const auto block = card::machine_block(*card);
    require(block && json::parse(*block)["total_traces"].integer() == k_traces);
    return 0;
}
