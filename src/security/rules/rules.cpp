#include "security/rules/rule.hpp"

#include <iterator>

#include "opentraces/core/digest.hpp"
#include "security/match/matchers.hpp"
#include "security/own/own_rules.hpp"

namespace opentraces::security {

namespace {

std::vector<std::span<const Rule>> families() {
    return {ai_rules(),        cloud_rules(),    service_rules(), vcs_rules(),      platform_rules(),
            developer_rules(), chat_rules(),     payment_rules(), models_rules(),   identity_rules(),
            hosting_rules(),   delivery_rules(), data_rules(),    business_rules(), markets_rules(),
            generic_rules(),   file_rules(),     key_rules(),     personal_rules()};
}

// What may stand behind a literal that code puts together with the next one.
constexpr std::string_view k_joints[] = {"\" +",   "\"+",  "\" .", "\".c", "\" &", "\" \"", "\"\"",
                                         "\", \"", "\" f", "' +",  "'+",   "' .",  "'.c",   "' &",
                                         "' '",    "''",   "', '", "'}${", "${\""};

bool needs_second_look(const Rule& rule, std::string_view literal) {
    return !rule.any_case || literal.find_first_of("0123456789") != std::string_view::npos;
}

}  // namespace

RuleSet::RuleSet() {
    std::vector<std::string> literals;
    for (const auto family : families()) {
        for (const Rule& rule : family) {
            const auto index = static_cast<std::uint32_t>(m_rules.size());
            const bool value_pattern =
                rule.value == ValueKind::Exact || (rule.matcher == nullptr && rule.block == nullptr);
            m_rules.push_back({rule, Pattern(rule.before), value_pattern ? Pattern(rule.after) : Pattern()});
            for (std::size_t at = 0; at <= rule.anchors.size();) {
                const std::size_t bar = std::min(rule.anchors.find('|', at), rule.anchors.size());
                std::string literal(rule.anchors.substr(at, bar - at));
                at = bar + 1;
                if (literal.empty()) continue;
                m_anchors.push_back({index, static_cast<std::uint32_t>(literal.size()),
                                     needs_second_look(rule, literal) ? literal : std::string()});
                note_pairs(rule, literal);
                literals.push_back(std::move(literal));
            }
        }
    }
    literals.insert(literals.end(), std::begin(k_joints), std::end(k_joints));
    m_literals = LiteralSet(literals, Fold::CaseAndDigits);
}

void RuleSet::note_pairs(const Rule& rule, std::string_view literal) {
    if (!has_known_form(rule)) return;
    m_firsts.set(static_cast<unsigned char>(literal.front()));
    for (std::size_t at = 0; at + 2 < literal.size(); ++at)
        m_triples.set(triple(literal[at], literal[at + 1], literal[at + 2]));
    for (std::size_t at = 0; at + 1 < literal.size(); ++at) {
        for (char digit = '0'; digit <= '9'; ++digit) {
            const auto of = [&](char c) { return c == '#' ? digit : c; };
            m_pairs.set(pair(of(literal[at]), of(literal[at + 1])));
            if (literal.size() == 2) m_short.set(pair(of(literal[at]), of(literal[at + 1])));
        }
    }
}

bool has_known_form(const Rule& rule) {
    return rule.severity >= Severity::High && rule.block == nullptr &&
           (rule.matcher == nullptr || rule.matcher == match_jwt);
}

const RuleSet& RuleSet::get() {
    static const RuleSet set;
    return set;
}

const Rule& entropy_rule() {
    static const Rule rule{.id = "high_entropy_string",
                           .description = "Long random-looking text without a known form",
                           .severity = Severity::Medium};
    return rule;
}

const Rule& mnemonic_rule() {
    static const Rule rule{
        .id = "wallet_phrase",
        .description = "Words that stand for the key of a wallet, with a checksum that fits",
        .origin = {"BIP-39", "https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki"}};
    return rule;
}

const Rule& custom_rule() {
    static const Rule rule{.id = "custom_string",
                           .description = "A text the user never wants to see published"};
    return rule;
}

namespace {

void add_text(std::string& bytes, std::string_view text) {
    bytes += text;
    bytes += '\0';
}

std::string program_rules() {
    std::string bytes;
    const auto add = [&](std::string_view text) { add_text(bytes, text); };
    add(k_scanner_version);
    for (const auto family : families()) {
        for (const Rule& rule : family) {
            add(rule.id);
            add(name_of(rule.severity));
            add(rule.anchors);
            add(rule.before);
            add(rule.after);
            add(std::to_string(rule.min_entropy));
            add(std::to_string(static_cast<int>(rule.value)));
            add(rule.any_case ? "any case" : "");
            add(rule.glued ? "glued" : "");
            for (const auto sample : rule.hits)
                add(sample);
            add("misses");
            for (const auto sample : rule.misses)
                add(sample);
        }
    }
    return bytes;
}

}  // namespace

std::string rule_set_digest(const OwnRulesPtr& own_rules, const PersonalData& personal) {
    static const std::string k_program = program_rules();
    static const std::string k_program_digest = sha256_hex(k_program);
    std::string chosen;
    if (own_rules && !own_rules->digest().empty()) add_text(chosen, own_rules->digest());
    // Names are no rules, and nothing said is what everybody has.
    if (!personal.emails) add_text(chosen, "no e-mail addresses");
    if (!personal.ips) add_text(chosen, "no network addresses");
    if (!personal.phones) add_text(chosen, "no phone numbers");
    return chosen.empty() ? k_program_digest : sha256_hex(k_program + chosen);
}

}  // namespace opentraces::security
