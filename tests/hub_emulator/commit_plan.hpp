// The body of POST /api/datasets/{id}/commit/{rev}: one JSON object per line, first the header.
#pragma once

#include <string>
#include <vector>

#include "json.hpp"
#include "state.hpp"

namespace hub_emulator {

struct CommitPlan {
    std::string summary;
    std::string description;
    std::string parent;  // empty: no precondition
    std::vector<std::pair<std::string, nlohmann::json>> operations;
};

// Fails with 400 for anything malformed.
CommitPlan parse_commit(const std::string& body);

// The tree after all operations, or an HttpError; `tree` is a copy, so a failure leaves no trace.
Tree apply_operations(State& state, Repo& repo, Tree tree, const CommitPlan& plan);

}  // namespace hub_emulator
