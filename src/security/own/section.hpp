// Tables of a file of rules, read key by key: names in any case as the tools that made the format read them,
// and what nobody asks for is counted.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/toml_checks.hpp"

#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace opentraces::security {

// Why a file of rules is none. Error ConfigInvalid with "file:line: ".
[[noreturn]] void refuse_rules(const std::string& file, std::size_t line, const std::string& why);

class Section {
public:
    // key -> how often; counted for all sections of a file together
    using Unknown = std::map<std::string, std::size_t>;

    Section(const std::string& file, const toml::table& table, Unknown& unknown)
        : m_file(file), m_table(table), m_unknown(unknown) {}

    // For messages: "rule aws-key".
    void name(std::string name) { m_name = std::move(name); }
    [[noreturn]] void refuse(const std::string& key, const std::string& why) const;
    std::size_t line(const std::string& key) const;

    // What is not there is empty, 0, false. Errors ConfigInvalid for values of another kind.
    std::string text(const std::string& key);
    std::vector<std::string> texts(const std::string& key);
    double number(const std::string& key);
    std::optional<std::uint64_t> count(const std::string& key);
    bool flag(const std::string& key);
    // A table, or the tables of a list.
    std::vector<const toml::table*> tables(const std::string& key);
    void skip(const std::string& key);
    // The rest is not known.
    void done();

private:
    const toml::node* find(const std::string& key);
    const std::string& m_file;
    const toml::table& m_table;
    Unknown& m_unknown;
    std::string m_name;
    std::set<std::string> m_asked;
};

}  // namespace opentraces::security
