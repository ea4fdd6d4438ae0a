// Remarks about one record, added up.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "opentraces/formats/format.hpp"

namespace opentraces::formats {

class Remarks {
public:
    void add(std::string_view field, std::string_view reason, std::uint64_t count = 1) {
        if (count == 0) return;
        const auto same = std::find_if(m_all.begin(), m_all.end(), [&](const Remark& remark) {
            return remark.field == field && remark.reason == reason;
        });
        if (same != m_all.end()) {
            same->count += count;
        } else {
            m_all.push_back({std::string(field), std::string(reason), count});
        }
    }
    std::vector<Remark> take() { return std::move(m_all); }

private:
    std::vector<Remark> m_all;
};

inline Converted skipped(std::string reason) {
    return {Fate::Skipped, std::move(reason), {}};
}

}  // namespace opentraces::formats
