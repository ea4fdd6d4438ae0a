#include <fmt/format.h>

#include "card/sections.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::card {
namespace {

constexpr std::string_view k_green = "28a745";
constexpr std::string_view k_yellow = "ffc107";
constexpr std::string_view k_orange = "fd7e14";
constexpr std::string_view k_red = "dc3545";

std::string_view color_of(double score) {
    if (score >= 80) return k_green;
    if (score >= 60) return k_yellow;
    return score >= 40 ? k_orange : k_red;
}

// The label part of a shields.io path: spaces as underscores, dashes doubled.
std::string badge_label(std::string_view text) {
    std::string label;
    for (const char c : text) {
        if (c == '-') label += '-';
        label += c == ' ' ? '_' : c;
    }
    return label;
}

std::string score_url(std::string_view label, double score) {
    return fmt::format("https://img.shields.io/badge/{}-{:.1f}%25-{}", badge_label(label), score,
                       color_of(score));
}

// The label in badge addresses, which other readers of cards know: "Rl" for rl.
std::string title_case(std::string_view name) {
    std::string title = to_lower_ascii(name);
    bool starts_word = true;
    for (char& c : title) {
        if (c == '_') c = ' ';
        if (starts_word && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        starts_word = c == ' ';
    }
    return title;
}

std::string gate_badge(const QualitySummary& quality) {
    std::string status;
    for (const char c : quality.gate_status.empty() ? std::string("unknown") : quality.gate_status)
        status += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const std::string_view color = quality.gate_status == "passing" ? k_green : k_red;
    return fmt::format("[![Gate: {0}](https://img.shields.io/badge/Gate-{0}-{1})](https://opentraces.ai)",
                       status, color);
}

}  // namespace

std::string persona_title(std::string_view name) {
    return name == "rl" ? "RL" : title_case(name);
}

std::string badges_section(const CardInput& input) {
    std::string text = fmt::format("{}\n", k_badges_start);
    if (input.quality) {
        const QualitySummary& quality = *input.quality;
        text += fmt::format("[![Overall Quality {:.1f}%]({})](https://opentraces.ai) ",
                            quality.overall_utility, score_url("Overall Quality", quality.overall_utility));
        text += gate_badge(quality);
        for (const PersonaScore& persona : quality.personas)
            text += fmt::format(" ![{} {:.1f}%]({})", persona_title(persona.name), persona.average,
                                score_url(title_case(persona.name), persona.average));
        text += '\n';
    }
    return text + fmt::format("{}\n", k_badges_end);
}

}  // namespace opentraces::card
