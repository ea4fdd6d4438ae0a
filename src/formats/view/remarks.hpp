// Remarks about one record, added up.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "opentraces/formats/format.hpp"

namespace opentraces::formats {

class Remarks {
public:
    void add(std::string_view field, std::string_view words, std::uint64_t count = 1) {
        if (count == 0) return;
        add_up(m_all, {.field = std::string(field), .words = std::string(words), .count = count});
    }
    std::vector<Diagnostic> take() { return std::move(m_all); }

private:
    std::vector<Diagnostic> m_all;
};

inline Converted skipped(std::string reason) {
    return {Fate::Skipped, std::move(reason), {}};
}

}  // namespace opentraces::formats
