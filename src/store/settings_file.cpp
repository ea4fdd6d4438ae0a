#include "store/settings_file.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::store {

namespace {

constexpr std::size_t k_max_size = std::size_t{16} << 20;

}  // namespace

std::size_t line_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

SettingsFile::SettingsFile(std::string path, fs::Disk& disk) : m_path(std::move(path)), m_disk(disk) {
    m_exists = m_disk.info(m_path).has_value();
    if (!m_exists) return;
    m_text = m_disk.read_all(m_path, k_max_size);
    try {
        json::Value parsed = json::parse(m_text);
        if (json::Object* const object = parsed.if_object()) {
            m_values = std::move(*object);
            return;
        }
    } catch (const json::SyntaxError& error) {
        throw Error(
            ErrorCode::SettingsUnreadable,
            m_path + " line " + std::to_string(line_of(m_text, error.offset())) + ": " + error.what());
    }
    throw Error(ErrorCode::SettingsUnreadable, m_path + " line 1: not a JSON object");
}

void SettingsFile::throw_invalid(std::string_view key, const std::string& wanted) const {
    throw Error(ErrorCode::ConfigInvalid, m_path + ": " + std::string(key) + " must be " + wanted,
                "Correct the value in the file.");
}

std::string SettingsFile::text(const json::Object& from, std::string_view key, std::string fallback) const {
    const json::Value* const value = from.find(key);
    if (value == nullptr || value->is_null()) return fallback;
    if (value->if_string() == nullptr) throw_invalid(key, "a text");
    return *value->if_string();
}

bool SettingsFile::flag(const json::Object& from, std::string_view key, bool fallback) const {
    const json::Value* const value = from.find(key);
    if (value == nullptr || value->is_null()) return fallback;
    if (value->if_bool() == nullptr) throw_invalid(key, "true or false");
    return *value->if_bool();
}

std::vector<std::string> SettingsFile::texts(const json::Object& from, std::string_view key,
                                             std::vector<std::string> fallback) const {
    const json::Value* const value = from.find(key);
    if (value == nullptr || value->is_null()) return fallback;
    if (value->if_array() == nullptr) throw_invalid(key, "a list of texts");
    std::vector<std::string> texts;
    for (const json::Value& item : *value->if_array()) {
        if (item.if_string() == nullptr) throw_invalid(key, "a list of texts");
        texts.push_back(*item.if_string());
    }
    return texts;
}

json::Object SettingsFile::object(std::string_view key) const {
    const json::Value* const value = m_values.find(key);
    if (value == nullptr || value->is_null()) return {};
    if (value->if_object() == nullptr) throw_invalid(key, "an object");
    return *value->if_object();
}

void SettingsFile::save() const {
    std::string text = json::to_pretty(json::Value(m_values));
    if (!text.ends_with('\n')) text.push_back('\n');
    if (text == m_text) return;
    if (!is_valid_utf8(text)) {
        throw Error(ErrorCode::BadOption, m_path + ": settings are UTF-8, and one of these is not",
                    "Nothing was changed. A folder can be given through a link whose name is UTF-8.");
    }
    m_disk.replace(m_path, text, 0600);
}

json::Value to_array(const std::vector<std::string>& texts) {
    return json::Array(texts.begin(), texts.end());
}

}  // namespace opentraces::store
