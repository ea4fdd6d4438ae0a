// Which name a JSON string is assigned to: its key, or the value of a "name" member beside it. Used for
// records and for serialised lines, so that both see the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "security/scanner.hpp"

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

// Values of these keys are names and identifiers of the record schema: only critical rules apply to them.
bool is_schema_name(std::string_view key);
// Ids that tie the parts of a dataset together and must stay what they are.
bool is_fixed_id(std::string_view key);

}  // namespace opentraces::security
