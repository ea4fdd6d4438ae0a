#include "enrich/shell_edits.hpp"

#include <algorithm>
#include <initializer_list>

#include "enrich/git_text.hpp"

namespace opentraces::enrich {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_option(const Command& words, std::string_view option) {
    return std::any_of(words.begin() + 1, words.end(),
                       [option](const std::string& word) { return word.starts_with(option); });
}

bool edits_in_place(const Command& given) {
    Command words = unwrapped(given);
    if (words.size() > 2 && words[0] == "xargs") {
        const auto program = std::find_if(words.begin() + 1, words.end(),
                                          [](const std::string& word) { return !word.starts_with('-'); });
        words.erase(words.begin(), program);
    }
    if (words.empty()) return false;
    const std::string& program = words[0];
    if (program == "sed" || program == "gsed")
        return has_option(words, "-i") || has_option(words, "--in-place");
    if (program == "perl" || program == "ruby") {
        return std::any_of(words.begin() + 1, words.end(), [](const std::string& word) {
            return word.size() > 1 && word[0] == '-' && word[1] != '-' &&
                   word.find('i') != std::string::npos && word.size() < 6;
        });
    }
    if (is_one_of(program, {"rm", "mv", "cp", "patch", "truncate"})) return words.size() > 1;
    const auto git = git_command_of(words);
    if (!git) return false;
    if (is_one_of(git->verb, {"mv", "rm", "apply", "restore"}))
        return !git->has("--staged") && !git->has("--cached");
    return git->verb == "checkout" && git->has("--");
}

bool is_file(std::string_view target) {
    return !target.empty() && !target.starts_with("/dev/") && !target.starts_with("/tmp/") &&
           !target.starts_with('$') && !target.starts_with('&');
}

bool writes_by_redirection(const ShellCommand& command) {
    const bool tees = !command.words.empty() && command.words.front() == "tee" && command.words.size() > 1 &&
                      is_file(command.words.back());
    return tees ||
           std::any_of(command.redirections.begin(), command.redirections.end(), [](const Redirection& one) {
               return (one.mark == ">" || one.mark == ">>" || one.mark == "1>") && is_file(one.to);
           });
}

// What formatters say when there was something to do.
bool says_changed(std::string_view output) {
    for (const std::string_view words : {"Fixed ", " reformatted", "Applied fix"}) {
        const std::size_t at = output.find(words);
        if (at != std::string_view::npos && output.find(" file", at) - at < 40) return true;
    }
    return false;
}

bool is_pattern(std::string_view path) {
    return path.empty() || path.find_first_of("*?[$`{") != std::string_view::npos || path.starts_with('~');
}

// Files among the arguments: neither options nor their values.
std::vector<std::string> files_in(const Command& words,
                                  std::initializer_list<std::string_view> with_value = {}) {
    std::vector<std::string> files;
    bool only_files = false;
    for (std::size_t at = 1; at < words.size(); ++at) {
        if (words[at] == "--") {
            only_files = true;
        } else if (!only_files && is_one_of(words[at], with_value)) {
            ++at;
        } else if (only_files || !words[at].starts_with('-')) {
            files.push_back(words[at]);
        }
    }
    return files;
}

// "echo words", "printf words": what they print, unless the shell has a part in it.
std::optional<std::string> printed_by(const Command& words) {
    if (words.empty() || !is_one_of(words[0], {"echo", "printf"})) return std::nullopt;
    const bool formats = words[0] == "printf";
    std::string text;
    for (std::size_t at = 1; at < words.size(); ++at) {
        if (words[at].find_first_of("$`\\") != std::string::npos ||
            (formats && words[at].find('%') != std::string::npos))
            return std::nullopt;
        if (at == 1 && words[at].starts_with('-')) return std::nullopt;
        text.append(at == 1 ? "" : " ").append(words[at]);
    }
    if (formats && words.size() != 2) return std::nullopt;
    return formats ? text : text + "\n";
}

class EditReader {
public:
    EditReader(const ShellRun& run, std::vector<ShellEdit>& edits) : m_run(run), m_edits(edits) {}

    void read() {
        for (std::size_t at = 0; at < m_run.commands.size(); ++at) {
            m_folder = m_run.folders[at];
            const ShellCommand& command = m_run.commands[at];
            if (command.depth > 0 && !command.words.empty() && is_one_of(command.words[0], {"for", "while"}))
                continue;
            read_redirections(command);
            read_words(unwrapped(command.words));
        }
    }

private:
    void add(ShellEditKind kind, const std::string& path, std::string target = {},
             std::optional<std::string> text = {}) {
        if (is_pattern(path)) return;
        const std::string slash = path.ends_with('/') ? "/" : "";
        ShellEdit edit{kind, m_run.step, folder_at(m_folder, path) + slash, {}, std::move(text)};
        if (!target.empty()) {
            if (is_pattern(target)) return;
            edit.target = folder_at(m_folder, target) + (target.ends_with('/') ? "/" : "");
        }
        m_edits.push_back(std::move(edit));
    }

