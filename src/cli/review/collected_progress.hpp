// What a use case tells, kept until there is a place to show it.
#pragma once

#include <string>

#include "opentraces/flow/progress.hpp"

namespace opentraces::cli::review {

class CollectedProgress final : public flow::Progress {
public:
    void note(std::string_view text) override { add(text); }
    void warning(std::string_view text) override { add(text); }
    void upload(std::string_view, std::uint64_t, std::uint64_t) override {}
    // The line, and what was told behind it.
    std::string after(std::string line) const {
        return m_told.empty() ? line : std::move(line) + " (" + m_told + ")";
    }

private:
    void add(std::string_view text) { m_told.append(m_told.empty() ? "" : "; ").append(text); }

    std::string m_told;
};

}  // namespace opentraces::cli::review
