#include "cli/help_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "opentraces/core/environment_variables.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::string_view k_environment = "environment";
constexpr int k_widest = 80;
constexpr int k_narrowest = 40;
constexpr std::size_t k_column = 22;  // where the second column begins

// Lines of text that are as wide as is allowed.
class Page {
public:
    explicit Page(const PageStyle& style)
        : m_width(static_cast<std::size_t>(std::clamp(style.width, k_narrowest, k_widest))),
          m_colour(style.colour) {}

    void heading(std::string_view text) {
        if (!m_text.empty()) m_text += "\n";
        m_text += styled(k_bold, text) + "\n";
    }
    // Words, broken where they do not fit; what follows the first line is indented by `indent` more.
    void paragraph(std::string_view text, std::size_t first = 0, std::size_t indent = 0) {
        std::string line(first, ' ');
        std::size_t used = first;
        bool begun = false;
        for (const std::string_view word : words_of(text)) {
            if (begun && used + 1 + word.size() > m_width) {
                m_text += line + "\n";
                line.assign(first + indent, ' ');
                used = line.size();
                begun = false;
            }
            line += (begun ? " " : "") + std::string(word);
            used += word.size() + (begun ? 1 : 0);
            begun = true;
        }
        m_text += line + "\n";
    }
    // A line as it is, or broken at its words.
    void line(std::string_view text) {
        if (text.size() <= m_width) {
            m_text += std::string(text) + "\n";
            return;
        }
        const std::size_t first = text.find_first_not_of(' ');
        paragraph(text, first, 4);
    }
    void lines(std::string_view text) {
        for (std::size_t begin = 0; begin <= text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            line(text.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    void row(std::string_view name, std::string_view about) {
        std::string first = "  " + std::string(name);
        Page rest({static_cast<int>(m_width), false});
        rest.paragraph(about, k_column);
        if (first.size() + 2 > k_column) {
            m_text += coloured_name(first, name) + "\n" + rest.m_text;
            return;
        }
        first.resize(k_column, ' ');
        m_text += coloured_name(first, name) + rest.m_text.substr(k_column);
    }
    std::string text() && { return std::move(m_text); }

private:
    static std::vector<std::string_view> words_of(std::string_view text) {
        std::vector<std::string_view> words;
        for (std::size_t begin = 0; begin < text.size();) {
            begin = text.find_first_not_of(" \n", begin);
            if (begin == text.npos) break;
            const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
            words.push_back(text.substr(begin, end - begin));
            begin = end;
        }
        return words;
    }
    std::string styled(std::string_view style, std::string_view text) const {
        return m_colour ? fmt::format("{}{}{}", style, text, k_plain) : std::string(text);
    }
    std::string coloured_name(const std::string& line, std::string_view name) const {
        return "  " + styled(k_green, name) + line.substr(2 + name.size());
    }

    std::string m_text;
    std::size_t m_width;
    bool m_colour;
};

std::string without_quotes(std::string_view text) {
    std::string plain(text);
    std::erase(plain, '`');
    return plain;
}

std::string names_of(const OptionDescription& option) {
    std::string names;
    for (const std::string& spelling : option.spellings())
        names += (names.empty() ? "" : ", ") + spelling;
    if (option.is_positional()) return names + (option.repeatable ? "..." : "");
    if (option.value.empty()) return names;
    return names + (option.value_optional ? " [" + option.value + "]" : " " + option.value);
}

std::string about_of(const OptionDescription& option) {
    std::string about = option.about;
    std::string choices;
    bool said_already = true;
    for (const std::string& choice : option.choices) {
        choices += (choices.empty() ? "" : ", ") + choice;
        said_already = said_already && about.find(choice) != about.npos;
    }
    if (!said_already) about += " (" + choices + ")";
    if (!option.standard.empty()) about += " [" + option.standard + "]";
    if (option.repeatable && !option.is_positional() && about.find("repeated") == about.npos)
        about += "; may be repeated";
    return about;
}

void add_options(Page& page, std::string_view heading, const std::deque<OptionDescription>& options,
                 bool positional) {
    bool begun = false;
    for (const OptionDescription& option : options) {
        if (option.is_positional() != positional) continue;
        if (!begun) page.heading(heading);
        begun = true;
        page.row(names_of(option), about_of(option));
    }
}

std::string usage_of(const CommandDescription& described) {
    std::string usage = fmt::format("opentraces {} [options]", described.command.name);
    for (const OptionDescription& option : described.declaration.options) {
        if (!option.is_positional()) continue;
        const std::string name = names_of(option);
        usage += option.required ? " " + name : " [" + name + "]";
    }
    return usage;
}

void add_examples(Page& page, const std::vector<Example>& examples) {
    if (examples.empty()) return;
    page.heading("Examples:");
    for (const Example& example : examples) {
        page.paragraph("# " + example.about, 2, 2);
        page.line("  " + example.line);
    }
}

void add_global_options(Page& page, const Program& program, bool of_program) {
    page.heading(of_program ? "Options:" : "Options of every command:");
    page.row("-h, --help", "Show this help");
    for (const OptionDescription& option : program.global_options().options)
        page.row(names_of(option), about_of(option));
    if (of_program) page.row("-V, --version", "Show the version and what it is built with");
}

void add_environment(Page& page) {
    page.heading("Environment:");
    page.paragraph("HF_TOKEN, HF_ENDPOINT, OPENTRACES_HOME, NO_COLOR and more;", 2);
    page.line("  all of them: opentraces help environment");
}

std::string command_page(const Program& program, const CommandDescription& described,
                         const PageStyle& style) {
    Page page(style);
    page.paragraph(described.command.summary);
    page.line("");
    page.paragraph("Usage: " + usage_of(described), 0, 7);
    const Declaration& declaration = described.declaration;
    add_options(page, "Arguments:", declaration.options, true);
    add_options(page, "Options:", declaration.options, false);
    add_global_options(page, program, false);
    add_examples(page, declaration.examples);
    if (!declaration.footer.empty()) {
        page.heading("Notes:");
        page.lines(declaration.footer);
    }
    add_environment(page);
    page.heading("More:");
    page.paragraph(fmt::format("{}, opentraces man {}", page_path(described.command), described.command.name),
                   2);
    return std::move(page).text();
}

std::string group_page(const Program& program, std::string_view group, const PageStyle& style) {
    Page page(style);
    page.paragraph(group_summary(group));
    page.line("");
    page.line(fmt::format("Usage: opentraces {} COMMAND [options]", group));
    page.heading("Commands:");
    std::vector<Example> examples;
    for (const CommandDescription& described : program.commands()) {
        if (group_of(described.command.name) != group || described.command.hidden) continue;
        page.row(described.command.name.substr(group.size() + 1), described.command.summary);
        const auto& own = described.declaration.examples;
        const bool is_new = std::none_of(examples.begin(), examples.end(), [&](const Example& example) {
            return own.empty() || example.line == own.front().line;
        });
        if (!own.empty() && is_new) examples.push_back(own.front());
    }
    add_global_options(page, program, false);
    add_examples(page, examples);
    add_environment(page);
    page.heading("More:");
    page.paragraph(fmt::format("opentraces help {} COMMAND", group), 2);
    return std::move(page).text();
}

// Commands with their groups as one word each, in the order of the list.
void add_sections(Page& page, const Program& program) {
    const auto commands = program.commands();
    std::vector<std::string_view> sections;
    for (const CommandDescription& described : commands)
        if (std::find(sections.begin(), sections.end(), described.command.section) == sections.end())
            sections.push_back(described.command.section);
    for (const std::string_view section : sections) {
        page.heading(fmt::format("{}:", section));
        std::vector<std::string_view> groups;
        for (const auto& [command, declaration] : commands) {
            if (command.section != section || command.hidden) continue;
            const std::string_view group = group_of(command.name);
            if (group.empty()) {
                page.row(command.name, command.summary);
            } else if (std::find(groups.begin(), groups.end(), group) == groups.end()) {
                groups.push_back(group);
                page.row(group, group_summary(group));
            }
        }
    }
}

std::string program_page(const Program& program, const PageStyle& style) {
    Page page(style);
    page.paragraph(program_about());
    page.line("");
    page.line("Usage: opentraces [options] COMMAND [options of the command]");
    add_sections(page, program);
    add_global_options(page, program, true);
    add_examples(page, program.global_options().examples);
    page.heading("Exit status:");
    page.lines(program.global_options().footer);
    add_environment(page);
    page.heading("More:");
    page.paragraph("README.md, docs/commands, opentraces help COMMAND, opentraces man COMMAND", 2);
    return std::move(page).text();
}

std::string environment_page(const PageStyle& style) {
    Page page(style);
    page.paragraph("What the environment says is read before settings and after flags. docs/settings.md");
    page.heading("Environment:");
    for (const EnvironmentVariable& variable : environment_variables())
        page.row(variable.name, without_quotes(variable.about));
    return std::move(page).text();
}

std::optional<CommandDescription> command_called(const Program& program, std::string_view name) {
    for (const CommandDescription& described : program.commands())
        if (described.command.name == name) return described;
    return std::nullopt;
}

bool is_group(const Program& program, std::string_view name) {
    const auto commands = program.commands();
    return !name.empty() && std::any_of(commands.begin(), commands.end(), [name](const auto& described) {
        return group_of(described.command.name) == name;
    });
}

json::Value text_or_null(const std::string& text) {
    return text.empty() ? json::Value() : json::Value(text);
}

json::Object option_object(const OptionDescription& option) {
    json::Array names;
    for (const std::string& spelling : option.spellings())
        names.emplace_back(spelling);
    json::Array choices;
    for (const std::string& choice : option.choices)
        choices.emplace_back(choice);
    json::Object object;
    object.append("names", std::move(names));
    object.append("about", option.about);
    object.append("value_name", text_or_null(option.value));
    object.append("choices", std::move(choices));
    object.append("default_value", text_or_null(option.standard));
    object.append("required", option.required);
    object.append("repeatable", option.repeatable);
    return object;
}

json::Array option_array(const std::deque<OptionDescription>& options, bool positional) {
    json::Array array;
    for (const OptionDescription& option : options)
        if (option.is_positional() == positional) array.emplace_back(option_object(option));
    return array;
}

json::Array example_array(const std::vector<Example>& examples) {
    json::Array array;
    for (const Example& example : examples) {
        json::Object object;
        object.append("command_line", example.line);
        object.append("about", example.about);
        array.emplace_back(std::move(object));
    }
    return array;
}

json::Array commands_array(const Program& program, std::string_view group) {
    json::Array array;
    for (const auto& [command, declaration] : program.commands()) {
        if (command.hidden || (!group.empty() && group_of(command.name) != group)) continue;
        json::Object object;
        object.append("name", std::string(command.name));
        object.append("section", std::string(command.section));
        object.append("summary", std::string(command.summary));
        array.emplace_back(std::move(object));
    }
    return array;
}

}  // namespace

std::string page_path(const Command& command) {
    std::string file(command.name);
    // An older name has the page of the first.
    for (const Command& first : commands()) {
        if (first.declare != command.declare || first.hidden) continue;
        file = first.name;
        break;
    }
    std::replace(file.begin(), file.end(), ' ', '-');
    return "docs/commands/" + file + ".md";
}

std::vector<std::string> help_places(const Program& program) {
    std::vector<std::string> places;
    for (const auto& [command, declaration] : program.commands()) {
        if (command.hidden) continue;
        const std::string group(group_of(command.name));
        if (!group.empty() && std::find(places.begin(), places.end(), group) == places.end())
            places.push_back(group);
        places.emplace_back(command.name);
    }
    return places;
}

std::string help_page(const Program& program, std::string_view place, const PageStyle& style) {
    if (place.empty()) return program_page(program, style);
    if (place == k_environment) return environment_page(style);
    if (const auto command = command_called(program, place)) return command_page(program, *command, style);
    if (is_group(program, place)) return group_page(program, place, style);
    throw Error(ErrorCode::BadOption, fmt::format("there is no command '{}'", printable_line(place)),
                did_you_mean(place, help_places(program), "Run: opentraces help"));
}

json::Object help_object(const Program& program, std::string_view place) {
    json::Object help;
    help.append("name", place.empty() ? "opentraces" : "opentraces " + std::string(place));
    const auto command = command_called(program, place);
    const Declaration none;
    const Declaration& declaration = command         ? command->declaration
                                     : place.empty() ? program.global_options()
                                                     : none;
    help.append("summary", command         ? std::string(command->command.summary)
                           : place.empty() ? std::string(program_about())
                                           : group_summary(place));
    help.append("usage", command ? json::Value(usage_of(*command)) : json::Value());
    help.append("commands", command ? json::Array() : commands_array(program, place));
    help.append("arguments", option_array(declaration.options, true));
    help.append("options", option_array(declaration.options, false));
    help.append("examples", example_array(declaration.examples));
    help.append("path", command ? json::Value(page_path(command->command)) : json::Value());
    json::Object object;
    object.append("help", std::move(help));
    return object;
}

}  // namespace opentraces::cli
