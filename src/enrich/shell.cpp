#include "enrich/shell.hpp"

#include <algorithm>

#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

bool is_assignment(const std::string& word) {
    const std::size_t equals = word.find('=');
    return equals != std::string::npos && equals > 0 &&
           std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals),
                       [](char c) { return c == '_' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

class Splitter {
public:
    explicit Splitter(std::string_view line) : m_line(line) {}

    std::vector<Command> run() {
        while (m_at < m_line.size())
            step();
        end_command();
        return std::move(m_commands);
    }

private:
    void step() {
        const char c = m_line[m_at++];
        if (m_quote != '\0') {
            if (c == m_quote) {
                m_quote = '\0';
            } else if (c == '\\' && m_quote == '"' && m_at < m_line.size()) {
                m_word += m_line[m_at++];
            } else {
                m_word += c;
            }
        } else if (c == '\'' || c == '"') {
            m_quote = c;
            m_has_word = true;
        } else if (c == '\\' && m_at < m_line.size()) {
            if (m_line[m_at] != '\n') m_word += m_line[m_at];
            ++m_at;
        } else if (c == '<' && m_line.substr(m_at).starts_with("<")) {
            skip_here_document();
        } else if (c == ' ' || c == '\t') {
            end_word();
        } else if (c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')') {
            end_command();
        } else {
            m_word += c;
        }
    }

    // "<<EOF", "<<-'EOF'": everything up to the line that is the word alone.
    void skip_here_document() {
        std::size_t at = m_at + 1;
        while (at < m_line.size() &&
               (m_line[at] == '-' || m_line[at] == ' ' || m_line[at] == '\'' || m_line[at] == '"'))
            ++at;
        std::size_t end = at;
        while (end < m_line.size() && m_line[end] != '\'' && m_line[end] != '"' && m_line[end] != '\n' &&
               m_line[end] != ' ' && m_line[end] != ')' && m_line[end] != ';')
            ++end;
        const std::string_view word = m_line.substr(at, end - at);
        end_command();
        m_at = end;
        std::size_t line = m_line.find('\n', end);
        while (!word.empty() && line != std::string_view::npos) {
            const std::size_t next = m_line.find('\n', line + 1);
            const std::size_t length = next == std::string_view::npos ? next : next - line - 1;
            if (trim(m_line.substr(line + 1, length)) == word) {
                m_at = next == std::string_view::npos ? m_line.size() : next;
                return;
            }
            line = next;
        }
        m_at = m_line.size();
    }

    void end_word() {
        if (m_word.empty() && !m_has_word) return;
        const bool leads = m_command.empty() && (is_assignment(m_word) || m_word == "sudo");
        if (!leads) m_command.push_back(m_word);
        m_word.clear();
        m_has_word = false;
    }

    void end_command() {
        end_word();
        if (!m_command.empty()) m_commands.push_back(std::move(m_command));
        m_command.clear();
    }

    std::string_view m_line;
    std::size_t m_at = 0;
    char m_quote = '\0';
    bool m_has_word = false;
    std::string m_word;
    Command m_command;
    std::vector<Command> m_commands;
};

}  // namespace

std::vector<Command> commands_of(std::string_view line) {
    return Splitter(line).run();
}

std::string_view shell_line(const trace::ToolCall& call) {
    const std::string name = to_lower_ascii(call.tool_name);
    if (name != "bash" && name != "powershell" && name != "shell" && name != "exec_command") return {};
    for (const std::string_view key : {"command", "cmd"}) {
        const json::Value* command = call.input.find(key);
        if (command != nullptr && command->if_string() != nullptr) return *command->if_string();
    }
    return {};
}

}  // namespace opentraces::enrich
