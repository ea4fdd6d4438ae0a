#include "formats/view/prompt_plan.hpp"

#include <algorithm>

namespace opentraces::formats {
namespace {

bool has_system_step(const Run& run, std::string_view text) {
    return std::any_of(run.steps.begin(), run.steps.end(), [&](const PreparedStep& prepared) {
        return prepared.step->role == trace::Role::System && prepared.step->content &&
               *prepared.step->content == text;
    });
}

}  // namespace

std::vector<ShownPrompt> shown_prompts(const trace::TraceRecord& record, const Run& run) {
    std::vector<ShownPrompt> shown;
    std::string_view current;
    bool first = true;
    for (std::size_t i = 0; i < run.steps.size(); ++i) {
        const trace::Step& step = *run.steps[i].step;
        if (step.role != trace::Role::Agent || !step.system_prompt_hash) continue;
        if (*step.system_prompt_hash == current) continue;
        const std::string_view text = system_prompt(record, step.system_prompt_hash);
        if (text.empty()) continue;
        current = *step.system_prompt_hash;
        if (!has_system_step(run, text)) shown.push_back({first ? 0 : i, current, text});
        first = false;
    }
    return shown;
}

}  // namespace opentraces::formats
