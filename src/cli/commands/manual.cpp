#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/help_page.hpp"
#include "cli/manual_page.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::vector<std::string> command;
    std::string folder;
};

std::string name_of(const Options& options) {
    std::string name;
    for (const std::string& word : options.command)
        name += (name.empty() ? "" : " ") + word;
    return name;
}

std::string page_of(const Program& program, const std::string& name) {
    if (name.empty()) return manual_page(program);
    for (const CommandDescription& described : program.commands())
        if (described.command.name == name) return manual_page(program, described);
    throw Error(ErrorCode::BadOption, fmt::format("no command is called '{}'", printable_line(name)),
                did_you_mean(name, help_places(program), "Run: opentraces help"));
}

// A command under another name has the page of the first.
std::string page_or_other(const Program& program, const CommandDescription& described) {
    for (const CommandDescription& other : program.commands()) {
        if (&other.command == &described.command) break;
        if (other.command.declare == described.command.declare)
            return fmt::format(".so man1/{}.1\n", manual_name(other.command.name));
    }
    return manual_page(program, described);
}

std::int64_t write_all(const Program& program, const std::string& folder, fs::Disk& disk) {
    disk.make_directories(folder, 0755);
    const auto write = [&](std::string_view command, const std::string& page) {
        disk.replace(fs::join(folder, manual_name(command) + ".1"), page, 0644);
    };
    write("", manual_page(program));
    std::int64_t pages = 1;
    for (const CommandDescription& described : program.commands()) {
        if (described.command.hidden) continue;
        write(described.command.name, page_or_other(program, described));
        ++pages;
    }
    return pages;
}

Answer run(Context& context, const Options& options) {
    const Program program;
    Answer answer;
    if (options.folder.empty()) {
        const std::string page = page_of(program, name_of(options));
        answer.fields.append("page", page);
        answer.fields.append("pages", nullptr);
        answer.fields.append("path", nullptr);
        answer.printed = !context.json;
        if (answer.printed) context.terminal.data(page);
        return answer;
    }
    const std::string folder = fs::absolute(options.folder, context.ports.environment, context.ports.disk);
    const std::int64_t pages = write_all(program, folder, context.ports.disk);
    answer.fields.append("page", nullptr);
    answer.fields.append("pages", pages);
    answer.fields.append("path", options.folder);
    answer.text = fmt::format("{} pages are in {}\n", pages, printable_line(options.folder));
    return answer;
}

void check(const Options& options) {
    if (!options.folder.empty() && !options.command.empty())
        throw Error(ErrorCode::BadOption, "--output is for all pages: no COMMAND");
}

}  // namespace

Run declare_manual(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("COMMAND", options->command, "Of this command; without it, of the program")
        .completes(Candidates::Commands);
    accepted.add_option("-o,--output", options->folder, "Write every page to this folder").type_name("DIR");
    accepted.footer("The page goes to standard output. Read it with: opentraces man push | man -l -");
    accepted.check([options] { check(*options); });
    accepted.example("opentraces man push > push.1", "To read with: man -l push.1");
    accepted.example("opentraces man -o man1", "Every page");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
