// What holds of every text, whatever is in it: made-up ones, other ones for each number.
#include <cstdint>
#include <string>
#include <vector>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/security/own_rules.hpp"
#include "opentraces/security/stream.hpp"
#include "security/rules/rule.hpp"

using namespace opentraces;
using namespace opentraces::security;

namespace {

constexpr std::uint64_t k_texts = 1500;

class Maker {
public:
    explicit Maker(std::uint64_t seed) : m_state(seed * 0x9e3779b97f4a7c15ULL + 0x853c49e6748fea9bULL) {}

    std::size_t below(std::size_t limit) {
        m_state = m_state * 6364136223846793005ULL + 1442695040888963407ULL;
        return (m_state >> 33) % limit;
    }

    // Words, names, quotes, encodings, what redaction leaves, and secrets of any rule between them.
    std::string text() {
        std::string out;
        for (std::size_t parts = 1 + below(12); parts > 0; --parts)
            out += below(3) == 0 ? secret() : piece();
        return out;
    }

    // An object, a list, or a value; texts may be in keys too.
    json::Value value(int depth) {
        switch (depth == 0 ? 3 + below(4) : below(7)) {
            case 0:
            case 1:
                return object(depth);
            case 2: {
                json::Array array;
                for (std::size_t items = below(4); items > 0; --items)
                    array.push_back(value(depth - 1));
                return array;
            }
            case 3:
                return json::Value(static_cast<std::int64_t>(below(1000000)));
            case 4:
                return below(2) == 0 ? json::Value(true) : json::Value();
            default:
                return json::Value(text());
        }
    }

    json::Value object(int depth) {
        constexpr std::string_view k_keys[] = {"name", "value", "password", "api_key", "url", "content"};
        json::Object object;
        for (std::size_t members = below(5); members > 0; --members)
            object.set(below(8) == 0 ? text()
                                     : std::string(k_keys[below(std::size(k_keys))]) +
                                           (below(2) == 0 ? "" : std::to_string(members)),
                       value(depth - 1));
        return object;
    }

private:
    std::string secret() {
        const auto rules = RuleSet::get().rules();
        for (;;) {
            const Rule& rule = rules[below(rules.size())].rule;
            if (!rule.hits.empty()) return expand_sample(rule.hits[below(rule.hits.size())], below(1000));
        }
    }

    std::string piece() {
        constexpr std::string_view k_pieces[] = {" ",
                                                 "\n",
                                                 "\r\n",
                                                 "\t",
                                                 ", ",
                                                 "the result is ",
                                                 "\"",
                                                 "'",
                                                 "`",
                                                 "\\",
                                                 "\\n",
                                                 "\\\"",
                                                 "=",
                                                 ": ",
                                                 "{",
                                                 "}",
                                                 "[",
                                                 "]",
                                                 "[REDACTED]",
                                                 "[REDACTED",
                                                 "REDACTED]",
                                                 "\" + \"",
                                                 "%3D",
                                                 "\\u003d",
                                                 "\x1b[1m",
                                                 "\xc3\xa9",
                                                 "\xe2\x80\xa6",
                                                 "\x01",
                                                 "token=",
                                                 "password: ",
                                                 "export KEY=",
                                                 "Bearer ",
                                                 "https://u:",
                                                 "@host.example/",
                                                 "-----BEGIN ",
                                                 "KEY-----\n",
                                                 "ghp_",
                                                 "sk-",
                                                 "0123456789abcdef",
                                                 "--token ",
                                                 "| key | value |\n|---|---|\n"};
        return std::string(k_pieces[below(std::size(k_pieces))]);
    }

    std::uint64_t m_state;
};

ScrubOptions options(std::uint64_t seed) {
    static const OwnRulesPtr own =
        read_own_rules({{"rules.toml",
                         "[[rules]]\nid = \"result\"\nregex = '''result is (\\S+)'''\n"
                         "[[rules]]\nid = \"hex\"\nregex = '''[0-9a-f]{12,}'''\n"}});
    ScrubOptions options;
    options.pseudonym_key = "key";
    options.custom_strings = {"host.example"};
    if (seed % 2 == 1) options.own_rules = own;
    return options;
}

// A marker for each finding, and every other byte as it is.
std::string replaced(std::string_view text, const std::vector<Finding>& findings) {
    std::string out;
    std::size_t copied = 0;
    for (const Finding& finding : findings) {
        out += text.substr(copied, finding.offset - copied);
        out += k_marker;
        copied = finding.offset + finding.length;
    }
    return out += text.substr(copied);
}

// The same but for texts.
bool same_shape(const json::Value& a, const json::Value& b) {
    if (const auto* object = a.if_object()) {
        const auto* other = b.if_object();
        if (other == nullptr || object->size() != other->size()) return false;
        auto member = other->begin();
        for (const auto& [key, value] : *object)
            if (!same_shape(value, (member++)->second)) return false;
        return true;
    }
    if (const auto* array = a.if_array()) {
        const auto* other = b.if_array();
        if (other == nullptr || array->size() != other->size()) return false;
        for (std::size_t i = 0; i < array->size(); ++i)
            if (!same_shape((*array)[i], (*other)[i])) return false;
        return true;
    }
    if (a.if_string() != nullptr) return b.if_string() != nullptr;
    return json::to_compact(a) == json::to_compact(b);
}

}  // namespace

TEST_CASE("properties: a redacted text has no finding, and redacting it changes nothing") {
    for (std::uint64_t seed = 0; seed < k_texts; ++seed) {
        INFO("seed " << seed);
        const ScrubOptions with = options(seed);
        const RedactedText once = redact_text(Maker(seed).text(), with);
        CHECK(scan_text(once.text, with).empty());
        CHECK(redact_text(once.text, with).text == once.text);
    }
}

TEST_CASE("properties: bytes outside of findings are left as they are") {
    for (std::uint64_t seed = 0; seed < k_texts; ++seed) {
        INFO("seed " << seed);
        const ScrubOptions with = options(seed);
        std::string text = Maker(seed).text();
        const std::string redacted = redact_text(text, with).text;
        CHECK(redact_window(text, 0, true, with).text == redacted);
        // What has gone may uncover something else.
        for (auto found = scan_text(text, with); !found.empty(); found = scan_text(text, with))
            text = replaced(text, found);
        CHECK(text == redacted);
    }
}

TEST_CASE("properties: JSON stays JSON of the same shape, and only what was found has changed") {
    for (std::uint64_t seed = 0; seed < k_texts; ++seed) {
        INFO("seed " << seed);
        const ScrubOptions with = options(seed);
        const std::string text = json::to_compact(Maker(seed).object(3));
        const RedactedText redacted = redact_json(text, with);
        REQUIRE(is_json(redacted.text));
        CHECK(same_shape(json::parse(text), json::parse(redacted.text)));
        CHECK(redact_json(redacted.text, with).text == redacted.text);
        CHECK(redact_json(redacted.text, with).findings.empty());
        const std::string once = replaced(text, redacted.findings);
        CHECK(redact_json(once, with).text == redacted.text);
        if (redact_json(once, with).findings.empty()) CHECK(once == redacted.text);
    }
}
