// Files, sessions and rows that could not be taken in: none keeps the others from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "opentraces/core/diagnostic.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::flow {

class Failures {
public:
    Failures() = default;
    explicit Failures(std::size_t most_kept) : m_most_kept(most_kept) {}

    // `exit_status` is what this failure alone would mean.
    void add(Diagnostic failure, int exit_status = static_cast<int>(ErrorKind::Corrupt)) {
        if (m_total++ == 0) m_exit_status = exit_status;
        if (m_kept.size() < m_most_kept) m_kept.push_back(std::move(failure));
    }
    // Of the source as a whole.
    void add(const std::string& source, const std::string& words, const Error& error) {
        add({.source = source, .words = words}, error.exit_status());
    }
    // Those of the other come first.
    void put_first(const Failures& earlier) {
        m_kept.insert(m_kept.begin(), earlier.m_kept.begin(), earlier.m_kept.end());
        m_total += earlier.m_total;
        if (!earlier.empty()) m_exit_status = earlier.m_exit_status;
    }

    bool empty() const { return m_total == 0; }
    std::int64_t total() const { return m_total; }
    // The first ones.
    const std::vector<Diagnostic>& kept() const { return m_kept; }
    std::vector<Diagnostic>& kept() { return m_kept; }
    // 0, or that of the first failure.
    int exit_status() const { return m_exit_status; }

private:
    std::size_t m_most_kept = std::numeric_limits<std::size_t>::max();
    std::vector<Diagnostic> m_kept;
    std::int64_t m_total = 0;
    int m_exit_status = 0;
};

}  // namespace opentraces::flow
