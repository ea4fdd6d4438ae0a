// The dataset card check behind POST /api/validate-yaml (Hugging Face Hub HTTP API), and the metadata a card
// gives to the repository info.
#pragma once

#include <string>
#include <vector>

#include "json.hpp"

namespace hub_emulator {

struct CardCheck {
    std::vector<std::string> errors;
    std::vector<std::string> warnings;
    nlohmann::json metadata = nlohmann::json::object();
};

// `content` is a whole README.md.
CardCheck check_card(const std::string& content);

// Repository tags of a card: `license:mit`, `size_categories:n<1K`, ..., and its free tags.
std::vector<std::string> card_tags(const nlohmann::json& metadata);

}  // namespace hub_emulator
