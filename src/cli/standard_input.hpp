// "-" as an input.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::cli {

class TerminalSink final : public json::Sink {
public:
    explicit TerminalSink(Terminal& terminal) : m_terminal(terminal) {}
    void write(std::string_view text) override { m_terminal.out(text); }

private:
    Terminal& m_terminal;
};

// Paths with "-" replaced by a private temporary file holding standard input: session parsers read twice.
struct SpooledInput {
    std::vector<std::string> paths;
    std::string spooled;                  // empty if "-" was not among them
    std::shared_ptr<void> remove_at_end;  // deletes the temporary file
    void restore_names(std::vector<flow::FailedFile>& failed) const;
};
SpooledInput spool_standard_input(Context& context, const std::vector<std::string>& paths);

// A file, or standard input for "-". Error NotFound if it does not exist.
json::ByteSource open_input(Context& context, const std::string& path);

// All of standard input, at most `limit` bytes (Error BadOption beyond).
std::string read_standard_input(Terminal& terminal, std::size_t limit);

}  // namespace opentraces::cli
