#include "opentraces/trace/marks.hpp"

#include <algorithm>
#include <array>

namespace opentraces::trace {
namespace {

constexpr std::string_view k_cost = "opentraces_cost";
constexpr std::string_view k_parser = "opentraces_parser";
constexpr std::string_view k_active = "opentraces_active_s";
constexpr std::string_view k_truncated = "opentraces_truncated";

constexpr std::string_view k_usage = "opentraces_usage";
constexpr std::string_view k_models = "model_usage";

constexpr double k_longest_s = 1e9;
constexpr std::int64_t k_most_texts = 1'000'000'000;
constexpr std::int64_t k_most_tokens = 1'000'000'000'000;

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

std::string_view usage_of(const json::Object& metadata) {
    const json::Value* usage = metadata.find(k_usage);
    return usage == nullptr ? std::string_view() : usage->string_or();
}

// Over all models of a session whose tokens are known as its own alone.
std::int64_t session_tokens(const json::Object& metadata, std::string_view kind) {
    const json::Value* models = metadata.find(k_models);
    if (usage_of(metadata) != "session" || models == nullptr) return 0;
    std::int64_t tokens = 0;
    if (const json::Object* numbers = models->if_object()) {
        for (const auto& [model, counts] : *numbers)
            tokens += std::clamp<std::int64_t>(counts[kind].integer().value_or(0), 0, k_most_tokens - tokens);
    }
    return tokens;
}

}  // namespace

Marks marks_of(const json::Object& metadata) {
    return {cost_is_lower_bound(metadata),
            active_of(metadata),
            texts_cut(metadata),
            session_tokens(metadata, "cacheReadInputTokens"),
            session_tokens(metadata, "cacheCreationInputTokens"),
            usage_of(metadata) == "none"};
}

bool knows_no_usage(const Marks& marks, std::initializer_list<std::int64_t> counts) {
    return marks.usage_is_unknown &&
           std::all_of(counts.begin(), counts.end(), [](std::int64_t count) { return count == 0; });
}

bool is_mark(std::string_view key) {
    constexpr std::array k_keys{k_cost, k_parser, k_active, k_truncated, k_usage, k_models};
    return std::find(k_keys.begin(), k_keys.end(), key) != k_keys.end();
}

}  // namespace opentraces::trace
