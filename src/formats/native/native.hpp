// What the native session formats (sts, pi) share: a file for each run, calls by name, answers in order.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "formats/view/prepared.hpp"
#include "formats/view/prompt_plan.hpp"
#include "formats/view/remarks.hpp"

namespace opentraces::formats {

// "<session id>", of a sub-agent "<session id>/<run id>".
std::string native_session_id(const Prepared& prepared, const Run& run);
std::string native_stem(const Prepared& prepared, const Run& run);
// The program that made the session; "unknown" when nothing says it.
std::string_view native_harness(const Prepared& prepared, const ExportOptions& options);
// The task, or the start of what was asked first; of a sub-agent with its role in front. May be empty.
std::string native_title(const Prepared& prepared, const Run& run);

struct NativeAnswer {
    std::string_view call_id;
    std::string_view tool_name;
    const trace::Observation* observation = nullptr;  // null: the call was never answered
    std::optional<Instant> time;                      // of the step, and the call's duration later
};

// Goes through the steps of one run in order. Ids are unique in the run, so that an answer names one call.
class NativeCalls {
public:
    explicit NativeCalls(Remarks& remarks) : m_remarks(remarks) {}
    // By call; asked once for each step, before its answers. Valid until the next step.
    const std::vector<std::string_view>& name(const PreparedStep& step);
    // Every call of the step has one at least. Observations that name no call so far are left out.
    std::vector<NativeAnswer> answers(const PreparedStep& step);

private:
    struct Known {
        std::string_view id;
        std::string_view tool_name;
    };
    Remarks& m_remarks;
    UniqueNames m_names;
    std::vector<std::string_view> m_ids;
    std::unordered_map<std::string_view, Known> m_known;  // by the id that the record uses
};

// A run for each session: `write` answers whether the run has anything to show, and has then written it.
using WriteRun = std::function<bool(const Prepared& prepared, const Run& run, Remarks& remarks)>;
Converted write_native_runs(const trace::TraceRecord& record, const ExportOptions& options,
                            const WriteRun& write);

// Whether a step is written: warm-ups are not.
inline bool is_shown(const PreparedStep& step) {
    return !step.is_warmup();
}

}  // namespace opentraces::formats
