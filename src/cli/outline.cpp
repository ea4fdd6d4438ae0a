#include "cli/outline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/table.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/trace/title.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_most_shown = 200;  // of each list, for people

// Names of tools that write the file that they are given, in small letters.
constexpr std::array<std::string_view, 12> k_writers{
    "edit",        "write",         "multiedit",  "notebookedit", "str_replace_editor",
    "create_file", "edit_file",     "write_file", "apply_patch",  "patch",
    "replace",     "write_to_file",
};
constexpr std::array<std::string_view, 4> k_path_keys{"file_path", "filePath", "path", "notebook_path"};
constexpr std::array<std::string_view, 2> k_command_keys{"command", "cmd"};

// What a part of a command begins with.
constexpr std::array<std::string_view, 30> k_test_runners{
    "go test",
    "pytest",
    "python -m pytest",
    "python3 -m pytest",
    "python -m unittest",
    "npm test",
    "npm run test",
    "npm t",
    "yarn test",
    "pnpm test",
    "pnpm run test",
    "bun test",
    "npx jest",
    "npx vitest",
    "jest",
    "vitest",
    "cargo test",
    "cargo nextest",
    "ctest",
    "make test",
    "make check",
    "mix test",
    "bundle exec rspec",
    "rspec",
    "phpunit",
    "dotnet test",
    "gradle test",
    "./gradlew test",
    "mvn test",
    "uv run pytest",
};

std::string_view first_line(std::string_view text) {
    const std::string_view trimmed = trim(text);
    return trimmed.substr(0, trimmed.find('\n'));
}

// "A=1 B=2 program": without what is set before.
std::string_view without_assignments(std::string_view part) {
    while (true) {
        const std::string_view word = part.substr(0, part.find(' '));
        if (word.size() == part.size() || word.find('=') == std::string_view::npos) return part;
        part = trim(part.substr(word.size()));
    }
}

template <class Visit>
void for_each_part(std::string_view command, const Visit& visit) {
    for (std::size_t begin = 0; begin < command.size();) {
        const std::size_t end = std::min(command.find_first_of(";&|\n", begin), command.size());
        visit(without_assignments(trim(command.substr(begin, end - begin))));
        begin = end + 1;
    }
}

bool begins_with_words(std::string_view part, std::string_view words) {
    return part.starts_with(words) && (part.size() == words.size() || part[words.size()] == ' ');
}

std::string_view text_of(const json::Object& input, std::span<const std::string_view> keys) {
    for (const std::string_view key : keys)
        if (const json::Value* value = input.find(key))
            if (const std::string* text = value->if_string()) return *text;
    return {};
}

// A shell is often called as ["bash", "-lc", "command"].
std::string command_of(const json::Object& input) {
    for (const std::string_view key : k_command_keys) {
        const json::Value* value = input.find(key);
        if (value == nullptr) continue;
        if (const std::string* text = value->if_string()) return *text;
        if (const json::Array* words = value->if_array(); words != nullptr && !words->empty())
            return std::string(words->back().string_or());
    }
    return {};
}

bool has_failed(const trace::Step& step, const trace::ToolCall& call) {
    return std::any_of(step.observations.begin(), step.observations.end(), [&](const auto& observation) {
        return observation.source_call_id == call.tool_call_id && observation.error &&
               *observation.error != "no_result";
    });
}

class Builder {
public:
    void add(const trace::Step& step) {
        if (step.role == trace::Role::User && step.content) {
            std::string asked = trace::title_of(*step.content);
            if (!asked.empty()) m_outline.prompts.push_back({step.step_index.text(), std::move(asked)});
        }
        for (const trace::ToolCall& call : step.tool_calls)
            add(step, call);
    }

    void add_file(const std::string& path, std::int64_t changes) {
        auto& files = m_outline.files;
        const auto known =
            std::find_if(files.begin(), files.end(), [&](const auto& file) { return same(file.path, path); });
        if (known != files.end())
            known->changes += changes;
        else
            files.push_back({path, changes});
    }

    Outline take() { return std::move(m_outline); }

private:
    static std::string with_slashes(std::string path) {
        std::replace(path.begin(), path.end(), '\\', '/');
        return path;
    }

    // The attribution names files from the project's folder, tools as they like.
    static bool same(const std::string& left, const std::string& right) {
        const std::string named = with_slashes(left);
        const std::string path = with_slashes(right);
        return named == path || (named.size() > path.size() + 1 && named.ends_with(path) &&
                                 named[named.size() - path.size() - 1] == '/');
    }

