// Repositories and objects in a folder, so that a demonstration survives a restart. Accounts are not stored.
#pragma once

#include <string>

#include "state.hpp"

namespace hub_emulator {

void save_state(State& state, const std::string& folder);
// Does nothing if the folder holds no state yet. Throws std::runtime_error for an unreadable one.
void load_state(State& state, const std::string& folder);

}  // namespace hub_emulator
