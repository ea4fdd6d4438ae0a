// What a server can make this program take, wait and repeat at most. One table; every number has an
// environment variable, and docs/hub-protocol.md lists them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "opentraces/core/environment.hpp"

namespace opentraces::net {

struct Limits {
    std::uint64_t request_seconds = 300;  // from the request's last byte to the answer's last; of a
                                          // streamed answer, to its first
    std::uint64_t stall_seconds = 90;     // below the minimum speed
    std::uint64_t min_speed = 100;        // bytes per second
    std::uint64_t answer_bytes = std::uint64_t{16} << 20;
    std::uint64_t pages = 1000;
    std::uint64_t listed = 200'000;
    std::uint64_t card_bytes = std::uint64_t{4} << 20;
    std::uint64_t small_file_bytes = std::uint64_t{64} << 20;
    std::uint64_t small_files_bytes = std::uint64_t{1} << 30;
    std::uint64_t redirects = 5;
    std::uint64_t attempts = 6;
    std::uint64_t wait_seconds = 600;
    std::uint64_t retry_seconds = 1800;
};

struct LimitRow {
    std::string_view variable;  // "OPENTRACES_MAX_PAGES"
    std::uint64_t Limits::*field;
    std::string_view unit;
    std::string_view about;
};
std::span<const LimitRow> limit_table();

// Error BadOption for a variable that is no whole number from 1 up.
Limits limits_from(const Environment& environment);

}  // namespace opentraces::net
