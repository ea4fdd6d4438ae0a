#include "enrich/agent_reports.hpp"

#include <algorithm>

#include "enrich/git_text.hpp"
#include "enrich/shell_runs.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

bool starts_agents(std::string_view tool) {
    return tool == "Task" || tool == "Agent" || tool == "TaskOutput" || tool == "AgentOutputTool";
}

void add_words(std::string_view line, std::vector<std::string>& shas) {
    if (to_lower_ascii(line).find("commit") == std::string::npos) return;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t begin = line.find_first_of("0123456789abcdef", at);
        if (begin == std::string_view::npos) return;
        const std::size_t end = std::min(line.find_first_not_of("0123456789abcdef", begin), line.size());
        const auto is_word = [&](std::size_t place) {
            return place < line.size() && std::isalnum(static_cast<unsigned char>(line[place])) != 0;
        };
        const bool alone = !(begin > 0 && is_word(begin - 1)) && !is_word(end);
        const std::string_view word = line.substr(begin, end - begin);
        if (alone && is_sha(word)) shas.emplace_back(word);
        at = end;
    }
}

}  // namespace

std::vector<AgentReport> agent_reports_of(const trace::TraceRecord& record) {
    std::vector<AgentReport> reports;
    for (const trace::Step& step : record.steps) {
        AgentReport report{step.step_index.value(), {}};
        const auto take = [&report](std::string_view line) { add_words(line, report.shas); };
        for (std::size_t at = 0; at < step.tool_calls.size() && at < step.observations.size(); ++at) {
            if (starts_agents(step.tool_calls[at].tool_name) && step.observations[at].content)
                each_line(*step.observations[at].content, take);
        }
        const bool notifies = step.role != trace::Role::Agent && step.content &&
                              trim(*step.content).starts_with("<task-notification>");
        if (notifies) each_line(*step.content, take);
        if (!report.shas.empty()) reports.push_back(std::move(report));
    }
    return reports;
}

}  // namespace opentraces::enrich
