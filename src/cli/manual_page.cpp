#include "cli/manual_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "opentraces/core/environment_variables.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/core/version.hpp"

namespace opentraces::cli {
namespace {

// Text that roff takes as it is: no escapes, hyphens that can be copied, no line that looks like a request.
std::string roff(std::string_view text) {
    std::string safe;
    bool line_begins = true;
    for (const char c : text) {
        if (line_begins && (c == '.' || c == '\'')) safe += "\\&";
        if (c == '\\') {
            safe += "\\e";
        } else if (c == '-') {
            safe += "\\-";
        } else {
            safe += c;
        }
        line_begins = c == '\n';
    }
    return safe;
}

std::string bold(std::string_view text) {
    return "\\fB" + roff(text) + "\\fR";
}

std::string italic(std::string_view text) {
    return "\\fI" + roff(text) + "\\fR";
}

// No date: the same program makes the same page.
std::string head(const std::string& name, std::string_view summary) {
    std::string title = name;
    std::transform(title.begin(), title.end(), title.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return fmt::format(
        ".TH {} 1 \"\" \"opentraces {}\" \"opentraces manual\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n",
        roff(title), roff(program_version()), roff(name), roff(summary));
}

std::string value_of(const OptionDescription& option) {
    if (option.value.empty()) return "";
    return option.value_optional ? " [" + italic(option.value) + "]" : " " + italic(option.value);
}

std::string row(const OptionDescription& option) {
    std::string names;
    for (const std::string& spelling : option.spellings())
        names += (names.empty() ? "" : ", ") + (option.is_positional() ? italic(spelling) : bold(spelling));
    if (!option.is_positional()) names += value_of(option);
    std::string choices;
    for (const std::string& choice : option.choices)
        choices += (choices.empty() ? ".br\nOne of: " : ", ") + bold(choice);
    return fmt::format(".TP\n{}\n{}\n{}", names, roff(option.about), choices.empty() ? "" : choices + "\n");
}

std::string rows(const Declaration& declaration, bool positional) {
    std::string text;
    for (const OptionDescription& option : declaration.options)
        if (option.is_positional() == positional) text += row(option);
    return text;
}

std::string synopsis(const CommandDescription& described) {
    std::string line =
        bold("opentraces " + std::string(described.command.name)) + " [" + italic("options") + "]";
    for (const OptionDescription& option : described.declaration.options) {
        if (!option.is_positional()) continue;
        const std::string name = italic(option.names) + (option.repeatable ? "..." : "");
        line += option.required ? " " + name : " [" + name + "]";
    }
    return line + "\n";
}

std::string preformatted(const std::string& text) {
    return ".nf\n" + roff(text) + "\n.fi\n";
}

std::string commands_of(const Program& program, std::string_view section) {
    std::string text = fmt::format(".SS {}\n", roff(section));
    for (const CommandDescription& described : program.commands())
        if (described.command.section == section && !described.command.hidden)
            text += fmt::format(".TP\n.BR {} (1)\n{}\n", roff(manual_name(described.command.name)),
                                roff(described.command.summary));
    return text;
}

// As in the help: sections in the order of their first command.
std::string commands_by_section(const Program& program) {
    std::vector<std::string_view> sections;
    for (const CommandDescription& described : program.commands())
        if (std::find(sections.begin(), sections.end(), described.command.section) == sections.end())
            sections.push_back(described.command.section);
    std::string text;
    for (const std::string_view section : sections)
        text += commands_of(program, section);
    return text;
}

std::string environment() {
    std::string text = ".SH ENVIRONMENT\n";
    for (const EnvironmentVariable& variable : environment_variables()) {
        std::string about(variable.about);
        std::erase(about, '`');
        text += fmt::format(".TP\n{}\n{}\n", bold(variable.name), roff(about));
    }
    return text;
}

std::string every_command_takes(const Program& program) {
    return row({.names = "-h,--help", .about = "Show the help"}) + rows(program.global_options(), false);
}

std::string examples(const std::vector<Example>& rows) {
    std::string text = rows.empty() ? "" : ".SH EXAMPLES\n";
    for (const Example& example : rows)
        text += ".TP\n" + bold(example.line) + "\n" + roff(example.about) + "\n";
    return text;
}

}  // namespace

std::string manual_name(std::string_view command) {
    std::string name = "opentraces";
    if (!command.empty()) name.append("-").append(command);
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
}

std::string manual_page(const Program& program) {
    return head("opentraces", "turns sessions of coding agents into datasets") + bold("opentraces") + " [" +
           italic("options") + "] " + italic("command") + " [" + italic("arguments") + "]\n" +
           ".SH DESCRIPTION\n" + roff(program_about()) + "\n" + ".SH COMMANDS\n" +
           commands_by_section(program) + ".SH OPTIONS\n" + every_command_takes(program) +
           row({.names = "-V,--version", .about = "Show the version and what it is built with"}) +
           examples(program.global_options().examples) + environment() + ".SH \"EXIT STATUS\"\n" +
           preformatted(program.global_options().footer);
}

std::string manual_page(const Program& program, const CommandDescription& described) {
    const Declaration& declaration = described.declaration;
    const std::string arguments = rows(declaration, true);
    return head(manual_name(described.command.name), described.command.summary) + synopsis(described) +
           (arguments.empty() ? "" : ".SH ARGUMENTS\n" + arguments) + ".SH OPTIONS\n" +
           rows(declaration, false) + every_command_takes(program) + examples(declaration.examples) +
           (declaration.footer.empty() ? "" : ".SH NOTES\n" + preformatted(declaration.footer)) +
           ".SH \"SEE ALSO\"\n.BR opentraces (1)\n";
}

}  // namespace opentraces::cli
