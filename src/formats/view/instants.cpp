#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "formats/view/prepared.hpp"
#include "opentraces/core/date_time.hpp"

namespace opentraces::formats {
namespace {

constexpr std::int64_t k_ns_per_second = 1'000'000'000;
constexpr std::chrono::year k_first_year{1678};  // whole years whose nanoseconds fit 64 bits
constexpr std::chrono::year k_last_year{2261};

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
    const auto at = read_iso8601(text);
    if (!at || !at->has_time) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at->second)};
    if (date.year() < k_first_year || date.year() > k_last_year) return std::nullopt;
    return Instant{at->second.time_since_epoch().count() * k_ns_per_second + at->nanoseconds,
                   at->fraction_digits};
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
