#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "prepared.hpp"

namespace opentraces::formats {
namespace {

constexpr std::int64_t k_ns_per_second = 1'000'000'000;
constexpr int k_first_year = 1678;  // whole years whose nanoseconds fit 64 bits
constexpr int k_last_year = 2261;

class Reader {
public:
    explicit Reader(std::string_view text) : m_text(text) {}
    bool at_end() const { return m_at == m_text.size(); }
    char peek() const { return at_end() ? '\0' : m_text[m_at]; }
    bool skip(char expected) {
        if (peek() != expected) return false;
        ++m_at;
        return true;
    }
    // Exactly `count` digits of a number up to `largest`; -1 otherwise.
    int number(int count, int largest) {
        int value = 0;
        for (int i = 0; i < count; ++i) {
            const int digit = next_digit();
            if (digit < 0) return -1;
            value = value * 10 + digit;
        }
        return value <= largest ? value : -1;
    }
    int next_digit() {
        const char c = peek();
        if (c < '0' || c > '9') return -1;
        ++m_at;
        return c - '0';
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

// As nanoseconds; digits beyond the ninth are read and left out. False when no digit follows the point.
bool read_fraction(Reader& in, Instant& at) {
    std::int64_t scale = k_ns_per_second / 10;
    int digit = in.next_digit();
    if (digit < 0) return false;
    for (; digit >= 0; digit = in.next_digit()) {
        at.ns += digit * scale;
        scale /= 10;
        if (at.digits < 9) ++at.digits;
    }
    return true;
}

bool read_time(Reader& in, Instant& at) {
    const int hour = in.number(2, 23);
    if (hour < 0 || !in.skip(':')) return false;
    const int minute = in.number(2, 59);
    if (minute < 0) return false;
    int second = 0;
    if (in.skip(':')) {
        second = in.number(2, 60);
        if (second < 0) return false;
        if (in.skip('.') && !read_fraction(in, at)) return false;
    }
    at.ns += ((hour * 60LL + minute) * 60 + second) * k_ns_per_second;
    return true;
}

// Z, ±HH:MM, ±HHMM or nothing.
bool read_zone(Reader& in, Instant& at) {
    if (in.at_end() || in.skip('Z') || in.skip('z')) return in.at_end();
    const char sign = in.peek();
    if (!in.skip('+') && !in.skip('-')) return false;
    const int hours = in.number(2, 23);
    in.skip(':');
    const int minutes = in.number(2, 59);
    if (hours < 0 || minutes < 0 || !in.at_end()) return false;
    const std::int64_t offset = (hours * 60LL + minutes) * 60 * k_ns_per_second;
    at.ns += sign == '-' ? offset : -offset;
    return true;
}

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
    Reader in(text);
    const int year = in.number(4, k_last_year);
    if (year < k_first_year || !in.skip('-')) return std::nullopt;
    const int month = in.number(2, 12);
    if (month < 1 || !in.skip('-')) return std::nullopt;
    const int day = in.number(2, 31);
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day < 0 ? 0 : day)}};
    if (!date.ok()) return std::nullopt;
    if (!in.skip('T') && !in.skip(' ')) return std::nullopt;
    Instant at;
    if (!read_time(in, at) || !read_zone(in, at)) return std::nullopt;
    at.ns += std::chrono::sys_days{date}.time_since_epoch().count() * 86'400LL * k_ns_per_second;
    return at;
}

void append_instant(std::string& out, Instant at) {
    using namespace std::chrono;
    const sys_time<nanoseconds> time{nanoseconds{at.ns}};
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<seconds>(time - day)};
    const auto fraction = (time - floor<seconds>(time)).count();
    const auto more = std::back_inserter(out);
    fmt::format_to(more, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.", static_cast<int>(date.year()),
                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                   clock.hours().count(), clock.minutes().count(), clock.seconds().count());
    const std::string digits = fmt::format("{:09}", fraction);
    out.append(digits, 0, static_cast<std::size_t>(std::clamp(at.digits, 3, 6)));
    out.push_back('Z');
}

std::string instant_text(Instant at) {
    std::string text;
    append_instant(text, at);
    return text;
}

}  // namespace opentraces::formats
