// Facts of single steps for which the record has no field (metadata.opentraces_steps), and context that
// stands in the record once however often the model was shown it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture {

class StepFacts {
public:
    json::Object& of(std::int64_t step) { return m_facts[step]; }
    // {"step": 1, …} for each step that has some, in their order.
    json::Array take() {
        json::Array all;
        for (auto& [step, facts] : m_facts) {
            if (facts.empty()) continue;
            json::Object one;
            one.append("step", step);
            for (auto& [name, fact] : facts)
                one.append(name, std::move(fact));
            all.emplace_back(std::move(one));
        }
        m_facts.clear();
        return all;
    }

private:
    std::map<std::int64_t, json::Object> m_facts;
};

class ContextTexts {
public:
    // True where a step before had the same text: the step names it instead, and so do its facts.
    bool repeats(trace::Step& step, std::int64_t index, json::Object& facts) {
        const auto [first, is_new] = m_first.try_emplace(sha256_hex(step.content.value_or("")), index);
        if (is_new) return false;
        facts.set("repeats", first->second);
        step.content = "[repeated: the text of step " + std::to_string(first->second) + "]";
        return true;
    }

private:
    std::unordered_map<std::string, std::int64_t> m_first;  // digest of a text -> step
};

}  // namespace opentraces::capture
