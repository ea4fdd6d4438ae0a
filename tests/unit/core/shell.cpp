// What is written into somebody else's settings as a command is read back by the shell as it was meant.
#include "opentraces/core/shell.hpp"

#include <cstdio>

#include "catch.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/core/text.hpp"

using namespace opentraces;

namespace {

std::string output_of(const std::string& command) {
    FILE* const pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
        output += static_cast<char>(c);
    REQUIRE(::pclose(pipe) == 0);
    return output;
}

// One shell for all words: starting one for each takes the time.
void check_read_back(const std::vector<std::string>& words) {
    std::string command = "printf '%s\\000'";
    std::string expected;
    for (const std::string& word : words) {
        command += " " + shell_quoted(word);
        expected += word + '\0';
    }
    CHECK(is_valid_utf8(command));
    const bool same = output_of(command) == expected;
    CHECK(same);
}

}  // namespace

TEST_CASE("shell: every byte that a path may hold is read back by sh") {
    std::vector<std::string> words{"/usr/bin/opentraces",
                                   "/a b/c",
                                   "it's",
                                   "'",
                                   "''",
                                   "$HOME",
                                   "`id`",
                                   "$(id)",
                                   "a\nb",
                                   "a\n",
                                   "\n\n",
                                   "-x",
                                   "-\xff",
                                   "%\xff",
                                   "~",
                                   "*",
                                   "a\\b",
                                   "\"",
                                   "a;b&c|d",
                                   "#x",
                                   "!",
                                   "\xff\n\n",
                                   "%s\xff",
                                   "\xc3\xa9",
                                   "a=b",
                                   ""};
    for (int byte = 1; byte < 256; ++byte) {
        const auto c = static_cast<char>(byte);
        words.push_back(std::string("/p") + c + "q");
        words.emplace_back(1, c);
    }
    check_read_back(words);
}

TEST_CASE("shell: words of random bytes are read back by sh") {
    SeededIds ids(11);
    std::vector<std::string> words;
    for (int i = 0; i < 500; ++i) {
        std::string word;
        for (std::uint64_t length = ids.next_u64() % 24; length > 0; --length)
            word += static_cast<char>(1 + ids.next_u64() % 255);
        words.push_back(std::move(word));
    }
    check_read_back(words);
}

TEST_CASE("shell words: what was quoted is read back, and nothing else") {
    for (const std::string word :
         {"plain", "/a/b-c.d", "with space", "it's", "''", "a'b'c", "gr\xC3\xBC\xC3\x9F"}) {
        INFO(word);
        CHECK(shell_unquoted(shell_quoted(word)) == word);
        CHECK(shell_unquoted(single_quoted(word)) == word);
    }
    for (const std::string text : {"a b", "'a'b'", "'a", "\"$(rm)\"", "a;b"}) {
        INFO(text);
        CHECK(shell_unquoted(text).empty());
    }
}
