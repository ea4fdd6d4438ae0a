#include "opentraces/core/date_time.hpp"

namespace opentraces {
namespace {

constexpr int k_max_fraction_digits = 9;

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
    int digit() {
        const char c = peek();
        if (c < '0' || c > '9') return -1;
        ++m_at;
        return c - '0';
    }
    // Exactly `count` digits of a number up to `largest`; -1 otherwise.
    int number(int count, int largest) {
        int value = 0;
        for (int i = 0; i < count; ++i) {
            const int next = digit();
            if (next < 0) return -1;
            value = value * 10 + next;
        }
        return value <= largest ? value : -1;
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

bool read_date(Reader& in, DateTime& out) {
    using namespace std::chrono;
    const int at_year = in.number(4, 9999);
    if (at_year < 0 || !in.skip('-')) return false;
    const int at_month = in.number(2, 12);
    if (at_month < 0 || !in.skip('-')) return false;
    const int at_day = in.number(2, 31);
    if (at_day < 0) return false;
    const year_month_day date{year{at_year}, month{static_cast<unsigned>(at_month)},
                              day{static_cast<unsigned>(at_day)}};
    out.second = sys_days{date};
    return date.ok();
}

bool read_fraction(Reader& in, DateTime& out) {
    std::int32_t scale = 100'000'000;
    int digit = in.digit();
    if (digit < 0) return false;
    for (; digit >= 0; digit = in.digit()) {
        out.nanoseconds += digit * scale;
        scale /= 10;
        if (out.fraction_digits < k_max_fraction_digits) ++out.fraction_digits;
    }
    return true;
}

bool read_time(Reader& in, DateTime& out) {
    const int hour = in.number(2, 23);
    if (hour < 0 || !in.skip(':')) return false;
    const int minute = in.number(2, 59);
    if (minute < 0) return false;
    int second = 0;
    if (in.skip(':')) {
        second = in.number(2, 60);
        if (second < 0) return false;
        if ((in.skip('.') || in.skip(',')) && !read_fraction(in, out)) return false;
    }
    out.second += std::chrono::seconds{(hour * 60 + minute) * 60 + second};
    return true;
}

bool read_zone(Reader& in, DateTime& out) {
    if (in.at_end() || in.skip('Z') || in.skip('z')) return in.at_end();
    const char sign = in.peek();
    if (!in.skip('+') && !in.skip('-')) return false;
    const int hours = in.number(2, 23);
    if (hours < 0) return false;
    const bool more = in.skip(':') || !in.at_end();
    const int minutes = more ? in.number(2, 59) : 0;
    if (minutes < 0 || !in.at_end()) return false;
    const std::chrono::minutes offset{hours * 60 + minutes};
    out.second += sign == '-' ? offset : -offset;
    return true;
}

}  // namespace

std::optional<DateTime> read_iso8601(std::string_view text) {
    Reader in(text);
    DateTime out;
    if (!read_date(in, out)) return std::nullopt;
    if (in.at_end()) return out;
    out.has_time = in.skip('T') || in.skip('t') || in.skip(' ');
    if (!out.has_time || !read_time(in, out) || !read_zone(in, out)) return std::nullopt;
    return out;
}

}  // namespace opentraces
