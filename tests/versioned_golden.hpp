// Expected outcomes that may only change together with a version: what stored data says of itself ("scanned
// by 1.0.0", "scored by rubric 1") must mean the same for ever. A file of tests/golden holds the version and
// one line "key outcome" for each case. New cases may join; those that are there change with the version,
// which OPENTRACES_ACCEPT=1 then takes over.
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "golden.hpp"

namespace opentraces::testing {

struct VersionedGolden {
    std::string version;
    std::map<std::string, std::string> outcomes;  // keys hold no blanks

    std::string text() const {
        std::string text = "version " + version + "\n";
        for (const auto& [key, outcome] : outcomes)
            text += key + " " + outcome + "\n";
        return text;
    }
};

inline VersionedGolden parse_versioned_golden(const std::string& text) {
    VersionedGolden golden;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        const std::size_t blank = line.find(' ');
        if (blank == std::string::npos) continue;
        if (golden.version.empty())
            golden.version = line.substr(blank + 1);
        else
            golden.outcomes[line.substr(0, blank)] = line.substr(blank + 1);
    }
    return golden;
}

// What must not change while the version stays; "" if nothing does.
inline std::string changed_under_version(const VersionedGolden& before, const VersionedGolden& now) {
    if (before.version != now.version) return {};
    std::string changed;
    for (const auto& [key, outcome] : now.outcomes) {
        const auto known = before.outcomes.find(key);
        if (known != before.outcomes.end() && known->second != outcome)
            changed += key + "\n  was " + known->second + "\n  is  " + outcome + "\n";
    }
    return changed;
}

// `constant` is what has to be raised.
inline void check_versioned_golden(const std::string& name, const VersionedGolden& now,
                                   std::string_view constant) {
    const auto path = std::filesystem::path(source_folder()) / "tests/golden" / name;
    const VersionedGolden before = parse_versioned_golden(file_text(path));
    const std::string changed = changed_under_version(before, now);
    INFO("outcomes have changed: raise " << constant << ", then accept\n" << changed);
    // Also when accepting: an outcome is never rewritten under the version that it was published with.
    REQUIRE(changed.empty());
    check_golden(name, now.text());
}

}  // namespace opentraces::testing
