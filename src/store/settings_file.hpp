// JSON settings files that people may edit: read strictly, unknown keys kept, never overwritten when
// malformed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/fs/disk.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::store {

// 1-based line of a byte offset.
std::size_t line_of(std::string_view text, std::size_t offset);

class SettingsFile {
public:
    // Error SettingsUnreadable (file, line, reason) unless the file is missing or one JSON object.
    SettingsFile(std::string path, fs::Disk& disk);

    bool exists() const { return m_exists; }
    bool has(std::string_view key) const { return m_values.find(key) != nullptr; }
    json::Object& values() { return m_values; }

    // Fallbacks for missing keys and null; Error ConfigInvalid (file, key) for another kind of value.
    std::string text(const json::Object& from, std::string_view key, std::string fallback = {}) const;
    bool flag(const json::Object& from, std::string_view key, bool fallback) const;
    std::vector<std::string> texts(const json::Object& from, std::string_view key,
                                   std::vector<std::string> fallback = {}) const;
    json::Object object(std::string_view key) const;
    [[noreturn]] void throw_invalid(std::string_view key, const std::string& wanted) const;

    // Durably, for the owner only; nothing is written when nothing has changed.
    void save() const;

private:
    std::string m_path;
    fs::Disk& m_disk;
    bool m_exists = false;
    std::string m_text;  // of the file as it was read
    json::Object m_values;
};

json::Value to_array(const std::vector<std::string>& texts);

}  // namespace opentraces::store
