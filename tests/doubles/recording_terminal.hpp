// A terminal that nobody sits at: keeps what is written, answers no question.
#pragma once

#include <string>

#include "opentraces/cli/terminal.hpp"

namespace opentraces::testing {

class RecordingTerminal final : public cli::Terminal {
public:
    std::string output;
    std::string errors;

    std::size_t read(char*, std::size_t) override { return 0; }
    bool in_is_terminal() const override { return false; }
    bool out_is_terminal() const override { return false; }
    bool err_is_terminal() const override { return false; }
    int width() const override { return 80; }
    bool colour() const override { return false; }
    std::optional<std::string> ask(std::string_view) override { return std::nullopt; }
    std::optional<std::string> ask_hidden(std::string_view) override { return std::nullopt; }
    void flush() override {}

protected:
    void write_out(std::string_view bytes) override { output += bytes; }
    void write_err(std::string_view bytes) override { errors += bytes; }
};

}  // namespace opentraces::testing
