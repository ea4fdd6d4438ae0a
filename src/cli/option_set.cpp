#include "cli/option_set.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <utility>

#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

std::string whole_number(const std::string& given) {
    std::int64_t number = 0;
    const auto [stop, problem] = std::from_chars(given.data(), given.data() + given.size(), number);
    const bool whole = problem == std::errc{} && stop == given.data() + given.size();
    return whole ? "" : fmt::format("'{}' is no whole number", printable_line(given));
}

std::string whole_number_at_least(std::int64_t least, const std::string& given) {
    std::string problem = whole_number(given);
    if (!problem.empty() || std::stoll(given) >= least) return problem;
    return fmt::format("{} is less than {}", given, least);
}

}  // namespace

std::string_view name_of(Candidates kind) {
    switch (kind) {
        case Candidates::Files:
            return "files";
        case Candidates::Ids:
            return "ids";
        case Candidates::Agents:
            return "agents";
        case Candidates::Remotes:
            return "remotes";
        case Candidates::Settings:
            return "settings";
        case Candidates::Commands:
            return "commands";
        case Candidates::Formats:
            return "formats";
        case Candidates::Parsers:
            return "parsers";
    }
    return "files";
}

std::vector<std::string> OptionDescription::spellings() const {
    std::vector<std::string> found;
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
        end = names.find(',', begin);
        found.push_back(names.substr(begin, end - begin));
    }
    return found;
}

Option& Option::type_name(const std::string& name) {
    m_option.type_name(name);
    m_description.value = name;
    return *this;
}

Option& Option::required() {
    m_option.required();
    m_description.required = true;
    return *this;
}

Option& Option::one_of(std::vector<std::string> values) {
    m_description.choices = values;
    m_option.check([values = std::move(values)](const std::string& given) -> std::string {
        if (std::find(values.begin(), values.end(), given) != values.end()) return {};
        std::string known;
        for (const std::string& value : values)
            known += (known.empty() ? "" : ", ") + value;
        const std::string meant = did_you_mean(given, values);
        return fmt::format("'{}' is none of {}{}", printable_line(given), known,
                           meant.empty() ? "" : ". " + meant);
    });
    return *this;
}

Option& Option::completes(Candidates kind) {
    m_description.candidates = kind;
    return *this;
}

Option& Option::not_negative() {
    m_option.check([](const std::string& given) { return whole_number_at_least(0, given); });
    return *this;
}

Option& Option::positive() {
    m_option.check([](const std::string& given) { return whole_number_at_least(1, given); });
    return *this;
}

Option& Option::implied_value(const std::string& value) {
    m_option.expected(0, 1)->default_str(value);
    m_description.value_optional = true;
    return *this;
}

Option& Option::show_default() {
    m_option.capture_default_str();
    m_description.standard = m_option.get_default_str();
    return *this;
}

OptionDescription& OptionSet::describe(const std::string& names, const std::string& value,
                                       const std::string& about) {
    OptionDescription& description = m_declaration.options.emplace_back();
    description.names = names;
    description.about = about;
    description.value = description.is_positional() ? names : value;
    return description;
}

Option OptionSet::add_option(const std::string& names, std::string& value, const std::string& about,
                             const std::string& older_names) {
    const std::string all = older_names.empty() ? names : names + "," + older_names;
    return {*m_app.add_option(all, value, about), describe(names, "TEXT", about)};
}

Option OptionSet::add_option(const std::string& names, std::vector<std::string>& values,
                             const std::string& about) {
    OptionDescription& description = describe(names, "TEXT", about);
    description.repeatable = true;
    CLI::Option* const option = m_app.add_option(names, values, about);
    if (!description.is_positional()) option->allow_extra_args(false);
    return {*option, description};
}

Option OptionSet::add_option(const std::string& names, std::int64_t& value, const std::string& about) {
    CLI::Option* const option = m_app.add_option(names, value, about);
    option->check([](const std::string& given) { return whole_number(given); });
    return {*option, describe(names, "N", about)};
}

void OptionSet::add_flag(const std::string& names, bool& value, const std::string& about) {
    m_app.add_flag(names, value, about);
    describe(names, "", about);
}

void OptionSet::add_negative_flag(const std::string& names, bool& value, const std::string& about) {
    m_app.add_flag_callback(
        names, [&value] { value = false; }, about);
    describe(names, "", about);
}

void OptionSet::check(std::function<void()> action) {
    m_declaration.checks.push_back(std::move(action));
}

void OptionSet::footer(const std::string& text) {
    m_app.footer(text);
    m_declaration.footer = text;
}

void OptionSet::example(const std::string& line, const std::string& about) {
    m_declaration.examples.push_back({line, about});
}

bool OptionSet::is_given(const std::string& name) const {
    return m_app.count(name) > 0;
}

}  // namespace opentraces::cli
