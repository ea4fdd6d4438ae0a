// The members of an object while it is being read.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

#include "opentraces/json/value.hpp"

namespace opentraces::json {

class Members {
public:
    explicit Members(Object& object) : m_object(&object) {}

    // Where the value of this key goes: the last one given wins, at the place of the first.
    Value& slot(std::string key) {
        if (m_object->size() < k_small) {
            Value* const known = m_object->find(key);
            return known != nullptr ? *known : m_object->append(std::move(key), Value());
        }
        if (m_places.empty()) {
            for (const Member& member : *m_object)
                m_places.emplace(member.first, m_places.size());
        }
        const auto [place, is_new] = m_places.emplace(key, m_object->size());
        return is_new ? m_object->append(std::move(key), Value()) : m_object->begin()[place->second].second;
    }

private:
    // From so many members on, equal keys are found with a table instead of a scan.
    static constexpr std::size_t k_small = 24;

    Object* m_object;
    std::unordered_map<std::string, std::size_t> m_places;
};

}  // namespace opentraces::json
