#include <utility>

#include "formats/view/prepared.hpp"

namespace opentraces::formats {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 13> k_families{{
    {"claude", "anthropic"},
    {"gpt", "openai"},
    {"o1", "openai"},
    {"o3", "openai"},
    {"o4", "openai"},
    {"codex", "openai"},
    {"gemini", "google"},
    {"grok", "x-ai"},
    {"deepseek", "deepseek"},
    {"mistral", "mistral"},
    {"codestral", "mistral"},
    {"devstral", "mistral"},
    {"kimi", "moonshot"},
}};

bool is_placeholder(std::string_view name) {
    return name.empty() || (name.front() == '<' && name.back() == '>');
}

}  // namespace

ModelName split_model(std::string_view model) {
    const std::size_t slash = model.find('/');
    ModelName parts;
    if (slash != std::string_view::npos) {
        parts = {model.substr(0, slash), model.substr(slash + 1)};
    } else {
        parts.name = model;
        for (const auto& [family, provider] : k_families) {
            if (model.starts_with(family)) {
                parts.provider = provider;
                break;
            }
        }
    }
    return is_placeholder(parts.name) ? ModelName{} : parts;
}

std::string_view model_text(const trace::OptText& model) {
    return model && !split_model(*model).name.empty() ? std::string_view(*model) : std::string_view();
}

}  // namespace opentraces::formats
