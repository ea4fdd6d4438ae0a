#include "opentraces/net/limits.hpp"

#include <array>
#include <charconv>
#include <string>

#include "opentraces/core/error.hpp"

namespace opentraces::net {
namespace {

// Keeps sums and durations of them far from any overflow.
constexpr std::uint64_t k_largest = std::uint64_t{1} << 40;

constexpr std::array k_rows{
    LimitRow{"OPENTRACES_REQUEST_TIMEOUT", &Limits::request_seconds, "s",
             "from the end of a request to the end of its answer, or to the first byte of a download"},
    LimitRow{"OPENTRACES_STALL_TIMEOUT", &Limits::stall_seconds, "s", "below the minimum speed"},
    LimitRow{"OPENTRACES_MIN_SPEED", &Limits::min_speed, "bytes/s", "minimum speed of a transfer"},
    LimitRow{"OPENTRACES_MAX_ANSWER", &Limits::answer_bytes, "bytes",
             "an answer that is not a download, unpacked"},
    LimitRow{"OPENTRACES_MAX_PAGES", &Limits::pages, "pages", "of one listing"},
    LimitRow{"OPENTRACES_MAX_LISTED", &Limits::listed, "entries", "of one listing"},
    LimitRow{"OPENTRACES_MAX_CARD", &Limits::card_bytes, "bytes", "README.md of a dataset"},
    LimitRow{"OPENTRACES_MAX_SMALL_FILE", &Limits::small_file_bytes, "bytes",
             "a file of the index, quality.json, .gitattributes"},
    LimitRow{"OPENTRACES_MAX_SMALL_FILES", &Limits::small_files_bytes, "bytes",
             "all of these together in one command"},
    LimitRow{"OPENTRACES_MAX_REDIRECTS", &Limits::redirects, "redirects", "of one request"},
    LimitRow{"OPENTRACES_MAX_ATTEMPTS", &Limits::attempts, "attempts", "of one request"},
    LimitRow{"OPENTRACES_MAX_WAIT", &Limits::wait_seconds, "s", "one wait that a server asks for"},
    LimitRow{"OPENTRACES_RETRY_BUDGET", &Limits::retry_seconds, "s", "all waits of one command"},
};

}  // namespace

std::span<const LimitRow> limit_table() {
    return k_rows;
}

Limits limits_from(const Environment& environment) {
    Limits limits;
    for (const LimitRow& row : k_rows) {
        const auto text = environment.get(row.variable);
        if (!text) continue;
        std::uint64_t value = 0;
        const char* const end = text->data() + text->size();
        const auto [stop, problem] = std::from_chars(text->data(), end, value);
        if (problem != std::errc{} || stop != end || value == 0 || value > k_largest)
            throw Error(ErrorCode::BadOption, std::string(row.variable) + " is not a whole number from 1 up",
                        "Unset it, or set it to a number of " + std::string(row.unit) + ".");
        limits.*row.field = value;
    }
    return limits;
}

}  // namespace opentraces::net
