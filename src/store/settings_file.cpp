#include "store/settings_file.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/edit.hpp"

namespace opentraces::store {

namespace {

constexpr std::size_t k_max_size = std::size_t{16} << 20;

}  // namespace

SettingsFile::SettingsFile(std::string path, fs::Disk& disk) : m_path(std::move(path)), m_disk(disk) {
    m_exists = m_disk.info(m_path).has_value();
    if (!m_exists) return;
    m_text = m_disk.read_all(m_path, k_max_size);
    try {
        json::Value parsed = json::read_document(m_text);
        if (json::Object* const object = parsed.if_object()) {
            m_values = std::move(*object);
            return;
        }
    } catch (const json::SyntaxError& error) {
        throw Error(
            ErrorCode::SettingsUnreadable,
            m_path + " line " + std::to_string(json::line_of(m_text, error.offset())) + ": " + error.what());
    }
    throw Error(ErrorCode::SettingsUnreadable, m_path + " line 1: not a JSON object");
}

void SettingsFile::throw_invalid(std::string_view path, const std::string& says,
                                 const std::string& hint) const {
    throw Error(ErrorCode::ConfigInvalid,
                m_path + " line " + std::to_string(line_of(path)) + ": " + std::string(path) + " " + says,
                hint.empty() ? "Correct the value in the file, or run: opentraces config edit" : hint);
}

std::size_t SettingsFile::line_of(std::string_view path) const {
    const json::Span root = json::locate(m_text);
    const json::Span* at = &root;
    for (std::size_t begin = 0; at != nullptr && begin <= path.size();) {
        const std::size_t dot = std::min(path.find('.', begin), path.size());
        at = at->member(path.substr(begin, dot - begin));
        begin = dot + 1;
    }
    return json::line_of(m_text, at == nullptr ? 0 : at->begin);
}

std::string SettingsFile::text(const json::Object& from, std::string_view key, std::string fallback) const {
    const json::Value* const value = from.find(key);
    if (value == nullptr || value->is_null()) return fallback;
    if (value->if_string() == nullptr) throw_invalid(key, "must be a text");
    return *value->if_string();
}

const json::Value* SettingsFile::at(std::string_view path) const {
    const std::size_t dot = path.find('.');
    const json::Value* const value = m_values.find(path.substr(0, dot));
    if (dot == std::string_view::npos || value == nullptr || value->is_null()) return value;
    if (value->if_object() == nullptr) throw_invalid(path.substr(0, dot), "must be an object");
    return value->if_object()->find(path.substr(dot + 1));
}

void SettingsFile::put(std::string_view path, json::Value value) {
    const std::size_t dot = path.find('.');
    std::string key(path.substr(0, dot));
    if (dot == std::string_view::npos) return m_values.set(std::move(key), std::move(value));
    json::Value* const found = m_values.find(key);
    json::Object object =
        found != nullptr && found->if_object() != nullptr ? *found->if_object() : json::Object();
    object.set(std::string(path.substr(dot + 1)), std::move(value));
    m_values.set(std::move(key), std::move(object));
}

void SettingsFile::erase(std::string_view path) {
    const std::size_t dot = path.find('.');
    if (dot == std::string_view::npos) {
        m_values.erase(path);
        return;
    }
    json::Value* const found = m_values.find(path.substr(0, dot));
    if (found == nullptr || found->if_object() == nullptr) return;
    found->if_object()->erase(path.substr(dot + 1));
    if (found->if_object()->empty()) m_values.erase(path.substr(0, dot));
}

void SettingsFile::save() const {
    std::string text = json::write_pretty(json::Value(m_values));
    if (!text.ends_with('\n')) text.push_back('\n');
    if (text == m_text) return;
    if (!is_valid_utf8(text)) {
        throw Error(ErrorCode::BadOption, m_path + ": settings are UTF-8, and one of these is not",
                    "Nothing was changed. A folder can be given through a link whose name is UTF-8.");
    }
    m_disk.replace(m_path, text, 0600);
}

}  // namespace opentraces::store
