// Sending again what may be sent again. Classify first, then wait, then repeat.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/net/limits.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::net {

// How long to wait before attempt number `attempt` + 1 (the first attempt is 1): base doubled each time, at
// most cap, of which `jitter` (0 to 1) chooses a place in the upper half. A floor (what the server asked for)
// is not limited by cap; then jitter lies above it, at most one base.
std::chrono::milliseconds backoff_delay(int attempt, std::chrono::milliseconds base,
                                        std::chrono::milliseconds cap,
                                        std::optional<std::chrono::milliseconds> floor, double jitter);

// Retry-After: seconds, or an HTTP date (RFC 9110). Never negative; nullopt if it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, TimePoint now);

// RateLimit: "api";r=0;t=34
struct RateLimit {
    std::string resource;
    long remaining = 0;
    std::chrono::seconds reset{0};
};
std::optional<RateLimit> parse_rate_limit(std::string_view text);

enum class AnswerKind {
    Final,        // an answer: success, or a refusal that would be the same again
    Transient,    // 408, 500, 502, 503, 504
    WindowFull,   // 429 until the rate-limit window is over
    ActionQuota,  // 429 with requests left: a quota on the action itself, waiting a little is useless
};
AnswerKind classify(const Response& response);

struct RetryPolicy {
    int max_attempts = 6;
    std::chrono::milliseconds base{1000};
    std::chrono::milliseconds cap{30'000};
    std::chrono::seconds longest_wait{600};  // asked to wait longer: give up and say so
    std::chrono::seconds budget{1800};       // all waits of one transport together
};
RetryPolicy retry_policy(const Limits& limits);

// Repeats transient failures of repeatable requests, and of others only while nothing can have reached the
// server. A request whose sink has seen bytes is not repeated. After the last attempt the answer is handed
// on (or the TransportError thrown). Error RateLimited, with the time to wait, for action quotas, for waits
// that are too long, and when the window stays full or the budget is used up.
class RetryingTransport final : public Transport {
public:
    // `notify` hears about waits, one line each; may be empty.
    RetryingTransport(Transport& inner, Clock& clock, IdSource& ids, RetryPolicy policy = {},
                      std::function<void(std::string_view)> notify = {});
    ~RetryingTransport() override;
    Response send(const Request& request) override;

private:
    class Attempts;
    struct Shared;
    Transport& m_inner;
    std::unique_ptr<Shared> m_shared;
};

}  // namespace opentraces::net
