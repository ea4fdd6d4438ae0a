// A file of rules is refused as that, or finds what it finds in any text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "opentraces/core/error.hpp"
#include "opentraces/security/own_rules.hpp"
#include "opentraces/security/scrub.hpp"

using namespace opentraces;

namespace {

// The rules up to the first line of "===", then the text.
std::string_view rules_in(std::string_view input) {
    return input.substr(0, input.find("\n===\n"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    security::ScrubOptions options;
    const auto nothing = [](const std::string&) { return security::RuleFile{"base.toml", "", {}}; };
    try {
        options.own_rules = security::read_own_rules({{"rules.toml", std::string(rules_in(input)), nothing}});
    } catch (const Error& error) {
        if (error.code() != ErrorCode::ConfigInvalid) std::abort();
        return 0;
    }
    for (const security::Finding& finding : security::scan_text(input, options))
        if (finding.offset + finding.length > input.size()) std::abort();
    return 0;
}