    void add(const trace::Step& step, const trace::ToolCall& call) {
        const std::string tool = to_lower_ascii(call.tool_name);
        if (std::find(k_writers.begin(), k_writers.end(), tool) != k_writers.end()) {
            const std::string_view path = text_of(call.input, k_path_keys);
            if (!path.empty() && !has_failed(step, call)) add_file(std::string(path), 1);
        }
        const std::string command = command_of(call.input);
        if (command.empty()) return;
        const OutlineEntry entry{step.step_index.text(), std::string(first_line(command)),
                                 has_failed(step, call)};
        if (makes_commit(command)) m_outline.commits.push_back(entry);
        if (runs_tests(command)) m_outline.tests.push_back(entry);
    }

    Outline m_outline;
};

json::Array entry_array(const std::vector<OutlineEntry>& entries, bool with_failure) {
    json::Array array;
    for (const OutlineEntry& entry : entries) {
        json::Object object;
        object.append("step", entry.step);
        object.append("text", entry.text);
        if (with_failure) object.append("success", !entry.failed);
        array.emplace_back(std::move(object));
    }
    return array;
}

// A title and lines, each cut to the width.
class Section {
public:
    Section(std::string& text, Terminal& terminal) : m_text(text), m_terminal(terminal) {}

    void title(std::string_view name, std::size_t count) {
        const bool colours = m_terminal.colour();
        m_text += fmt::format("\n{}{} ({}){}\n", colours ? k_bold : "", name, count, colours ? k_plain : "");
    }
    void line(std::string_view place, std::string_view words, bool failed) {
        std::string shown = fmt::format("  {:>5}  {}", cell_text(place), cell_text(words));
        if (m_terminal.out_is_terminal())
            shown = cut_to_cells(shown, static_cast<std::size_t>(std::max(m_terminal.width(), 20)));
        if (failed) shown += m_terminal.colour() ? fmt::format(" {}failed{}", k_red, k_plain) : " failed";
        m_text += shown + "\n";
    }
    void more(std::size_t count) {
        if (count > k_most_shown) m_text += fmt::format("  and {} more\n", count - k_most_shown);
    }

private:
    std::string& m_text;
    Terminal& m_terminal;
};

void add_entries(Section& section, std::string_view name, const std::vector<OutlineEntry>& entries) {
    if (entries.empty()) return;
    section.title(name, entries.size());
    for (std::size_t i = 0; i < entries.size() && i < k_most_shown; ++i)
        section.line(entries[i].step, entries[i].text, entries[i].failed);
    section.more(entries.size());
}

}  // namespace

bool makes_commit(std::string_view command) {
    bool found = false;
    for_each_part(command,
                  [&](std::string_view part) { found = found || begins_with_words(part, "git commit"); });
    return found;
}

bool runs_tests(std::string_view command) {
    bool found = false;
    for_each_part(command, [&](std::string_view part) {
        found =
            found || std::any_of(k_test_runners.begin(), k_test_runners.end(),
                                 [part](std::string_view words) { return begins_with_words(part, words); });
    });
    return found;
}

Outline outline_of(const trace::TraceRecord& record) {
    Builder builder;
    for (const trace::Step& step : record.steps)
        builder.add(step);
    if (record.attribution)
        for (const trace::AttributionFile& file : record.attribution->files)
            builder.add_file(file.path, 0);
    return builder.take();
}

json::Object outline_object(const Outline& outline) {
    json::Array files;
    for (const OutlineFile& file : outline.files) {
        json::Object object;
        object.append("path", file.path);
        object.append("changes", file.changes);
        files.emplace_back(std::move(object));
    }
    json::Object object;
    object.append("prompts", entry_array(outline.prompts, false));
    object.append("changed_files", std::move(files));
    object.append("commits", entry_array(outline.commits, true));
    object.append("tests", entry_array(outline.tests, true));
    return object;
}

std::string outline_text(const Outline& outline, Terminal& terminal) {
    std::string text;
    Section section(text, terminal);
    add_entries(section, "Prompts", outline.prompts);
    if (!outline.files.empty()) section.title("Files changed", outline.files.size());
    for (std::size_t i = 0; i < outline.files.size() && i < k_most_shown; ++i) {
        const OutlineFile& file = outline.files[i];
        section.line(file.changes == 0 ? "" : fmt::format("{}x", file.changes), file.path, false);
    }
    section.more(outline.files.size());
    add_entries(section, "Commits", outline.commits);
    add_entries(section, "Tests", outline.tests);
    return text;
}

}  // namespace opentraces::cli
