#include "enrich/shell.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_assignment(std::string_view word) {
    const std::size_t equals = word.find('=');
    return equals != std::string_view::npos && equals > 0 &&
           std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
               return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
           });
}

// Words of the language that stand before a command.
bool leads(std::string_view word) {
    return is_assignment(word) ||
           is_one_of(word, {"sudo", "then", "do", "else", "elif", "if", "while", "until", "!", "{"});
}

constexpr std::string_view k_blank_or_end = " \t\n;&|()<>";

class Lexer {
public:
    explicit Lexer(std::string_view line) : m_line(line) {}

    std::vector<ShellCommand> run() {
        while (m_at < m_line.size())
            step();
        end_command(Joint::Then);
        return std::move(m_commands);
    }

private:
    struct HereDocument {
        std::string word;
        bool strips_tabs = false;
        std::size_t command = 0;  // of m_commands, or the one being read
    };

    char at(std::size_t place) const { return place < m_line.size() ? m_line[place] : '\0'; }

    void step() {
        const char c = m_line[m_at];
        if (c == '\\') {
            take_escape();
        } else if (c == '\'' || c == '"') {
            take_quoted(c);
        } else if (c == '$' && (at(m_at + 1) == '(' || at(m_at + 1) == '{')) {
            take_nested(at(m_at + 1) == '(' ? ')' : '}');
        } else if (c == '`') {
            take_backticks();
        } else if (c == '#' && m_word.empty() && !m_has_word) {
            m_at = std::min(m_line.find('\n', m_at), m_line.size());
        } else if (c == '<' || c == '>') {
            take_redirection();
        } else if (c == ' ' || c == '\t' || c == '\r') {
            ++m_at;
            end_word();
        } else {
            take_operator(c);
        }
    }

    void take_escape() {
        if (at(m_at + 1) != '\n' && m_at + 1 < m_line.size()) m_word += m_line[m_at + 1];
        m_at = std::min(m_at + 2, m_line.size());
    }

    void take_quoted(char quote) {
        m_has_word = true;
        for (++m_at; m_at < m_line.size() && m_line[m_at] != quote;) {
            if (quote == '"' && m_line[m_at] == '\\' && m_at + 1 < m_line.size()) {
                if (!is_one_of(m_line.substr(m_at + 1, 1), {"\"", "\\", "$", "`", "\n"})) m_word += '\\';
                if (m_line[m_at + 1] != '\n') m_word += m_line[m_at + 1];
                m_at += 2;
            } else if (quote == '"' && m_line[m_at] == '$' && at(m_at + 1) == '(') {
                take_nested(')');
            } else {
                m_word += m_line[m_at++];
            }
        }
        m_at = std::min(m_at + 1, m_line.size());
    }

    // "$( )" with quotes and here-documents of its own: kept as it stands.
    void take_nested(char close) {
        const std::size_t begin = m_at;
        const char open = m_line[m_at + 1];
        int depth = 0;
        for (++m_at; m_at < m_line.size(); ++m_at) {
            const char c = m_line[m_at];
            if (c == '\\') {
                ++m_at;
            } else if (c == '\'' || (c == '"' && close == ')')) {
                m_at = closing_quote(m_at, c);
            } else if (c == '<' && at(m_at + 1) == '<' && at(m_at + 2) != '<' && close == ')') {
                m_at = after_here_document(m_at);
            } else if (c == open) {
                ++depth;
            } else if (c == close && --depth == 0) {
                break;
            }
        }
        m_at = std::min(m_at + 1, m_line.size());
        m_word += m_line.substr(begin, m_at - begin);
        m_has_word = true;
    }

    std::size_t closing_quote(std::size_t from, char quote) const {
        for (std::size_t place = from + 1; place < m_line.size(); ++place) {
            if (m_line[place] == '\\' && quote == '"')
                ++place;
            else if (m_line[place] == quote)
                return place;
        }
        return m_line.size();
    }

    // `from` is at "<<": the last character of the line that ends it.
    std::size_t after_here_document(std::size_t from) const {
        std::size_t place = from + 2;
        while (at(place) == '-' || at(place) == ' ' || at(place) == '\'' || at(place) == '"')
            ++place;
        std::size_t end = place;
        while (end < m_line.size() && k_blank_or_end.find(m_line[end]) == std::string_view::npos &&
               m_line[end] != '\'' && m_line[end] != '"')
            ++end;
        const std::string_view word = m_line.substr(place, end - place);
        const std::size_t found = end_of_document(m_line.find('\n', end), word).first;
        return found == std::string_view::npos ? end : found - 1;
    }

