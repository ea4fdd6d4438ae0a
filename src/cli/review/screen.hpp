// The whole of a terminal as a port: what is shown, and what the user does.
#pragma once

#include "cli/review/grid.hpp"
#include "cli/review/keys.hpp"

namespace opentraces::cli::review {

// From its making to its end the terminal is another one; then it is again as it was.
class Screen {
public:
    virtual ~Screen() = default;
    virtual Size size() const = 0;
    virtual void show(const Grid& grid) = 0;
    // Waits. Error Interrupted when the end is asked for, or when the terminal is gone.
    virtual Event next() = 0;
};

}  // namespace opentraces::cli::review
