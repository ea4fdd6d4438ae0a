// The cases of the benchmark and how well they are met.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "security/planted.hpp"

namespace opentraces::testing {

// One text; `name` is the file's that other scanners are given.
struct Case {
    std::string name;
    std::string group;    // "as it is", "encoded", "in parts"; "harmless"
    std::string carrier;  // or the class of a harmless text
    std::string format;   // the rule; empty for harmless ones
    Carried carried;      // harmless: no spelling
};

struct Plan {
    std::uint64_t seed = 1;
    std::size_t every = 1;       // of the pairs of format and carrier
    std::size_t negatives = 50;  // of each class
};
struct Planned {
    std::vector<Case> cases;
    std::size_t formats = 0;
    std::size_t carriers = 0;
    std::vector<std::string> without;  // rules of which no value could be made
};
Planned planned(const Plan& plan);

struct Score {
    std::size_t texts = 0;
    std::size_t found = 0;    // at least one finding is on the secret; in harmless texts, anywhere
    std::size_t gone = 0;     // nothing of it is left when findings are taken out
    std::size_t bytes = 0;    // of the secrets, as they are spelled
    std::size_t covered = 0;  // of these, by findings
    std::size_t findings = 0;
    std::size_t right = 0;  // of these, that touch a secret

    void add(const Score& other);
    // Per cent; of nothing it is 100.
    double recall() const;
    double removed() const;
    double coverage() const;
    double precision() const;
};

Score measured(const Case& one);

}  // namespace opentraces::testing
