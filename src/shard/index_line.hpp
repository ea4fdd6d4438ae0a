// Index entries as JSON objects, and the digest that seals each line of the index.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/json/value.hpp"
#include "opentraces/shard/index.hpp"

namespace opentraces::shard {

json::Object entry_to_object(const IndexEntry& entry);
// Members that are not the entry's own are ignored. Error CorruptDataset; messages start with `where`.
IndexEntry entry_from_object(const json::Object& object, const std::string& where);

struct SealedLine {
    std::string text;   // without LF
    std::string check;  // 64 hex digits
};
// The object with "check" added as its last member: the SHA-256 of the object's text without it.
SealedLine seal(const json::Object& object);
struct OpenedLine {
    json::Object object;
    std::string check;
};
// Error CorruptDataset if the line is not an object that seals itself.
OpenedLine open_seal(std::string_view line, const std::string& where);

}  // namespace opentraces::shard