    // From the line end before a text: the end of the line that is the word alone, and where that begins.
    std::pair<std::size_t, std::size_t> end_of_document(std::size_t line, std::string_view word) const {
        while (!word.empty() && line != std::string_view::npos) {
            const std::size_t next = std::min(m_line.find('\n', line + 1), m_line.size());
            if (trim(m_line.substr(line + 1, next - line - 1)) == word) return {next, line + 1};
            line = next == m_line.size() ? std::string_view::npos : next;
        }
        return {std::string_view::npos, std::string_view::npos};
    }

    void take_backticks() {
        const std::size_t end = std::min(m_line.find('`', m_at + 1), m_line.size());
        m_word += m_line.substr(m_at, end + 1 - m_at);
        m_has_word = true;
        m_at = std::min(end + 1, m_line.size());
    }

    void take_redirection() {
        std::string mark;
        const bool descriptor = !m_word.empty() && std::all_of(m_word.begin(), m_word.end(),
                                                               [](char c) { return c >= '0' && c <= '9'; });
        if (descriptor) {
            mark = std::exchange(m_word, {});
            m_has_word = false;
        }
        end_word();
        if (m_both) mark = "&";
        m_both = false;
        if (m_line.substr(m_at).starts_with("<<<")) return finish_redirection(mark + "<<<", 3);
        if (m_line.substr(m_at).starts_with("<<")) return begin_here_document();
        if (m_line.substr(m_at).starts_with(">>")) return finish_redirection(mark + ">>", 2);
        if (at(m_at + 1) == '(') return take_process();
        const bool forced = m_line.substr(m_at).starts_with(">|");
        finish_redirection(mark + m_line[m_at], forced ? 2 : 1);
    }

    // "<( )": a word.
    void take_process() {
        m_word += m_line[m_at];
        take_nested(')');
    }

    void finish_redirection(std::string mark, std::size_t length) {
        m_at += length;
        if (at(m_at) == '&') {  // "2>&1"
            ++m_at;
            while (at(m_at) != '\0' && k_blank_or_end.find(m_line[m_at]) == std::string_view::npos)
                ++m_at;
            return;
        }
        while (at(m_at) == ' ' || at(m_at) == '\t')
            ++m_at;
        m_command.redirections.push_back({std::move(mark), {}});
        m_is_target = true;
    }

    void begin_here_document() {
        m_at += 2;
        HereDocument document;
        document.command = m_commands.size();
        document.strips_tabs = at(m_at) == '-';
        if (document.strips_tabs) ++m_at;
        while (at(m_at) == ' ')
            ++m_at;
        bool quoted = false;
        while (m_at < m_line.size() && k_blank_or_end.find(m_line[m_at]) == std::string_view::npos) {
            const char c = m_line[m_at++];
            quoted |= c == '\'' || c == '"' || c == '\\';
            if (c != '\'' && c != '"' && c != '\\') document.word += c;
        }
        m_command.has_here_document = true;
        m_command.expands_here_document = !quoted;
        m_documents.push_back(std::move(document));
    }

    // The line has ended: the texts that it announced follow.
    void take_documents() {
        std::size_t line = m_at - 1;
        for (const HereDocument& document : std::exchange(m_documents, {})) {
            const auto [end, last] = end_of_document(line, document.word);
            const std::size_t stop = end == std::string_view::npos ? m_line.size() : last;
            std::string text(m_line.substr(line + 1, stop - std::min(line + 1, stop)));
            if (document.strips_tabs) strip_tabs(text);
            if (document.command < m_commands.size())
                m_commands[document.command].here_document = std::move(text);
            line = end == std::string_view::npos ? m_line.size() : end;
            if (line >= m_line.size()) break;
        }
        m_at = std::min(line + 1, m_line.size());
    }

    static void strip_tabs(std::string& text) {
        std::string stripped;
        bool at_start = true;
        for (const char c : text) {
            if (at_start && c == '\t') continue;
            stripped += c;
            at_start = c == '\n';
        }
        text = std::move(stripped);
    }

    void take_operator(char c) {
        ++m_at;
        if (c == '\n') {
            end_command(Joint::Then);
            if (!m_documents.empty()) take_documents();
        } else if (c == ';') {
            end_command(Joint::Then);
        } else if (c == '&') {
            take_ampersand();
        } else if (c == '|') {
            const bool either = at(m_at) == '|';
            if (either || at(m_at) == '&') ++m_at;
            end_command(either ? Joint::Or : Joint::Pipe);
        } else if (c == '(' || c == ')') {
            end_command(Joint::Then, true);
            m_depth = std::max(m_depth + (c == '(' ? 1 : -1), 0);
        } else {
            m_word += c;
        }
    }

    void take_ampersand() {
        if (at(m_at) == '&') {
            ++m_at;
            end_command(Joint::And);
        } else if (at(m_at) == '>') {  // "&> file"
            end_word();
            m_both = true;
        } else {
            m_command.background = true;
            end_command(Joint::Then);
        }
    }

