// ATIF documents: what their parts share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/json_out.hpp"
#include "formats/view/prepared.hpp"
#include "formats/view/prompt_plan.hpp"
#include "formats/view/remarks.hpp"

namespace opentraces::formats {

// v1.6 has no extra on calls and results, no embedded sub-agents and no llm_call_count.
struct AtifVersion {
    std::string_view label;  // "ATIF-v1.7"
    bool embeds = true;
};

struct AtifContext {
    const Prepared& prepared;
    const std::vector<std::vector<ShownPrompt>>& prompts;  // by run
    AtifVersion version;
    Remarks& remarks;

    const trace::TraceRecord& record() const { return *prepared.record; }
    std::string trajectory_id(const Run& run) const;
    // v1.6: a sub-agent's file stands beside its parent's, and has an identity of its own.
    std::string session_id(const Run& run) const;
    std::string stem(const Run& run) const;
};

// All steps of a run, synthesized system steps included; answers how many.
std::size_t write_atif_steps(JsonOut& out, const AtifContext& context, std::size_t run);

}  // namespace opentraces::formats
