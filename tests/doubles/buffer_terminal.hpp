// A terminal made of strings; held to tests/contract/terminal.cpp like the real one.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "opentraces/cli/terminal.hpp"

namespace opentraces::testing {

class BufferTerminal : public cli::Terminal {
public:
    // Where somebody sits, all three streams are terminals; nobody's are none of them.
    explicit BufferTerminal(std::string input = {}, bool somebody = false)
        : m_input(std::move(input)), m_somebody(somebody) {}

    std::string output;
    std::string errors;
    std::string screen;  // both, in the order in which they appear
    bool colours = false;
    int columns = 80;
    std::chrono::seconds before_utc{};  // of the clock on the wall
    bool was_read = false;

    std::size_t read(char* buffer, std::size_t size) override {
        was_read = true;
        const std::size_t count = std::min(size, m_input.size());
        std::copy_n(m_input.begin(), count, buffer);
        m_input.erase(0, count);
        return count;
    }

    bool in_is_terminal() const override { return m_somebody; }
    bool out_is_terminal() const override { return m_somebody; }
    bool err_is_terminal() const override { return m_somebody; }
    int width() const override { return columns; }
    bool colour() const override { return colours; }
    std::chrono::seconds utc_offset(TimePoint) const override { return before_utc; }

    std::optional<std::string> ask(std::string_view prompt) override {
        err(prompt);
        return typed_line();
    }
    std::optional<std::string> ask_hidden(std::string_view prompt) override {
        auto line = ask(prompt);
        err("\n");
        return line;
    }
    void flush() override {}

protected:
    void write_out(std::string_view bytes) override {
        output += bytes;
        screen += bytes;
    }
    void write_err(std::string_view bytes) override {
        errors += bytes;
        screen += bytes;
    }

private:
    std::optional<std::string> typed_line() {
        std::string line;
        for (char c = 0; read(&c, 1) == 1; line.push_back(c))
            if (c == '\n') return line;
        if (line.empty()) return std::nullopt;
        return line;
    }

    std::string m_input;
    bool m_somebody;
};

}  // namespace opentraces::testing
