// The options of one command, declared without the header of the library that parses them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace opentraces::cli {

// An option that was declared; what is said here is checked when the command line is parsed.
class Option {
public:
    explicit Option(CLI::Option& option) : m_option(option) {}

    // What stands for the value in the help: "FILE".
    Option& type_name(const std::string& name);
    Option& required();
    Option& one_of(std::vector<std::string> values);
    Option& not_negative();
    Option& positive();
    // The value may be left out; then it is this one.
    Option& implied_value(const std::string& value);
    // The help shows the value that the variable has now.
    Option& show_default();

private:
    CLI::Option& m_option;
};

// Variables must live until the command has run. `names` is "-o,--output"; without dashes, "FILE", the option
// is given by its place.
class OptionSet {
public:
    explicit OptionSet(CLI::App& app) : m_app(app) {}

    Option add_option(const std::string& names, std::string& value, const std::string& about);
    Option add_option(const std::string& names, std::vector<std::string>& values, const std::string& about);
    Option add_option(const std::string& names, std::int64_t& value, const std::string& about);
    void add_flag(const std::string& names, bool& value, const std::string& about);
    // Makes the value false.
    void add_negative_flag(const std::string& names, bool& value, const std::string& about);
    // The last paragraph of the help.
    void footer(const std::string& text);
    // Once the command line is parsed.
    bool is_given(const std::string& name) const;

private:
    CLI::App& m_app;
};

}  // namespace opentraces::cli
