#include "enrich/episode_facts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "opentraces/trace/prompts.hpp"

namespace opentraces::enrich {
namespace {

using trace::Step;
using trace::TraceRecord;

// Facts that are told where they change, and hold until then.
constexpr std::array<std::string_view, 7> k_lasting{
    "working_directory", "branch", "agent_version", "permission_mode", "sandbox", "mode", "effort"};

class Facts {
public:
    Facts(const TraceRecord& whole, const EpisodeNumbers& numbers, std::vector<TraceRecord>& parts)
        : m_whole(whole), m_numbers(numbers), m_parts(parts), m_facts(parts.size()) {}

    void run() {
        json::Object lasting;
        std::size_t part = 0;
        for (const json::Value& one : list_in(m_whole.metadata, k_step_facts)) {
            const json::Object* facts = one.if_object();
            const auto place =
                facts == nullptr ? std::nullopt : m_numbers.of(one["step"].integer().value_or(0));
            if (!place) continue;
            while (part < place->part)
                begin(++part, lasting);
            json::Object own = *facts;
            own.set("step", place->index);
            keep_text(*place, own);
            if (trace::is_main(step_at(*place))) note_lasting(own, lasting);
            add(place->part, std::move(own));
        }
        while (part + 1 < m_parts.size())
            begin(++part, lasting);
        for (std::size_t at = 0; at < m_parts.size(); ++at)
            if (!m_facts[at].empty())
                m_parts[at].metadata.set(std::string(k_step_facts), std::move(m_facts[at]));
    }

private:
    Step& step_at(const EpisodePlace& place) {
        auto& steps = m_parts[place.part].steps;
        return steps[static_cast<std::size_t>(place.index - steps.front().step_index.value())];
    }

    // What held when the part began, as facts of its first step.
    void begin(std::size_t part, const json::Object& lasting) {
        if (lasting.empty() || m_parts[part].steps.empty()) return;
        json::Object first;
        first.set("step", m_parts[part].steps.front().step_index.value());
        for (const auto& [name, value] : lasting)
            first.set(name, value);
        m_facts[part].emplace_back(std::move(first));
    }

    static void note_lasting(const json::Object& facts, json::Object& lasting) {
        for (const auto& [name, value] : facts)
            if (std::find(k_lasting.begin(), k_lasting.end(), name) != k_lasting.end())
                lasting.set(name, value);
    }

    void add(std::size_t part, json::Object facts) {
        json::Array& list = m_facts[part];
        const bool same = !list.empty() && list.back()["step"].integer() == facts.find("step")->integer();
        if (!same) {
            list.emplace_back(std::move(facts));
            return;
        }
        for (auto& [name, value] : facts)
            list.back().if_object()->set(name, std::move(value));
    }

    // The first step of a part that stands for a text of another part gets it back; the others stand for
    // that one.
    void keep_text(const EpisodePlace& place, json::Object& facts) {
        const json::Value* repeated = facts.find("repeats");
        const auto origin = repeated == nullptr ? std::nullopt : repeated->integer();
        const auto first = origin ? m_numbers.of(*origin) : std::nullopt;
        if (!first) return;
        const auto [here, is_new] = m_texts.try_emplace(
            {place.part, *origin}, first->part == place.part ? first->index : place.index);
        if (here->second == place.index) {
            facts.erase("repeats");
            step_at(place).content = step_at(*first).content;
            return;
        }
        facts.set("repeats", here->second);
        step_at(place).content = "[repeated: the text of step " + std::to_string(here->second) + "]";
    }

    const TraceRecord& m_whole;
    const EpisodeNumbers& m_numbers;
    std::vector<TraceRecord>& m_parts;
    std::vector<json::Array> m_facts;
    // Of a part, and the session's step with a text: the part's own step with it.
    std::map<std::pair<std::size_t, std::int64_t>, std::int64_t> m_texts;
};

}  // namespace

const json::Array& list_in(const json::Object& metadata, std::string_view name) {
    static const json::Array k_none;
    const json::Value* value = metadata.find(name);
    const json::Array* list = value == nullptr ? nullptr : value->if_array();
    return list == nullptr ? k_none : *list;
}

void divide_facts(const TraceRecord& whole, const EpisodeNumbers& numbers, std::vector<TraceRecord>& parts) {
    Facts(whole, numbers, parts).run();
}

const Step* step_of(const TraceRecord& record, std::int64_t step_index) {
    if (record.steps.empty()) return nullptr;
    const std::int64_t at = step_index - record.steps.front().step_index.value();
    const bool is_there = at >= 0 && at < static_cast<std::int64_t>(record.steps.size());
    return is_there ? &record.steps[static_cast<std::size_t>(at)] : nullptr;
}

std::string last_fact(const TraceRecord& record, std::string_view name) {
    std::string last;
    for (const json::Value& facts : list_in(record.metadata, k_step_facts)) {
        const auto value = facts[name].string_or();
        const Step* step = value.empty() ? nullptr : step_of(record, facts["step"].integer().value_or(0));
        if (step != nullptr && trace::is_main(*step)) last = value;
    }
    return last;
}

}  // namespace opentraces::enrich
