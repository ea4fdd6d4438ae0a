#include "security/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "opentraces/security/scrub.hpp"

namespace opentraces::testing {
namespace {

double per_cent(std::size_t part, std::size_t whole) {
    return whole == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

Carried carried_plainly(std::string_view text, const std::string& value) {
    Carried carried{std::string(text), {value}};
    carried.text.replace(carried.text.find("{V}"), 3, value);
    return carried;
}

// Where the spellings of the secret are in the text.
std::vector<bool> secret_bytes(const Carried& carried) {
    std::vector<bool> bytes(carried.text.size(), false);
    std::size_t from = 0;
    for (const std::string& trace : carried.traces) {
        std::size_t at = carried.text.find(trace, from);
        if (at == std::string::npos) at = carried.text.find(trace);
        if (at == std::string::npos) continue;
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), trace.size(), true);
        from = at + trace.size();
    }
    return bytes;
}

class Planner {
public:
    explicit Planner(const Plan& plan) : m_plan(plan) {
        m_values = planted_values(plan.seed, m_planned.without);
        m_planned.formats = m_values.size();
    }

    Planned run() {
        for (const PlainCarrier& carrier : plain_carriers())
            add("as it is", carrier.name,
                [&](const std::string& value) { return carried_plainly(carrier.text, value); });
        for (const Carrier& carrier : encoded_carriers())
            add("encoded", carrier.name, carrier.wrap);
        for (const Carrier& carrier : joined_carriers())
            add("in parts", carrier.name, carrier.wrap);
        for (const Negative& negative : hard_negatives())
            for (std::size_t i = 0; i < m_plan.negatives; ++i)
                push("harmless", negative.name, {}, {negative.make(m_plan.seed * 1000 + i), {}});
        return std::move(m_planned);
    }

private:
    template <class Wrap>
    void add(const char* group, std::string_view carrier, Wrap wrap) {
        ++m_planned.carriers;
        for (const Planted& planted : m_values)
            if (m_pair++ % m_plan.every == 0) push(group, carrier, planted.rule, wrap(planted.value));
    }

    void push(const char* group, std::string_view carrier, std::string format, Carried carried) {
        m_planned.cases.push_back({fmt::format("case-{:06}.txt", m_planned.cases.size()), group,
                                   std::string(carrier), std::move(format), std::move(carried)});
    }

    const Plan& m_plan;
    Planned m_planned;
    std::vector<Planted> m_values;
    std::size_t m_pair = 0;
};

}  // namespace

Planned planned(const Plan& plan) {
    return Planner(plan).run();
}

void Score::add(const Score& other) {
    texts += other.texts;
    found += other.found;
    gone += other.gone;
    bytes += other.bytes;
    covered += other.covered;
    findings += other.findings;
    right += other.right;
}

double Score::recall() const {
    return per_cent(found, texts);
}
double Score::removed() const {
    return per_cent(gone, texts);
}
double Score::coverage() const {
    return per_cent(covered, bytes);
}
double Score::precision() const {
    return per_cent(right, findings);
}

Score measured(const Case& one) {
    const std::vector<bool> secret = secret_bytes(one.carried);
    Score score;
    score.texts = 1;
    score.bytes = static_cast<std::size_t>(std::count(secret.begin(), secret.end(), true));
    for (const security::Finding& finding : security::scan_text(one.carried.text)) {
        const auto begin = secret.begin() + static_cast<std::ptrdiff_t>(finding.offset);
        const auto on_it = static_cast<std::size_t>(
            std::count(begin, begin + static_cast<std::ptrdiff_t>(finding.length), true));
        ++score.findings;
        score.right += on_it > 0 ? 1 : 0;
        score.covered += on_it;
    }
    const bool harmless = one.carried.traces.empty();
    score.found = score.right > 0 || (harmless && score.findings > 0) ? 1 : 0;
    score.gone = is_gone(security::redact_text(one.carried.text).text, one.carried) ? 1 : 0;
    return score;
}

}  // namespace opentraces::testing
