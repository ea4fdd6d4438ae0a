#include "opentraces/trace/compaction.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace opentraces::trace {
namespace {

constexpr std::array<std::string_view, 1> k_beginnings{
    "This session is being continued from a previous conversation",  // Claude Code
};

}  // namespace

bool is_compaction_summary(const Step& step) {
    if (step.role == Role::Agent || !step.content) return false;
    return std::any_of(k_beginnings.begin(), k_beginnings.end(),
                       [&](std::string_view beginning) { return step.content->starts_with(beginning); });
}

}  // namespace opentraces::trace
