#include "opentraces/trace/marks.hpp"

#include <algorithm>
#include <array>

namespace opentraces::trace {
namespace {

constexpr std::string_view k_cost = "opentraces_cost";
constexpr std::string_view k_parser = "opentraces_parser";
constexpr std::string_view k_active = "opentraces_active_s";
constexpr std::string_view k_truncated = "opentraces_truncated";

constexpr double k_longest_s = 1e9;
constexpr std::int64_t k_most_texts = 1'000'000'000;

bool cost_is_lower_bound(const json::Object& metadata) {
    if (const json::Value* cost = metadata.find(k_cost)) return (*cost)["lower_bound"].bool_or(false);
    const json::Value* parser = metadata.find(k_parser);
    return parser != nullptr && (*parser)["output_tokens_lower_bound"].bool_or(false);
}

std::optional<double> active_of(const json::Object& metadata) {
    const json::Value* active = metadata.find(k_active);
    const json::Number* number = active == nullptr ? nullptr : active->if_number();
    if (number == nullptr) return std::nullopt;
    const double seconds = number->as_double();
    return seconds >= 0 && seconds <= k_longest_s ? std::optional(seconds) : std::nullopt;
}

std::int64_t texts_cut(const json::Object& metadata) {
    const json::Value* truncated = metadata.find(k_truncated);
    if (truncated == nullptr) return 0;
    std::int64_t texts = (*truncated)["task"].bool_or(false) ? 1 : 0;
    for (const std::string_view kind : {"observations", "snippets"}) {
        const std::int64_t count = (*truncated)[kind].integer().value_or(0);
        if (count > 0 && count <= k_most_texts) texts += count;
    }
    return texts;
}

}  // namespace

Marks marks_of(const json::Object& metadata) {
    return {cost_is_lower_bound(metadata), active_of(metadata), texts_cut(metadata)};
}

bool is_mark(std::string_view key) {
    constexpr std::array k_keys{k_cost, k_parser, k_active, k_truncated};
    return std::find(k_keys.begin(), k_keys.end(), key) != k_keys.end();
}

}  // namespace opentraces::trace
