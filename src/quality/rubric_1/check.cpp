#include "quality/rubric_1/check.hpp"

#include <fmt/format.h>

#include "opentraces/core/text.hpp"
#include "quality/rubric_0_2/rounding.hpp"
#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {

CheckResult unknown(std::string why) {
    return {nullptr, Verdict::Unknown, 0.0, std::move(why), {}};
}

CheckResult share(std::size_t good, std::size_t total, double least) {
    const double ratio = static_cast<double>(good) / static_cast<double>(total);
    return graded(ratio >= least, rounded(ratio, 3), part_of(good, total));
}

CheckResult stated_task(const StrictSubject& subject, std::size_t enough) {
    const trace::OptText& description = subject.record.task.description;
    if (!has_text(description)) return failed("missing");
    const std::size_t length = code_points(strip(*description));
    return graded(length > enough, length > enough ? 1.0 : 0.5, fmt::format("{} characters", length));
}

TokenSums token_sums(const trace::TraceRecord& record) {
    TokenSums sums;
    for (const trace::Step& step : record.steps) {
        sums.input += static_cast<double>(step.token_usage.input_tokens.value());
        sums.output += static_cast<double>(step.token_usage.output_tokens.value());
        sums.cache_read += static_cast<double>(step.token_usage.cache_read_tokens.value());
    }
    return sums;
}

}  // namespace opentraces::quality
