// Whether the program under test is instrumented by AddressSanitizer: every round costs many times as much
// then, so tests that repeat one thing thousands of times do so less often. Without it they do all of them.
#pragma once

namespace opentraces::testing {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool k_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool k_sanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool k_sanitized = false;
#endif

}  // namespace opentraces::testing
