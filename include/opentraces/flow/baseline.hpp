// Findings that are known: a file that people keep beside what they scan.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "opentraces/core/clock.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::flow {

// {"version":1,"key":"…","findings":[{"path","rule","fingerprint","expires","reason"}]}, sorted by path and
// fingerprint. A fingerprint is the beginning of HMAC-SHA-256 over what was found, under the key behind
// pseudonyms: without that key nobody can try what a finding is. "key" is the fingerprint of the key.
class Baseline {
public:
    struct Entry {
        std::string rule;     // for people: that of the last update
        std::string expires;  // "2026-12-31", the last day on which it counts; empty: for good
        std::string reason;   // of whoever edits the file; may be empty
        bool seen = false;    // by ask() or add()
    };
    // The path seen from the folder of the file, where it is below it, and the fingerprint.
    using Entries = std::map<std::pair<std::string, std::string>, Entry>;

    // An empty one, to be kept at `path`, which is absolute.
    Baseline(std::string path, std::string key);
    // Errors NotFound, SettingsUnreadable (with what is wrong), ConfigInvalid (made under another key).
    static Baseline load(const std::string& path, const std::string& key, fs::Disk& disk);

    enum class Answer { New, Known, Expired };
    // `place` is absolute, or a word such as "-".
    Answer ask(const std::string& place, std::string_view found, TimePoint now);

    // One that is there keeps its reason, and its last day unless that has gone by or `expires` is another.
    // True if it is new, or counts again.
    bool add(const std::string& place, std::string_view found, const std::string& rule,
             const std::string& expires, TimePoint now);
    // Takes out what was not seen at that place; how many.
    std::size_t forget_unseen(const std::string& place);
    void save(fs::Disk& disk) const;

    const Entries& entries() const { return m_entries; }

private:
    std::string seen_from_here(const std::string& place) const;
    std::string fingerprint_of(std::string_view found) const;

    std::string m_path;
    std::string m_key;
    Entries m_entries;
};

// "2026-12-31", and a day that there is.
bool is_date(std::string_view text);

}  // namespace opentraces::flow
