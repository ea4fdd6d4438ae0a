#include "opentraces/core/clock.hpp"

#include <fmt/format.h>

#include <thread>

#include "opentraces/core/date_time.hpp"

namespace opentraces {
namespace {

using std::chrono::milliseconds;

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
    const auto at = read_iso8601(text);
    if (!at) return std::nullopt;
    return TimePoint{at->second} +
           std::chrono::duration_cast<milliseconds>(std::chrono::nanoseconds{at->nanoseconds});
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

// In this many characters from `at` on.
void put_digits(std::string& text, std::size_t at, std::size_t count, long number) {
    for (; count > 0; number /= 10)
        text[at + --count] = static_cast<char>('0' + number % 10);
}

}  // namespace

// Readers call this for every line of some agents, and fmt takes ten times as long.
std::string format_iso8601(TimePoint at) {
    const Fields f = fields_of(at);
    if (f.year < 0 || f.year > 9999)
        return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", f.year, f.month, f.day, f.hour,
                           f.minute, f.second, f.millisecond);
    std::string text = "0000-00-00T00:00:00.000Z";
    put_digits(text, 0, 4, f.year);
    put_digits(text, 5, 2, f.month);
    put_digits(text, 8, 2, f.day);
    put_digits(text, 11, 2, f.hour);
    put_digits(text, 14, 2, f.minute);
    put_digits(text, 17, 2, f.second);
    put_digits(text, 20, 3, f.millisecond);
    return text;
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
