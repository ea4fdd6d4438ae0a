// The options of one command, declared without the header of the library that parses them.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace opentraces::cli {

// What the value of an option may be, where it has no list: a shell asks `opentraces complete` for these.
enum class Candidates { Files, Ids, Agents, Remotes, Settings, Commands, Formats, Parsers };
// "ids", "agents", …
std::string_view name_of(Candidates kind);

// What help, manual pages and completions tell of an option.
struct OptionDescription {
    std::string names;  // "-o,--output"; without dashes, "FILE", the option is given by its place
    std::string about;
    std::string value{};                 // what stands for the value: "FILE"; empty for a flag
    std::vector<std::string> choices{};  // the only values, if there is a list of them
    Candidates candidates = Candidates::Files;
    std::string standard{};  // the value when it is not given, if that is told
    bool required = false;
    bool repeatable = false;
    bool value_optional = false;

    bool is_positional() const { return !names.starts_with('-'); }
    // "-o", "--output"
    std::vector<std::string> spellings() const;
};

// A line as one types it into a shell, in a project with traces; the tests run it.
struct Example {
    std::string line;
    std::string about;
};

// What a command has said about its command line.
struct Declaration {
    std::deque<OptionDescription> options;
    std::string footer;
    std::vector<Example> examples;
    std::vector<std::function<void()>> checks;
};

// An option that was declared; what is said here is checked when the command line is parsed.
class Option {
public:
    Option(CLI::Option& option, OptionDescription& description)
        : m_option(option), m_description(description) {}

    // What stands for the value in the help: "FILE".
    Option& type_name(const std::string& name);
    Option& required();
    Option& one_of(std::vector<std::string> values);
    Option& completes(Candidates kind);
    Option& not_negative();
    Option& positive();
    // The value may be left out; then it is this one.
    Option& implied_value(const std::string& value);
    // The help shows the value that the variable has now.
    Option& show_default();

private:
    CLI::Option& m_option;
    OptionDescription& m_description;
};

// Variables must live until the command has run. `names` is "-o,--output"; without dashes, "FILE", the option
// is given by its place.
class OptionSet {
public:
    OptionSet(CLI::App& app, Declaration& declaration) : m_app(app), m_declaration(declaration) {}

    // `older_names` are understood, and told of nowhere.
    Option add_option(const std::string& names, std::string& value, const std::string& about,
                      const std::string& older_names = {});
    // One value each time it is given; several only by their place.
    Option add_option(const std::string& names, std::vector<std::string>& values, const std::string& about);
    Option add_option(const std::string& names, std::int64_t& value, const std::string& about);
    void add_flag(const std::string& names, bool& value, const std::string& about);
    // Makes the value false.
    void add_negative_flag(const std::string& names, bool& value, const std::string& about);
    // What no option can check alone; throws Error BadOption. Called once the command line is parsed, before
    // anything is opened: it has the variables and nothing else.
    void check(std::function<void()> action);
    // The last paragraph of the help.
    void footer(const std::string& text);
    void example(const std::string& line, const std::string& about);
    // Once the command line is parsed.
    bool is_given(const std::string& name) const;

private:
    OptionDescription& describe(const std::string& names, const std::string& value, const std::string& about);

    CLI::App& m_app;
    Declaration& m_declaration;
};

}  // namespace opentraces::cli
