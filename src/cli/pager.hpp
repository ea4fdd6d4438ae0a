// The user's pager, which long texts go through on a terminal. It is run without a shell.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/core/environment.hpp"

namespace opentraces::cli {

// Program with its full path, and its arguments. From PAGER, words split at blanks and nothing else
// interpreted; without it less, if it is there. Nullopt: none (NO_PAGER, TERM=dumb, PAGER empty or cat, or no
// such program). Programs are looked for in the absolute folders of PATH only: none lies in a folder that
// somebody else may have made.
std::optional<std::vector<std::string>> pager_command(const Environment& environment);

// Runs until destroyed: then the text has ended and the user decides when to leave.
class Pager {
public:
    // Null when it could not be started.
    static std::unique_ptr<Pager> start(const std::vector<std::string>& command,
                                        const Environment& environment);
    ~Pager();
    Pager(const Pager&) = delete;
    Pager& operator=(const Pager&) = delete;

    // Where the text is written to.
    int descriptor() const { return m_descriptor; }

private:
    Pager(int descriptor, pid_t child) : m_descriptor(descriptor), m_child(child) {}

    int m_descriptor;
    pid_t m_child;
};

}  // namespace opentraces::cli
