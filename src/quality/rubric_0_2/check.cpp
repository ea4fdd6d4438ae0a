#include "quality/rubric_0_2/check.hpp"

#include <utility>

#include "quality/rubric_0_2/rounding.hpp"

namespace opentraces::quality {

CheckResult passed(std::string evidence, double score) {
    return {nullptr, Verdict::Passed, score, std::move(evidence), {}};
}

CheckResult failed(std::string evidence, double score) {
    return {nullptr, Verdict::Failed, score, std::move(evidence), {}};
}

CheckResult all_or_nothing(bool holds, std::string evidence) {
    return holds ? passed(std::move(evidence)) : failed(std::move(evidence));
}

CheckResult graded(bool holds, double score, std::string evidence) {
    return {nullptr, holds ? Verdict::Passed : Verdict::Failed, score, std::move(evidence), {}};
}

CheckResult not_applicable(std::string why) {
    return {nullptr, Verdict::NotApplicable, 0.0, std::move(why), {}};
}

CheckResult with_note(CheckResult result, std::string note) {
    result.note = std::move(note);
    return result;
}

std::string part_of(std::size_t part, std::size_t total) {
    return std::to_string(part) + "/" + std::to_string(total);
}

std::string part_with_percent(std::size_t part, std::size_t total) {
    const double share = total == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(total);
    return part_of(part, total) + " (" + percent(share) + ")";
}

std::string_view text_or(const trace::OptText& text, std::string_view fallback) {
    return text ? std::string_view(*text) : fallback;
}

}  // namespace opentraces::quality
