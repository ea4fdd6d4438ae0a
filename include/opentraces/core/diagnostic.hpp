// What went wrong with one thing, or was left out of it: the one form in which all rooms say so.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace opentraces {

// What is not known stays empty. Nothing in it quotes trace text or credentials.
struct Diagnostic {
    std::string source = {};  // file, session or trace id; empty: the one that is spoken of
    std::size_t line = 0;     // from 1; 0: the source as a whole
    std::string field = {};   // path in the record ("steps.3.role"), or the group of fields
    std::string rule = {};    // stable name of what does not hold: "hash_wrong"
    std::string words = {};   // why, for people
    std::uint64_t count = 1;  // how often, where equal ones are added up

    auto operator<=>(const Diagnostic&) const = default;
};

// Adds it to the sum: to the count of one that is equal otherwise, else at the end.
void add_up(std::vector<Diagnostic>& sum, Diagnostic more);

}  // namespace opentraces
