// JSON settings files that people may edit: read strictly, unknown keys kept, never overwritten when
// malformed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "opentraces/fs/disk.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::store {

class SettingsFile {
public:
    // Error SettingsUnreadable (file, line, reason) unless the file is missing or one JSON object.
    SettingsFile(std::string path, fs::Disk& disk);

    bool exists() const { return m_exists; }
    bool has(std::string_view key) const { return m_values.find(key) != nullptr; }
    json::Object& values() { return m_values; }

    // The fallback for a missing key and null; Error ConfigInvalid (file, key) for another kind of value.
    std::string text(const json::Object& from, std::string_view key, std::string fallback = {}) const;
    // "card.license": one dot leads into an object. nullptr if it is missing; Error ConfigInvalid if that is
    // none.
    const json::Value* at(std::string_view path) const;
    void put(std::string_view path, json::Value value);
    void erase(std::string_view path);
    // "config.json line 3: agents must be a list of texts"; `says` is what comes behind the key.
    [[noreturn]] void throw_invalid(std::string_view path, const std::string& says,
                                    const std::string& hint = {}) const;

    // Durably, for the owner only; nothing is written when nothing has changed.
    void save() const;

private:
    std::size_t line_of(std::string_view path) const;

    std::string m_path;
    fs::Disk& m_disk;
    bool m_exists = false;
    std::string m_text;  // of the file as it was read
    json::Object m_values;
};

}  // namespace opentraces::store
