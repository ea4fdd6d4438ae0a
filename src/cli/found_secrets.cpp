#include "cli/found_secrets.hpp"

#include <fmt/format.h>

#include "cli/error_text.hpp"
#include "cli/streamed_object.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_commit_digits = 12;

std::string remark_name(Remark remark) {
    if (remark == Remark::AllowedWithoutReason) return "allow_without_reason";
    return remark == Remark::BaselineExpired ? "baseline_expired" : "";
}

std::string_view remark_words(Remark remark) {
    if (remark == Remark::AllowedWithoutReason) return "; opentraces:allow needs a reason";
    return remark == Remark::BaselineExpired ? "; its time in the baseline is over" : "";
}

class Lines final : public FindingPrinter {
public:
    explicit Lines(Print print) : m_print(std::move(print)) {}

    void add(const FoundSecret& found) override {
        if (!found.counts()) return;
        const std::string_view commit = std::string_view(found.place.commit).substr(0, k_commit_digits);
        m_print(fmt::format("{}{}{}:{}: {} ({}), {} bytes{}\n", commit, commit.empty() ? "" : ":",
                            found.place.path.empty() ? "message" : printable_line(found.place.path),
                            found.finding.line, found.finding.rule, security::name_of(found.finding.severity),
                            found.finding.length, remark_words(found.remark)));
    }
    void end(const Answer&) override {}

private:
    Print m_print;
};

class OneObject final : public FindingPrinter {
public:
    explicit OneObject(Print print) : m_object("findings", std::move(print)) {}

    void add(const FoundSecret& found) override {
        if (!found.counts()) return;
        json::Object object;
        object.append("path", text_or_null(found.place.path));
        object.append("commit", text_or_null(found.place.commit));
        object.append("line", found.finding.line);
        object.append("rule", found.finding.rule);
        object.append("severity", std::string(security::name_of(found.finding.severity)));
        object.append("offset", found.in_file ? json::Value(found.finding.offset) : json::Value());
        object.append("length", found.finding.length);
        object.append("remark", text_or_null(remark_name(found.remark)));
        m_object.add(object);
    }
    void begin() override { m_object.begin(); }
    void end(const Answer& answer) override { m_object.end(answer_object(answer)); }

private:
    StreamedObject m_object;
};

}  // namespace

std::unique_ptr<FindingPrinter> print_finding_lines(FindingPrinter::Print print) {
    return std::make_unique<Lines>(std::move(print));
}

std::unique_ptr<FindingPrinter> print_finding_object(FindingPrinter::Print print) {
    return std::make_unique<OneObject>(std::move(print));
}

}  // namespace opentraces::cli
