// Calls and their observations, and the text forms of an observation.
#include "formats/view/pairing.hpp"

#include <algorithm>

namespace opentraces::formats {
namespace {

constexpr std::string_view k_no_result = "no_result";

// Finds calls by id. Calls that share an id take their observations in order, what is left over goes to the
// last of them.
class CallsById {
public:
    explicit CallsById(const std::vector<trace::ToolCall>& calls) : m_calls(calls), m_taken(calls.size()) {
        m_order.reserve(calls.size());
        for (std::size_t i = 0; i < calls.size(); ++i)
            m_order.push_back(i);
        std::stable_sort(m_order.begin(), m_order.end(),
                         [&](std::size_t a, std::size_t b) { return id(a) < id(b); });
    }

    // k_none: no call has the id.
    std::size_t take(const std::string& wanted) {
        const auto first =
            std::lower_bound(m_order.begin(), m_order.end(), wanted,
                             [&](std::size_t call, const auto& key) { return id(call) < key; });
        if (first == m_order.end() || id(*first) != wanted) return k_none;
        auto call = first + static_cast<std::ptrdiff_t>(m_taken[*first]);
        if (call + 1 != m_order.end() && id(*(call + 1)) == wanted) ++m_taken[*first];
        return *call;
    }

private:
    const std::string& id(std::size_t call) const { return m_calls[call].tool_call_id; }

    const std::vector<trace::ToolCall>& m_calls;
    std::vector<std::size_t> m_order;
    std::vector<std::size_t> m_taken;  // by the first call of an id: how many of its calls have observations
};

}  // namespace

std::vector<Result> pair_results(const trace::Step& step) {
    std::vector<Result> results;
    results.reserve(step.observations.size());
    CallsById calls(step.tool_calls);
    std::vector<bool> answered(step.tool_calls.size());
    for (const trace::Observation& observation : step.observations) {
        Result result{&observation, calls.take(observation.source_call_id)};
        if (result.call != k_none && !answered[result.call]) {
            answered[result.call] = true;
            result.answer = true;
        }
        results.push_back(result);
    }
    std::stable_sort(results.begin(), results.end(),
                     [](const Result& a, const Result& b) { return a.call < b.call; });
    return results;
}

const trace::Observation* PreparedStep::answer_of(std::size_t call) const {
    for (const Result& result : results) {
        if (result.call == call && result.answer) return result.observation;
    }
    return nullptr;
}

std::string_view error_of(const trace::Observation* observation) {
    if (observation == nullptr) return k_no_result;
    return observation->error ? std::string_view(*observation->error) : std::string_view();
}

Pieces observation_text(const trace::Observation* observation) {
    const bool failed = observation == nullptr || observation->error.has_value();
    const bool has_content = observation != nullptr && observation->content.has_value();
    Pieces pieces;
    if (failed) {
        pieces[0] = "[error: ";
        pieces[1] = error_of(observation);
        pieces[2] = has_content ? "]\n" : "]";
    }
    if (has_content) pieces[3] = *observation->content;
    return pieces;
}

Pieces observation_text_beside_error(const trace::Observation* observation) {
    if (observation != nullptr && observation->content) return {*observation->content};
    return observation_text(observation);
}

std::string joined(const Pieces& pieces) {
    std::string text;
    for (const std::string_view piece : pieces)
        text.append(piece);
    return text;
}

}  // namespace opentraces::formats
