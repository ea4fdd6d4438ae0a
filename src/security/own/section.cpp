#include "security/own/section.hpp"

#include <fmt/format.h>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::security {
namespace {

const toml::node* find_in(const toml::table& table, const std::string& key) {
    for (const auto& [name, node] : table)
        if (to_lower_ascii(name.str()) == to_lower_ascii(key)) return &node;
    return nullptr;
}

}  // namespace

void refuse_rules(const std::string& file, std::size_t line, const std::string& why) {
    throw Error(ErrorCode::ConfigInvalid,
                line > 0 ? fmt::format("{}:{}: {}", file, line, why) : fmt::format("{}: {}", file, why),
                "Put it right; nothing is scanned with a part of the rules.");
}

const toml::node* Section::find(const std::string& key) {
    m_asked.insert(to_lower_ascii(key));
    return find_in(m_table, key);
}

std::size_t Section::line(const std::string& key) const {
    const toml::node* node = find_in(m_table, key);
    return node == nullptr ? m_table.source().begin.line : node->source().begin.line;
}

void Section::refuse(const std::string& key, const std::string& why) const {
    refuse_rules(m_file, line(key), (m_name.empty() ? "" : m_name + ": ") + key + " " + why);
}

std::string Section::text(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return {};
    const auto* text = node->as_string();
    if (text == nullptr) refuse(key, "is no text");
    return text->get();
}

std::vector<std::string> Section::texts(const std::string& key) {
    std::vector<std::string> texts;
    const toml::node* node = find(key);
    if (node == nullptr) return texts;
    if (const auto* one = node->as_string()) return {one->get()};
    const auto* list = node->as_array();
    if (list == nullptr) refuse(key, "is no list of texts");
    for (const toml::node& item : *list) {
        const auto* text = item.as_string();
        if (text == nullptr) refuse(key, "is no list of texts");
        texts.push_back(text->get());
    }
    return texts;
}

double Section::number(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return 0;
    const auto number = node->value<double>();
    if (!number) refuse(key, "is no number");
    return *number;
}

std::optional<std::uint64_t> Section::count(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto* number = node->as_integer();
    if (number == nullptr || number->get() < 0) refuse(key, "is no whole number from 0 on");
    return static_cast<std::uint64_t>(number->get());
}

bool Section::flag(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return false;
    const auto* flag = node->as_boolean();
    if (flag == nullptr) refuse(key, "is neither true nor false");
    return flag->get();
}

std::vector<const toml::table*> Section::tables(const std::string& key) {
    std::vector<const toml::table*> tables;
    const toml::node* node = find(key);
    if (node == nullptr) return tables;
    if (const auto* one = node->as_table()) return {one};
    const auto* list = node->as_array();
    if (list == nullptr) refuse(key, "is no table");
    for (const toml::node& item : *list) {
        if (!item.is_table()) refuse(key, "is no list of tables");
        tables.push_back(item.as_table());
    }
    return tables;
}

void Section::skip(const std::string& key) {
    m_asked.insert(to_lower_ascii(key));
}

void Section::done() {
    for (const auto& [name, node] : m_table)
        if (m_asked.count(to_lower_ascii(name.str())) == 0) ++m_unknown[printable_line(name.str())];
}

}  // namespace opentraces::security
