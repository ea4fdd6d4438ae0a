#include <array>

#include "opentraces/store/store.hpp"

namespace opentraces::store {

namespace {

constexpr std::array<std::string_view, 4> k_stage_names{"inbox", "committed", "pushed", "rejected"};

struct Move {
    Stage from;
    Action action;
    Stage to;
};

constexpr std::array k_moves{
    Move{Stage::Inbox, Action::Commit, Stage::Committed},
    Move{Stage::Inbox, Action::Reject, Stage::Rejected},
    Move{Stage::Committed, Action::Reject, Stage::Rejected},
    Move{Stage::Committed, Action::Reset, Stage::Inbox},
    Move{Stage::Rejected, Action::Reset, Stage::Inbox},
    Move{Stage::Committed, Action::Push, Stage::Pushed},
    // Discarding ends in no stage; the answer only says that it may happen.
    Move{Stage::Inbox, Action::Discard, Stage::Inbox},
    Move{Stage::Rejected, Action::Discard, Stage::Rejected},
    Move{Stage::Inbox, Action::Redact, Stage::Inbox},
    Move{Stage::Committed, Action::Redact, Stage::Committed},
    Move{Stage::Rejected, Action::Redact, Stage::Rejected},
};

}  // namespace

std::string_view name_of(Stage stage) {
    return k_stage_names.at(static_cast<std::size_t>(stage));
}

std::optional<Stage> parse_stage(std::string_view name) {
    for (std::size_t i = 0; i < k_stage_names.size(); ++i) {
        if (k_stage_names[i] == name) return static_cast<Stage>(i);
    }
    return std::nullopt;
}

std::optional<Stage> next_stage(Stage from, Action action) {
    for (const Move& move : k_moves) {
        if (move.from == from && move.action == action) return move.to;
    }
    return std::nullopt;
}

}  // namespace opentraces::store
