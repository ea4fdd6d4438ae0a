#include <algorithm>
#include <charconv>

#include "opentraces/core/text.hpp"
#include "opentraces/net/http_date.hpp"
#include "opentraces/net/retry.hpp"

namespace opentraces::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr long k_longest_seconds = 366L * 24 * 3600;

std::optional<long> whole_number(std::string_view text) {
    long value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem == std::errc::result_out_of_range && !text.starts_with('-')) return k_longest_seconds;
    if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

milliseconds backoff_delay(int attempt, milliseconds base, milliseconds cap,
                           std::optional<milliseconds> floor, double jitter) {
    const double share = std::clamp(jitter, 0.0, 1.0);
    const auto part = [](milliseconds of, double by) {
        return milliseconds{static_cast<long long>(static_cast<double>(of.count()) * by)};
    };
    if (floor) return *floor + part(base, share);
    milliseconds step = std::min(base, cap);
    for (int i = 1; i < attempt && step < cap; ++i)
        step = step > cap / 2 ? cap : step * 2;
    return step / 2 + part(step, share / 2);
}

std::optional<seconds> parse_retry_after(std::string_view text, TimePoint now) {
    const std::string_view value = trim(text);
    if (const auto number = whole_number(value)) return seconds{std::clamp(*number, 0L, k_longest_seconds)};
    const auto date = parse_http_date(value);
    if (!date) return std::nullopt;
    const auto left = std::chrono::ceil<seconds>(*date - now);
    return seconds{std::clamp(static_cast<long>(left.count()), 0L, k_longest_seconds)};
}

std::optional<RateLimit> parse_rate_limit(std::string_view text) {
    RateLimit limit;
    bool has_remaining = false;
    bool first = true;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(';'), text.size());
        const std::string_view part = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (first) {
            limit.resource = part.size() >= 2 && part.front() == '"' ? part.substr(1, part.size() - 2) : part;
        } else if (part.starts_with("r=")) {
            const auto number = whole_number(part.substr(2));
            if (!number) return std::nullopt;
            limit.remaining = *number;
            has_remaining = true;
        } else if (part.starts_with("t=")) {
            limit.reset =
                seconds{std::clamp(whole_number(part.substr(2)).value_or(0), 0L, k_longest_seconds)};
        }
        first = false;
    }
    if (!has_remaining) return std::nullopt;
    return limit;
}

AnswerKind classify(const Response& response) {
    switch (response.status) {
        case 408:
        case 500:
        case 502:
        case 503:
        case 504:
            return AnswerKind::Transient;
        case 429:
            break;
        default:
            return AnswerKind::Final;
    }
    const auto header = response.header("ratelimit");
    const auto limit = header ? parse_rate_limit(*header) : std::nullopt;
    return limit && limit->remaining > 0 ? AnswerKind::ActionQuota : AnswerKind::WindowFull;
}

}  // namespace opentraces::net