    void read_redirections(const ShellCommand& command) {
        std::optional<std::string> text;
        const bool cats = command.words.size() == 1 && command.words[0] == "cat";
        const bool tees = !command.words.empty() && command.words[0] == "tee";
        if (command.has_here_document && (cats || tees)) {
            const bool plain = !command.expands_here_document ||
                               command.here_document.find_first_of("$`\\") == std::string::npos;
            if (plain) text = command.here_document;
        } else if (command.joint != Joint::Pipe) {
            text = printed_by(command.words);
        }
        for (const Redirection& one : command.redirections) {
            if (!is_file(one.to)) continue;
            if (one.mark == ">" || one.mark == "1>") add(ShellEditKind::Write, one.to, {}, text);
            if (one.mark == ">>") add(ShellEditKind::Append, one.to, {}, text);
        }
        if (!tees) return;
        const bool appends = command.words.size() > 1 && command.words[1] == "-a";
        for (const std::string& file : files_in(command.words))
            if (is_file(file)) add(appends ? ShellEditKind::Append : ShellEditKind::Write, file, {}, text);
    }

    void read_words(const Command& words) {
        if (words.empty()) return;
        const std::string& program = words[0];
        if (program == "rm") {
            for (const std::string& file : files_in(words))
                add(ShellEditKind::Delete, file);
        } else if (program == "mv" || program == "cp") {
            read_transfer(words, program == "mv" ? ShellEditKind::Move : ShellEditKind::Copy);
        } else if (edits_in_place(words) && is_one_of(program, {"sed", "gsed", "perl"})) {
            read_in_place(words);
        } else if (const auto git = git_command_of(words)) {
            read_git(*git);
        }
    }

    void read_transfer(const Command& words, ShellEditKind kind) {
        std::vector<std::string> files = files_in(words, {"-t", "-S"});
        if (files.size() < 2) return;
        const std::string target = files.back();
        files.pop_back();
        for (const std::string& file : files)
            add(kind, file, files.size() > 1 && !target.ends_with('/') ? target + "/" : target);
    }

    // The script comes first unless an option gives it: "-e x", perl's "-pie x". macOS has an empty ending
    // after -i.
    void read_in_place(const Command& words) {
        std::vector<std::string> files;
        bool scripted = false;
        for (std::size_t at = 1; at < words.size(); ++at) {
            const std::string& word = words[at];
            const bool row = word.size() > 1 && word[0] == '-' && word[1] != '-';
            const bool takes_script =
                word == "-e" || word == "-f" || (words[0] == "perl" && row && word.ends_with('e'));
            if (takes_script) {
                scripted = true;
                ++at;
            } else if (!word.empty() && word[0] != '-') {
                files.push_back(word);
            }
        }
        for (std::size_t at = scripted ? 0 : 1; at < files.size(); ++at)
            add(ShellEditKind::Change, files[at]);
    }

    void read_git(const GitCommand& git) {
        const std::string before = m_folder;
        if (!git.folder.empty()) m_folder = folder_at(m_folder, git.folder);
        Command words{"git"};
        words.insert(words.end(), git.arguments.begin(), git.arguments.end());
        if (git.verb == "mv") read_transfer(words, ShellEditKind::Move);
        if (git.verb == "rm" && !git.has("--cached")) {
            for (const std::string& file : files_in(words))
                add(ShellEditKind::Delete, file);
        }
        const bool restores = git.verb == "restore" && !git.has("--staged");
        const auto dashes = std::find(git.arguments.begin(), git.arguments.end(), "--");
        if (restores || (git.verb == "checkout" && dashes != git.arguments.end())) {
            for (auto file = restores ? git.arguments.begin() : dashes + 1; file != git.arguments.end();
                 ++file)
                if (!file->starts_with('-')) add(ShellEditKind::Change, *file);
        }
        m_folder = before;
    }

    const ShellRun& m_run;
    std::vector<ShellEdit>& m_edits;
    std::string m_folder;
};

}  // namespace

std::vector<ShellEdit> shell_edits_of(const std::vector<ShellRun>& runs) {
    std::vector<ShellEdit> edits;
    for (const ShellRun& run : runs)
        if (run.has_result && run.started && !run.failed) EditReader(run, edits).read();
    return edits;
}

bool edits_files(const ShellRun& run) {
    if (!run.has_result || !run.started) return false;
    return std::any_of(run.commands.begin(), run.commands.end(),
                       [](const ShellCommand& command) {
                           return edits_in_place(command.words) || writes_by_redirection(command);
                       }) ||
           says_changed(run.output);
}

}  // namespace opentraces::enrich
