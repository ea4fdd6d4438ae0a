#include "enrich/shell_runs.hpp"

#include <algorithm>

#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

// Colours and what programs rewrite on one line.
std::string without_escapes(std::string_view text) {
    if (text.find('\x1b') == std::string_view::npos) return std::string(text);
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\x1b') {
            plain += text[at];
            continue;
        }
        if (at + 1 < text.size() && text[at + 1] == '[') {
            at += 2;
            while (at < text.size() && (text[at] < '@' || text[at] > '~'))
                ++at;
        }
    }
    return plain;
}

bool is_in_background(const trace::ToolCall& call, std::string_view output) {
    const json::Value* asked = call.input.find("run_in_background");
    return (asked != nullptr && asked->bool_or(false)) || output.starts_with("Command running in background");
}

bool was_refused(std::string_view output) {
    return output.starts_with("The user doesn't want to") || output.starts_with("<tool_use_error>") ||
           output.starts_with("Permission to use") || output.starts_with("[Request interrupted");
}

class Reader {
public:
    explicit Reader(std::string_view working_directory)
        : m_home(folder_at({}, working_directory)), m_folder(m_home) {}

    std::vector<ShellRun> run(const std::vector<trace::Step>& steps) {
        std::vector<ShellRun> runs;
        for (const trace::Step& step : steps) {
            for (std::size_t at = 0; at < step.tool_calls.size(); ++at) {
                const std::string line = shell_line(step.tool_calls[at]);
                if (line.empty()) continue;
                const bool answered = at < step.observations.size();
                runs.push_back(
                    read(step, step.tool_calls[at], answered ? &step.observations[at] : nullptr, line));
            }
        }
        return runs;
    }

private:
    ShellRun read(const trace::Step& step, const trace::ToolCall& call, const trace::Observation* answer,
                  const std::string& line) {
        ShellRun run;
        run.step = step.step_index.value();
        run.call = &call;
        run.commands = shell_commands_of(line);
        if (answer != nullptr) {
            run.output = without_escapes(answer->content.value_or(""));
            run.has_result = answer->error != "no_result" && !is_in_background(call, run.output);
            run.failed = answer->error.has_value();
            run.started = !(run.failed && was_refused(run.output));
        }
        walk(call, run);
        return run;
    }

    void walk(const trace::ToolCall& call, ShellRun& run) {
        std::string folder = m_folder;
        for (const std::string_view key : {"workdir", "cwd"}) {
            const json::Value* given = call.input.find(key);
            if (given != nullptr && !given->string_or().empty())
                folder = folder_at(m_home, given->string_or());
        }
        std::string outside = folder;  // of ( )
        int depth = 0;
        for (const ShellCommand& command : run.commands) {
            if (command.depth < depth) folder = outside;
            if (command.depth == 0) outside = folder;
            depth = command.depth;
            run.folders.push_back(folder);
            const bool moves =
                command.words.size() > 1 &&
                (command.words[0] == "cd" || command.words[0] == "pushd" || command.words[0] == "chdir");
            if (moves && command.words[1] != "-") folder = folder_at(folder, command.words[1]);
            if (command.depth == 0) outside = folder;
        }
        const bool taken_back = run.output.find("Shell cwd was reset to") != std::string::npos;
        if (run.has_result && !run.failed) m_folder = taken_back ? m_home : outside;
    }

    std::string m_home;
    std::string m_folder;
};

// An absolute path with nothing to take out, as most are that agents write.
bool is_whole(std::string_view path) {
    return path.starts_with('/') && !path.ends_with('/') && path.find('\\') == std::string_view::npos &&
           path.find("//") == std::string_view::npos && path.find("/.") == std::string_view::npos;
}

}  // namespace

std::string folder_at(std::string_view from, std::string_view path) {
    std::string whole(path);
    if (is_whole(whole)) return whole;
    // Elsewhere a backslash is a character of a name.
    const bool on_drive = from.size() > 2 && from[0] == '/' && from[2] == '/';
    if ((whole.size() > 1 && whole[1] == ':') || on_drive)
        std::replace(whole.begin(), whole.end(), '\\', '/');
    if (whole.size() > 1 && whole[1] == ':')
        whole = "/" + to_lower_ascii(whole.substr(0, 1)) + whole.substr(2);
    const bool absolute = whole.starts_with('/') || whole.starts_with('~') || whole.starts_with('$');
    if (!absolute && !from.empty()) whole = std::string(from) + "/" + whole;
    std::vector<std::string_view> parts;
    std::string_view left = whole;
    while (!left.empty()) {
        const std::size_t end = std::min(left.find('/'), left.size());
        const std::string_view part = left.substr(0, end);
        if (part == ".." && !parts.empty() && parts.back() != "..")
            parts.pop_back();
        else if (!part.empty() && part != ".")
            parts.push_back(part);
        left.remove_prefix(std::min(end + 1, left.size()));
    }
    std::string folder;
    for (const std::string_view part : parts)
        folder.append(folder.empty() && !whole.starts_with('/') ? "" : "/").append(part);
    return folder.empty() && whole.starts_with('/') ? "/" : folder;
}

bool is_at_or_below(std::string_view path, std::string_view folder) {
    if (folder.empty() || !path.starts_with(folder)) return false;
    return path.size() == folder.size() || path[folder.size()] == '/' || folder == "/";
}

std::vector<ShellRun> shell_runs_of(const std::vector<trace::Step>& steps,
                                    std::string_view working_directory) {
    return Reader(working_directory).run(steps);
}

}  // namespace opentraces::enrich