    void end_word() {
        if (m_word.empty() && !m_has_word) return;
        std::string word = std::exchange(m_word, {});
        m_has_word = false;
        if (m_is_target) {
            m_command.redirections.back().to = std::move(word);
            m_is_target = false;
            return;
        }
        if (m_command.words.empty()) {
            if (word == "do" || word == "then" || word == "{") ++m_depth;
            if (word == "done" || word == "fi" || word == "}") m_depth = std::max(m_depth - 1, 0);
            if (leads(word)) return;
        }
        m_command.words.push_back(std::move(word));
    }

    void end_command(Joint next, bool keeps_joint = false) {
        end_word();
        m_is_target = false;
        const bool empty = m_command.words.empty() && m_command.redirections.empty();
        if (!empty) {
            m_command.joint = m_commands.empty() ? Joint::First : m_joint;
            m_command.depth = m_depth;
            m_commands.push_back(std::move(m_command));
        }
        m_command = {};
        if (!empty || !keeps_joint) m_joint = empty && m_joint != Joint::Then ? m_joint : next;
    }

    std::string_view m_line;
    std::size_t m_at = 0;
    int m_depth = 0;
    bool m_has_word = false;
    bool m_is_target = false;  // the next word is where a redirection goes
    bool m_both = false;
    Joint m_joint = Joint::Then;
    std::string m_word;
    ShellCommand m_command;
    std::vector<HereDocument> m_documents;
    std::vector<ShellCommand> m_commands;
};

std::string_view program_of(std::string_view word) {
    const std::size_t slash = word.find_last_of("/\\");
    return slash == std::string_view::npos ? word : word.substr(slash + 1);
}

// How many words of a wrapper's own follow it, its options aside.
int own_words(std::string_view program) {
    return program == "timeout" || program == "gtimeout" || program == "taskset" ? 1 : 0;
}

bool option_takes_value(std::string_view program, std::string_view option) {
    if (program == "env") return is_one_of(option, {"-u", "-C", "--unset", "--chdir"});
    if (program == "timeout" || program == "gtimeout") return is_one_of(option, {"-s", "-k"});
    if (program == "nice") return option == "-n";
    if (program == "xvfb-run") return is_one_of(option, {"-s", "-n"});
    return program == "sudo" && is_one_of(option, {"-u", "-g"});
}

bool is_wrapper(std::string_view program) {
    return is_one_of(program,
                     {"env", "time", "timeout", "gtimeout", "nice", "nohup", "command", "exec", "stdbuf",
                      "unbuffer", "xvfb-run", "taskset", "setsid", "ionice", "sudo", "rtk", "caffeinate"});
}

}  // namespace

std::vector<ShellCommand> shell_commands_of(std::string_view line) {
    return Lexer(line).run();
}

std::vector<Command> commands_of(std::string_view line) {
    std::vector<Command> commands;
    for (ShellCommand& command : shell_commands_of(line)) {
        if (!command.words.empty()) commands.push_back(std::move(command.words));
    }
    return commands;
}

Command unwrapped(const Command& command, std::string* wrapper) {
    std::size_t at = 0;
    while (at < command.size()) {
        const std::string_view program = program_of(command[at]);
        if (!is_wrapper(program)) break;
        if (wrapper != nullptr && program == "rtk") *wrapper = program;
        for (++at; at < command.size() && command[at].starts_with('-'); ++at) {
            if (option_takes_value(program, command[at])) ++at;
        }
        at += static_cast<std::size_t>(own_words(program));
        while (at < command.size() && is_assignment(command[at]))
            ++at;
    }
    if (at >= command.size()) return {};
    Command left(command.begin() + static_cast<std::ptrdiff_t>(at), command.end());
    left.front() = program_of(left.front());
    return left;
}

std::string shell_line(const trace::ToolCall& call) {
    const std::string name = to_lower_ascii(call.tool_name);
    if (!is_one_of(name, {"bash", "powershell", "shell", "exec_command", "local_shell", "shell_command",
                          "run_shell_command", "execute_bash", "run_terminal_cmd", "terminal"}))
        return {};
    for (const std::string_view key : {"command", "cmd"}) {
        const json::Value* command = call.input.find(key);
        if (command == nullptr) continue;
        if (const std::string* text = command->if_string()) return *text;
        const json::Array* words = command->if_array();
        if (words == nullptr || words->empty()) continue;
        // ["bash", "-lc", "line"]: the line; other lists are words already, and their line is the words
        // quoted.
        if (words->size() == 3 && (*words)[1].string_or().starts_with("-") &&
            (*words)[1].string_or().ends_with("c"))
            return std::string((*words)[2].string_or());
        std::string line;
        for (const json::Value& word : *words)
            line.append(line.empty() ? "'" : " '").append(word.string_or()).append("'");
        return line;
    }
    return {};
}

}  // namespace opentraces::enrich
