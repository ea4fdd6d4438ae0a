// The scores of a batch as a Markdown document.
#pragma once

#include <cstddef>
#include <string>

#include "opentraces/quality/assess.hpp"
#include "opentraces/quality/batch.hpp"
#include "opentraces/quality/preservation.hpp"

namespace opentraces::quality {

// Traces beyond this are in the averages and the audit, but have no row of their own.
inline constexpr std::size_t k_reported_traces = 1000;

class MarkdownReport {
public:
    void add(const Assessment& assessment);
    void add(const Preservation& preservation);
    // The whole document; `batch` holds the traces that were added.
    std::string finish(const Batch& batch) const;

private:
    std::size_t m_traces = 0;
    std::string m_rows;
    std::string m_details;
    std::string m_preservation;
};

}  // namespace opentraces::quality
