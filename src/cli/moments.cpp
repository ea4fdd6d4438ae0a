#include "cli/moments.hpp"

#include <charconv>
#include <optional>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_day = std::chrono::hours(24);
constexpr std::int64_t k_longest_ago = 100'000;  // weeks, and everything that is shorter

std::optional<milliseconds> unit_of(std::string_view letter) {
    if (letter == "m") return std::chrono::minutes(1);
    if (letter == "h") return std::chrono::hours(1);
    if (letter == "d") return k_day;
    if (letter == "w") return 7 * k_day;
    return std::nullopt;
}

std::optional<Moments> ago(std::string_view text, TimePoint now) {
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto unit = unit_of(text.substr(static_cast<std::size_t>(stop - text.data())));
    if (error != std::errc{} || !unit || number < 0 || number > k_longest_ago) return std::nullopt;
    const TimePoint at = now - number * *unit;
    return Moments{at, at};
}

// `wall` is what the clock on the wall shows, as if it were UTC.
TimePoint from_wall(TimePoint wall, const UtcOffset& offset) {
    return wall - offset(wall - offset(wall));
}

Moments day_of(TimePoint wall, const UtcOffset& offset) {
    const TimePoint midnight = std::chrono::floor<std::chrono::days>(wall);
    return {from_wall(midnight, offset), from_wall(midnight + k_day, offset) - milliseconds(1)};
}

constexpr std::size_t k_date_length = 10;  // 2026-01-31

std::optional<Moments> calendar(std::string text, const UtcOffset& offset) {
    if (text.size() < k_date_length) return std::nullopt;
    const bool has_zone = text.find_first_of("Zz+-", k_date_length) != std::string::npos;
    if (!has_zone && text.size() == k_date_length) {
        const auto day = parse_iso8601(text + "T00:00:00Z");
        return day ? std::optional(day_of(*day, offset)) : std::nullopt;
    }
    if (text[k_date_length] == ' ') text[k_date_length] = 'T';
    const bool has_seconds = text.size() > k_date_length + std::string_view("T14:05").size();
    if (!has_zone) text += has_seconds ? "Z" : ":00Z";
    const auto read = parse_iso8601(text);
    if (!read) return std::nullopt;
    const TimePoint at = has_zone ? *read : from_wall(*read, offset);
    return Moments{at, at};
}

}  // namespace

Moments parse_moments(std::string_view option, const std::string& text, TimePoint now,
                      const UtcOffset& offset) {
    const std::string word = to_lower_ascii(trim(text));
    if (word == "now") return {now, now};
    if (word == "today") return day_of(now + offset(now), offset);
    if (word == "yesterday") return day_of(now + offset(now) - k_day, offset);
    if (const auto found = ago(word, now)) return *found;
    if (const auto found = calendar(std::string(trim(text)), offset)) return *found;
    throw Error(ErrorCode::BadOption, std::string(option) + ": '" + printable_line(text) + "' is no time",
                "Write a date (2026-01-31), a time (2026-01-31T14:00), 3h, 2d, 1w, today or yesterday.");
}

}  // namespace opentraces::cli
