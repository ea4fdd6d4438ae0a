// Time as a port, and the text forms of time that the formats use.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces {

// UTC, milliseconds since the Unix epoch.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
public:
    virtual ~Clock() = default;
    virtual TimePoint now() = 0;
    virtual void sleep(std::chrono::milliseconds duration) = 0;
};

class SystemClock final : public Clock {
public:
    TimePoint now() override;
    void sleep(std::chrono::milliseconds duration) override;
};

// For tests and OPENTRACES_NOW: stands still, except that sleeping moves it; never waits.
class FixedClock final : public Clock {
public:
    explicit FixedClock(TimePoint at) : m_now(at) {}
    TimePoint now() override { return m_now; }
    void sleep(std::chrono::milliseconds duration) override;
    const std::vector<std::chrono::milliseconds>& sleeps() const { return m_sleeps; }

private:
    TimePoint m_now;
    std::vector<std::chrono::milliseconds> m_sleeps;
};

// ISO 8601 (RFC 3339) with any UTC offset and optional fraction; nullopt if the text is not a date-time.
std::optional<TimePoint> parse_iso8601(std::string_view text);
std::string format_iso8601(TimePoint at);    // 2026-01-31T23:59:59.123Z
std::string format_basic_utc(TimePoint at);  // 20260131T235959Z
std::string format_date(TimePoint at);       // 2026-01-31, UTC

}  // namespace opentraces
