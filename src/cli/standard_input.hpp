// "-" as an input.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::cli {

class TerminalSink final : public json::Sink {
public:
    explicit TerminalSink(Terminal& terminal) : m_terminal(terminal) {}
    void write(std::string_view text) override { m_terminal.data(text); }

private:
    Terminal& m_terminal;
};

// Paths with "-" and the user's own descriptors (/dev/stdin, <(command)) replaced by files that exist on
// `disk` only, without a name: session parsers read twice.
struct SpooledInput {
    std::unique_ptr<fs::Disk> disk;
    std::vector<std::string> paths;
    std::map<std::string, std::string> given;  // what the user called those files
    void restore_names(flow::Failures& failed) const;
};
SpooledInput spool_standard_input(Context& context, const std::vector<std::string>& paths);

// Where nameless files may be kept.
std::string storage_folder(const Environment& environment);

// A file, or standard input for "-". Error NotFound if it does not exist.
json::ByteSource open_input(Context& context, const std::string& path);

// All of standard input, at most `limit` bytes (Error BadOption beyond).
std::string read_standard_input(Terminal& terminal, std::size_t limit);

}  // namespace opentraces::cli
