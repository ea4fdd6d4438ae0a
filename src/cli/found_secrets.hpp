// Findings of `scan` as people and programs read them: lines, one JSON object, or SARIF. None is ever quoted.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cli/command.hpp"
#include "opentraces/flow/scan_sources.hpp"

namespace opentraces::cli {

// Why a finding does not count, or counts although somebody has said something of it.
enum class Remark { None, Allowed, AllowedWithoutReason, InBaseline, BaselineExpired };

struct FoundSecret {
    const flow::ScanPlace& place;
    const security::Finding& finding;
    const flow::FindingContext& context;
    Remark remark = Remark::None;
    bool in_file = true;  // its offset is one of the file

    bool counts() const { return remark != Remark::Allowed && remark != Remark::InBaseline; }
};

class FindingPrinter {
public:
    using Print = std::function<void(std::string_view)>;

    virtual ~FindingPrinter() = default;
    // Before anything that can fail.
    virtual void begin() {}
    // Rules of the user's own that findings may be of.
    virtual void know(const security::OwnRulesPtr& /*rules*/) {}
    virtual void add(const FoundSecret& found) = 0;
    virtual void end(const Answer& answer) = 0;
};

std::unique_ptr<FindingPrinter> print_finding_lines(FindingPrinter::Print print);
std::unique_ptr<FindingPrinter> print_finding_object(FindingPrinter::Print print);
// SARIF 2.1.0 (OASIS, errata 01): one run. What does not count is there too, suppressed.
std::unique_ptr<FindingPrinter> print_sarif(FindingPrinter::Print print);

}  // namespace opentraces::cli
