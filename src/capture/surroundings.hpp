// Where and how an agent works, as its log says again and again: a change is a fact of the step where it
// happens.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "opentraces/json/value.hpp"

namespace opentraces::capture {

class Surroundings {
public:
    // The first value counts as a change; an empty one says nothing. Names are those of
    // metadata.opentraces_steps and outlive this object.
    void note(std::string_view name, std::string_view now) {
        if (now.empty()) return;
        auto last =
            std::find_if(m_last.begin(), m_last.end(), [name](const auto& one) { return one.first == name; });
        if (last == m_last.end()) last = m_last.insert(last, {name, {}});
        if (last->second == now) return;
        last->second = now;
        m_changes.set(std::string(name), now);
    }
    // Gives away what has changed since it was told last.
    void tell(json::Object& facts) {
        for (auto& [name, value] : m_changes)
            facts.set(name, std::move(value));
        m_changes = {};
    }

private:
    std::vector<std::pair<std::string_view, std::string>> m_last;
    json::Object m_changes;
};

}  // namespace opentraces::capture
