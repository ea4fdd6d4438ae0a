#include "opentraces/net/retry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t k_jitter_steps = std::uint64_t{1} << 53;

std::string spoken(milliseconds wait) {
    const auto whole = std::chrono::ceil<seconds>(wait).count();
    return whole < 120 ? fmt::format("{} s", whole) : fmt::format("{} min", (whole + 59) / 60);
}

std::optional<milliseconds> asked_wait(const Response& response, TimePoint now) {
    std::optional<milliseconds> wait;
    if (const auto header = response.header("retry-after")) wait = parse_retry_after(*header, now);
    if (const auto header = response.header("ratelimit"); header && response.status == 429) {
        const auto limit = parse_rate_limit(*header);
        if (limit && limit->remaining == 0)
            wait = std::max(wait.value_or(milliseconds{0}), milliseconds{limit->reset});
    }
    return wait;
}

// A failure that a second try may not have.
bool may_pass(const TransportError& error) {
    switch (error.failure()) {
        case TransportFailure::Connect:
        case TransportFailure::Resolve:
        case TransportFailure::Timeout:
        case TransportFailure::Broken:
            return true;
        case TransportFailure::Tls:
        case TransportFailure::TooLarge:
        case TransportFailure::Interrupted:
            return false;
    }
    return false;
}

}  // namespace

struct RetryingTransport::Shared {
    Clock& clock;
    IdSource& ids;
    RetryPolicy policy;
    std::function<void(std::string_view)> notify;
    milliseconds waited{0};
    std::mutex mutex;  // neither the source of jitter nor the listener is made for several threads

    void tell(const std::string& text) {
        const std::lock_guard guard(mutex);
        if (notify) notify(text);
    }

    // False when the budget does not allow it.
    bool spend(milliseconds wait) {
        const std::lock_guard guard(mutex);
        if (waited + wait > policy.budget) return false;
        waited += wait;
        return true;
    }

    double jitter() {
        const std::lock_guard guard(mutex);
        return static_cast<double>(ids.next_u64() % k_jitter_steps) / static_cast<double>(k_jitter_steps);
    }
};

// One request and its repetitions.
class RetryingTransport::Attempts {
public:
    Attempts(Transport& inner, Shared& shared, const Request& request)
        : m_inner(inner), m_shared(shared), m_request(request) {
        if (!request.sink) return;
        m_request.sink = [this, sink = request.sink](std::string_view bytes) {
            m_delivered = true;
            sink(bytes);
        };
    }

    Response run() {
        for (m_attempt = 1;; ++m_attempt) {
            std::optional<Response> response = once();
            if (response) return std::move(*response);
        }
    }

private:
    bool last() const { return m_attempt >= m_shared.policy.max_attempts; }

    // nullopt: try again.
    std::optional<Response> once() {
        try {
            Response response = m_inner.send(m_request);
            if (!again(response)) return response;
        } catch (const TransportError& error) {
            const bool allowed = m_request.repeatable || !error.request_may_have_arrived();
            if (last() || m_delivered || !allowed || !may_pass(error)) throw;
            if (!pause(std::nullopt, error.what())) throw;
        }
        return std::nullopt;
    }

    bool again(const Response& response) {
        switch (classify(response)) {
            case AnswerKind::Final:
                return false;
            case AnswerKind::ActionQuota:
                refuse(response);
            case AnswerKind::WindowFull:
                if (last()) refuse(response);
                break;
            case AnswerKind::Transient:
                if (last() || m_delivered || !m_request.repeatable) return false;
                break;
        }
        const auto wait = asked_wait(response, m_shared.clock.now());
        if (wait && *wait > m_shared.policy.longest_wait) refuse(response);
        if (pause(wait, fmt::format("{} answered {}", origin_of(m_request.url), response.status)))
            return true;
        if (response.status == 429) refuse(response);
        return false;
    }

    // False, without a pause: too much time has been spent on waiting.
    bool pause(std::optional<milliseconds> floor, std::string_view reason) {
        const RetryPolicy& policy = m_shared.policy;
        const auto wait = backoff_delay(m_attempt, policy.base, policy.cap, floor, m_shared.jitter());
        if (!m_shared.spend(wait)) return false;
        m_shared.tell(fmt::format("{}; trying again in {}", reason, spoken(wait)));
        m_shared.clock.sleep(wait);
        return true;
    }

    [[noreturn]] void refuse(const Response& response) {
        const auto wait = asked_wait(response, m_shared.clock.now());
        const std::string limit =
            response.header("x-error-message").value_or("too many requests of this kind in a short time");
        throw Error(
            ErrorCode::RateLimited,
            fmt::format("{} answered {}: {}", origin_of(m_request.url), response.status, server_words(limit)),
            wait ? fmt::format("Wait {}, then run the command again.", spoken(*wait))
                 : std::string("Wait about an hour, then run the command again."));
    }

    Transport& m_inner;
    Shared& m_shared;
    Request m_request;
    int m_attempt = 1;
    bool m_delivered = false;
};

RetryPolicy retry_policy(const Limits& limits) {
    RetryPolicy policy;
    policy.max_attempts = static_cast<int>(std::min<std::uint64_t>(limits.attempts, 1000));
    policy.longest_wait = seconds(limits.wait_seconds);
    policy.budget = seconds(limits.retry_seconds);
    return policy;
}

RetryingTransport::RetryingTransport(Transport& inner, Clock& clock, IdSource& ids, RetryPolicy policy,
                                     std::function<void(std::string_view)> notify)
    : m_inner(inner), m_shared(new Shared{clock, ids, policy, std::move(notify), {}, {}}) {}

RetryingTransport::~RetryingTransport() = default;

Response RetryingTransport::send(const Request& request) {
    return Attempts(m_inner, *m_shared, request).run();
}

}  // namespace opentraces::net
