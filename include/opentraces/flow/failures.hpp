// Files, sessions, rows and records that could not be taken in or given out: none keeps the others from it.
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

struct Failure {
    Diagnostic what = {};  // source, line and words
    ErrorCode code = ErrorCode::CorruptSession;
    std::string hint = {};      // empty: what the code says
    std::string trace_id = {};  // empty: not a record
};

class Failures {
public:
    Failures() = default;
    explicit Failures(std::size_t most_kept) : m_most_kept(most_kept) {}

    // `code` is what this failure alone would mean.
    void add(Diagnostic what, ErrorCode code = ErrorCode::CorruptSession, std::string trace_id = {}) {
        add({.what = std::move(what), .code = code, .trace_id = std::move(trace_id)});
    }
    void add(Failure failure) {
        ++m_total;
        if (m_kept.size() < m_most_kept) m_kept.push_back(std::move(failure));
    }
    // Of the source, or of one line of it.
    void add(const std::string& source, const Error& error, std::size_t line = 0) {
        add({.what = {.source = source, .line = line, .words = error.what()},
             .code = error.code(),
             .hint = error.hint()});
    }
    // Of which no more is known.
    void add_unnamed(std::int64_t more) { m_total += more; }
    // Those of the other come first.
    void put_first(const Failures& earlier) {
        m_kept.insert(m_kept.begin(), earlier.m_kept.begin(), earlier.m_kept.end());
        m_total += earlier.m_total;
    }

    bool empty() const { return m_total == 0; }
    std::int64_t total() const { return m_total; }
    // The first ones.
    const std::vector<Failure>& kept() const { return m_kept; }
    std::vector<Failure>& kept() { return m_kept; }

private:
    std::size_t m_most_kept = std::numeric_limits<std::size_t>::max();
    std::vector<Failure> m_kept;
    std::int64_t m_total = 0;
};

}  // namespace opentraces::flow
