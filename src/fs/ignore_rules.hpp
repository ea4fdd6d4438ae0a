// One ignore file, in the format of gitignore(5).
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces::fs {

class IgnoreRules {
public:
    explicit IgnoreRules(std::string_view text);

    enum class Answer { Silent, Ignored, Kept };
    // `path` is relative to the folder of the file, with '/' between names. The last rule that matches
    // decides; what is below a folder that is ignored is for the caller to leave out. The time is at most
    // linear in the length of a rule times that of the path.
    Answer ask(std::string_view path, bool is_folder) const;

private:
    enum class Kind {
        Literal,
        NotSlash,  // ?
        Class,     // [a-z]
        Within,    // *: anything within a name
        Folders,   // **/: nothing, or folders
        Below,     // /**: everything below
    };
    struct Token {
        Kind kind = Kind::Literal;
        char literal = 0;
        std::size_t set = 0;  // of m_classes
    };
    struct Rule {
        std::vector<Token> tokens;
        bool negated = false;
        bool only_folders = false;
        bool only_name = false;  // the last name of the path, else all of it
    };

    void add(std::string_view line);
    void add_tokens(std::string_view pattern, std::vector<Token>& tokens);
    std::size_t add_class(std::string_view pattern, std::size_t at, std::vector<Token>& tokens);
    bool fits(const Token& token, char c) const;
    bool matches(const std::vector<Token>& tokens, std::string_view path) const;

    std::vector<Rule> m_rules;
    std::vector<std::bitset<256>> m_classes;
};

}  // namespace opentraces::fs
