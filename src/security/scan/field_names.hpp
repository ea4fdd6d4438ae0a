// What a text of JSON is scanned as: by the name it is assigned to (its key, or the value of a "name" member
// beside it) and by its place in the schema. Used for records and for serialised lines, so that both see the
// same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "opentraces/security/scrub.hpp"
#include "opentraces/trace/walk.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {

class FieldNames {
public:
    // `parent` tells objects apart; `key` is the member's key without array positions.
    // The answer is valid until the next call.
    std::string_view name_for(std::uint64_t parent, std::string_view key, std::string_view text);

private:
    std::uint64_t m_parent = 0;
    std::string m_name;
};

// The part of a key, or of a field path, that names the value: behind the last '.', without "[3]".
std::string_view last_name(std::string_view path);

// How a value and a key of a record are scanned, by what the schema says of their place: names and
// identifiers of the schema for critical rules only. The same when a record is redacted, when the result is
// verified and when its line is scanned for the last time. `name` is left to the caller.
ScanContext value_context(trace::TextKind kind, bool is_open, std::string_view key,
                          const ScrubOptions& options);
ScanContext key_context(trace::TextKind kind, const ScrubOptions& options);

}  // namespace opentraces::security
