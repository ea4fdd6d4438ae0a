// Redaction of any bytes ends, leaves nothing to find, and keeps JSON JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "opentraces/security/scrub.hpp"
#include "opentraces/security/stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace opentraces::security;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const RedactedText once = redact_text(text);
    if (redact_text(once.text).text != once.text) std::abort();
    residual_findings(text);
    if (is_json(text)) {
        const RedactedText json = redact_json(text, {});
        if (!is_json(json.text)) std::abort();
        if (!redact_json(json.text, {}).findings.empty()) std::abort();
    }
    const RedactedWindow window = redact_window(text, size / 3, false, {});
    if (window.consumed < size / 3 || window.consumed > size) std::abort();
    return 0;
}
