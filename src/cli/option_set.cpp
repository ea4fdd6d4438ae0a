#include "cli/option_set.hpp"

#include <CLI/CLI.hpp>
#include <utility>

namespace opentraces::cli {

Option& Option::type_name(const std::string& name) {
    m_option.type_name(name);
    return *this;
}

Option& Option::required() {
    m_option.required();
    return *this;
}

Option& Option::one_of(std::vector<std::string> values) {
    m_option.check(CLI::IsMember(std::move(values)));
    return *this;
}

Option& Option::not_negative() {
    m_option.check(CLI::NonNegativeNumber);
    return *this;
}

Option& Option::positive() {
    m_option.check(CLI::PositiveNumber);
    return *this;
}

Option& Option::implied_value(const std::string& value) {
    m_option.expected(0, 1)->default_str(value);
    return *this;
}

Option& Option::show_default() {
    m_option.capture_default_str();
    return *this;
}

Option OptionSet::add_option(const std::string& names, std::string& value, const std::string& about) {
    return Option(*m_app.add_option(names, value, about));
}

Option OptionSet::add_option(const std::string& names, std::vector<std::string>& values,
                             const std::string& about) {
    return Option(*m_app.add_option(names, values, about));
}

Option OptionSet::add_option(const std::string& names, std::int64_t& value, const std::string& about) {
    return Option(*m_app.add_option(names, value, about));
}

void OptionSet::add_flag(const std::string& names, bool& value, const std::string& about) {
    m_app.add_flag(names, value, about);
}

void OptionSet::add_negative_flag(const std::string& names, bool& value, const std::string& about) {
    m_app.add_flag_callback(
        names, [&value] { value = false; }, about);
}

void OptionSet::footer(const std::string& text) {
    m_app.footer(text);
}

bool OptionSet::is_given(const std::string& name) const {
    return m_app.count(name) > 0;
}

}  // namespace opentraces::cli
