// The members of an object while it is being read.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "opentraces/json/value.hpp"

namespace opentraces::json {

class Members {
public:
    explicit Members(Object& object) : m_object(&object) {}

    // Where the value of this key goes: the last one given wins, at the place of the first.
    Value& slot(std::string&& key) {
        if (m_object->size() >= k_small) return slot_of_many(std::move(key));
        Value* const known = m_object->find(key);
        return known != nullptr ? *known : m_object->append(std::move(key), Value());
    }

private:
    // From so many members on, equal keys are found with a table instead of a scan.
    static constexpr std::size_t k_small = 24;
    using Places = std::unordered_map<std::string, std::size_t>;

    Value& slot_of_many(std::string&& key) {
        if (!m_places) {
            m_places = std::make_unique<Places>();
            for (const Member& member : *m_object)
                m_places->emplace(member.first, m_places->size());
        }
        const auto [place, is_new] = m_places->emplace(key, m_object->size());
        return is_new ? m_object->append(std::move(key), Value()) : m_object->begin()[place->second].second;
    }

    Object* m_object;
    std::unique_ptr<Places> m_places;
};

}  // namespace opentraces::json
