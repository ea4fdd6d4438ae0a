#include "opentraces/core/clock.hpp"

#include <fmt/format.h>

#include <thread>

namespace opentraces {
namespace {

using std::chrono::milliseconds;

// Reads exactly `digits` decimal digits at `at` and moves past them; -1 if they are not there.
int digits_at(std::string_view text, std::size_t& at, std::size_t digits) {
    if (at + digits > text.size()) return -1;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const char c = text[at + i];
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    at += digits;
    return value;
}

bool skip(std::string_view text, std::size_t& at, char expected) {
    if (at >= text.size() || text[at] != expected) return false;
    ++at;
    return true;
}

// ".123456" as milliseconds; absent is 0.
milliseconds fraction_at(std::string_view text, std::size_t& at) {
    if (at >= text.size() || (text[at] != '.' && text[at] != ',')) return milliseconds{0};
    ++at;
    int value = 0;
    int scale = 100;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
        value += (text[at++] - '0') * scale;
        scale /= 10;
    }
    return milliseconds{value};
}

// Z, +hh:mm, +hhmm, +hh, or nothing (taken as UTC).
std::optional<std::chrono::minutes> offset_at(std::string_view text, std::size_t& at) {
    if (at == text.size()) return std::chrono::minutes{0};
    const char sign = text[at++];
    if (sign == 'Z' || sign == 'z') return std::chrono::minutes{0};
    if (sign != '+' && sign != '-') return std::nullopt;
    const int hours = digits_at(text, at, 2);
    skip(text, at, ':');
    const int minutes = at < text.size() ? digits_at(text, at, 2) : 0;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    const std::chrono::minutes total{hours * 60 + minutes};
    return sign == '-' ? -total : total;
}

}  // namespace

TimePoint SystemClock::now() {
    return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

void SystemClock::sleep(milliseconds duration) {
    std::this_thread::sleep_for(duration);
}

void FixedClock::sleep(milliseconds duration) {
    m_sleeps.push_back(duration);
    m_now += duration;
}

std::optional<TimePoint> parse_iso8601(std::string_view text) {
    std::size_t at = 0;
    const int year = digits_at(text, at, 4);
    if (year < 0 || !skip(text, at, '-')) return std::nullopt;
    const int month = digits_at(text, at, 2);
    if (month < 0 || !skip(text, at, '-')) return std::nullopt;
    const int day = digits_at(text, at, 2);
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day < 0 ? 0 : day)}};
    if (!date.ok()) return std::nullopt;
    const auto midnight = std::chrono::sys_days{date};
    if (at == text.size()) return TimePoint{midnight};
    if (!skip(text, at, 'T') && !skip(text, at, 't') && !skip(text, at, ' ')) return std::nullopt;
    const int hour = digits_at(text, at, 2);
    if (hour < 0 || hour > 23 || !skip(text, at, ':')) return std::nullopt;
    const int minute = digits_at(text, at, 2);
    if (minute < 0 || minute > 59) return std::nullopt;
    int second = 0;
    if (skip(text, at, ':')) second = digits_at(text, at, 2);
    if (second < 0 || second > 60) return std::nullopt;
    const milliseconds fraction = fraction_at(text, at);
    const auto offset = offset_at(text, at);
    if (!offset || at != text.size()) return std::nullopt;
    return TimePoint{midnight} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second} + fraction - *offset;
}

namespace {

struct Fields {
    int year;
    unsigned month, day;
    long hour, minute, second, millisecond;
};

Fields fields_of(TimePoint at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            time.hours().count(),
            time.minutes().count(),
            time.seconds().count(),
            static_cast<long>(time.subseconds().count())};
}

}  // namespace

std::string format_iso8601(TimePoint at) {
    const Fields f = fields_of(at);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", f.year, f.month, f.day, f.hour, f.minute,
                       f.second, f.millisecond);
}

std::string format_basic_utc(TimePoint at) {
    const Fields f = fields_of(at);
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", f.year, f.month, f.day, f.hour, f.minute,
                       f.second);
}

std::string format_date(TimePoint at) {
    const Fields f = fields_of(at);
    return fmt::format("{:04}-{:02}-{:02}", f.year, f.month, f.day);
}

}  // namespace opentraces
