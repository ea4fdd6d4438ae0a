#include "opentraces/net/http_date.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace opentraces::net {
namespace {

constexpr std::array<std::string_view, 12> k_months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::optional<TimePoint> parse_http_date(std::string_view text) {
    if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
    const auto month = std::find(k_months.begin(), k_months.end(), text.substr(8, 3));
    if (month == k_months.end()) return std::nullopt;
    const auto number = month - k_months.begin() + 1;
    const std::string iso = std::string(text.substr(12, 4)) + (number < 10 ? "-0" : "-") +
                            std::to_string(number) + "-" + std::string(text.substr(5, 2)) + "T" +
                            std::string(text.substr(17, 8)) + "Z";
    return parse_iso8601(iso);
}

}  // namespace opentraces::net
