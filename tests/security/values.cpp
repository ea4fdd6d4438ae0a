#include <zlib.h>

#include <algorithm>
#include <optional>

#include "security/match/matchers.hpp"
#include "security/planted.hpp"
#include "security/rules/rule.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::testing {
namespace {

using namespace security;

bool tells_by_form(const Rule& rule) {
    return rule.matcher == nullptr && rule.block == nullptr && rule.value == ValueKind::None &&
           rule.severity >= Severity::High && !rule.hits.empty();
}

// GitHub's and npm's tokens end in six characters of base 62 over the 30 before them.
std::string with_checksum(std::string token) {
    constexpr std::string_view k_digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr std::size_t k_check = 6;
    constexpr std::size_t k_body = 30;
    if (token.size() != 4 + k_body + k_check || token[3] != '_') return token;
    const auto* body = reinterpret_cast<const Bytef*>(token.data() + 4);
    std::uint64_t sum = ::crc32(0, body, k_body);
    std::string check(k_check, '0');
    for (std::size_t i = 0; i < k_check; ++i, sum /= k_digits.size())
        check[k_check - 1 - i] = k_digits[sum % k_digits.size()];
    return token.substr(0, 4 + k_body) + check;
}

std::optional<std::string> value_of(const Rule& rule, std::uint64_t variant) {
    for (const std::string_view sample : rule.hits) {
        const std::string text = expand_sample(sample, variant);
        std::vector<Hit> hits;
        match_rules(text, Depth::Full, hits);
        for (const Hit& hit : hits)
            if (hit.rule->id == rule.id) return text.substr(hit.begin, hit.end - hit.begin);
    }
    return std::nullopt;
}

}  // namespace

std::vector<Planted> planted_values(std::uint64_t seed, std::vector<std::string>& without) {
    std::vector<Planted> values;
    for (const CompiledRule& compiled : RuleSet::get().rules()) {
        const Rule& rule = compiled.rule;
        if (!tells_by_form(rule)) continue;
        if (auto value = value_of(rule, seed * 1000 + values.size()))
            values.push_back({std::string(rule.id), with_checksum(*std::move(value))});
        else
            without.emplace_back(rule.id);
    }
    return values;
}

}  // namespace opentraces::testing
