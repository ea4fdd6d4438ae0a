// Every command line that the documentation shows is one that the program understands.
#include <filesystem>
#include <sstream>

#include "catch.hpp"
#include "cli/program.hpp"
#include "golden.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;

namespace {

using Words = std::vector<std::string>;

// As the shell splits it, up to what ends the command: a pipe, a redirection, a comment.
Words words_of(std::string_view line) {
    Words words;
    std::string word;
    bool inside = false;
    char quote = 0;
    const auto end = [&] {
        if (inside) words.push_back(std::move(word));
        word.clear();
        inside = false;
    };
    for (const char c : line) {
        if (quote != 0) {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '\'' || c == '"') {
            quote = c;
            inside = true;
        } else if (c == ' ') {
            end();
        } else if (!inside && std::string_view("#|>&;<(").find(c) != std::string_view::npos) {
            return words;
        } else if (c == ')' || c == ';') {
            break;
        } else {
            word += c;
            inside = true;
        }
    }
    end();
    return words;
}

struct Shown {
    std::string place;
    std::string line;
};

void add_lines(const std::filesystem::path& file, std::vector<Shown>& shown) {
    std::istringstream text(testing::file_text(file));
    bool commands = false;
    int number = 0;
    for (std::string line; std::getline(text, line);) {
        ++number;
        if (line.starts_with("```")) {
            commands = line == "```sh" || line == "```console";
            continue;
        }
        if (!commands) continue;
        for (std::size_t at = line.find("opentraces "); at != line.npos;
             at = line.find("opentraces ", at + 1)) {
            // A command of its own, not a path or a word of a message.
            const std::string before = line.substr(0, at);
            const bool starts = before.find_first_not_of(' ') == before.npos || before == "$ " ||
                                before.ends_with("| ") || before.ends_with("; ") || before.ends_with("$(");
            if (starts)
                shown.push_back(
                    {file.filename().string() + ":" + std::to_string(number), line.substr(at + 11)});
        }
    }
}

std::vector<Shown> shown_lines() {
    const std::filesystem::path root(testing::source_folder());
    std::vector<Shown> shown;
    add_lines(root / "README.md", shown);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "docs")) {
        if (entry.path().extension() == ".md") add_lines(entry.path(), shown);
    }
    return shown;
}

}  // namespace

TEST_CASE("documentation: every command line that is shown is understood") {
    const std::vector<Shown> lines = shown_lines();
    CHECK(lines.size() > 20);
    for (const auto& [place, line] : lines) {
        INFO(place << ": opentraces " << line);
        cli::Program program;
        std::string refusal;
        try {
            program.parse(words_of(line));
        } catch (const Error& error) {
            refusal = error.message();
        }
        CHECK(refusal == "");
    }
}

TEST_CASE("documentation: a line is split as the shell does it") {
    CHECK(words_of("commit --all -m \"Fix the parser\"  # now") ==
          Words{"commit", "--all", "-m", "Fix the parser"});
    CHECK(words_of("parse a.jsonl | opentraces validate -") == Words{"parse", "a.jsonl"});
    CHECK(words_of("scan - > clean.log") == Words{"scan", "-"});
}
