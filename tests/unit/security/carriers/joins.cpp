// Values that something has broken into parts.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "unit/security/carriers/carrier.hpp"

namespace opentraces::testing {
namespace {

// Parts that are long enough to say something of the secret.
Carried in_parts(const std::string& before, const std::vector<std::string>& parts, const std::string& between,
                 const std::string& after) {
    Carried carried{before, {}};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        carried.text += (i > 0 ? between : "") + parts[i];
        if (parts[i].size() >= 8) carried.traces.push_back(parts[i]);
    }
    carried.text += after;
    return carried;
}

std::vector<std::string> halves(const std::string& secret) {
    return {secret.substr(0, secret.size() / 2), secret.substr(secret.size() / 2)};
}

std::vector<std::string> thirds(const std::string& secret) {
    const std::size_t third = secret.size() / 3;
    return {secret.substr(0, third), secret.substr(third, third), secret.substr(2 * third)};
}

// What comes first is all within the beginning that tells the kind.
std::vector<std::string> behind_two(const std::string& secret) {
    return {secret.substr(0, 2), secret.substr(2)};
}

// `text` as a terminal of `width` columns shows it; each row is made by `row`.
template <class Row>
Carried in_terminal(const std::string& before, const std::string& secret, std::size_t width, Row row) {
    const std::string text = before + secret;
    Carried carried;
    carried.text = "$ print-settings\n";
    std::size_t number = 1;
    for (std::size_t at = 0; at < text.size(); at += width, ++number) {
        carried.text += row(text.substr(at, width), number) + "\n";
        const std::size_t from = std::max(at, before.size());
        const std::size_t until = std::min(text.size(), at + width);
        if (until >= from + 8) carried.traces.push_back(text.substr(from, until - from));
    }
    carried.text += "Done in 3 s.\n";
    return carried;
}

std::string bare(const std::string& part, std::size_t) {
    return part;
}

const std::string k_before = "The service answers with the token ";

const Carrier k_carriers[] = {
    {"terminal of 40 columns", [](const std::string& s) { return in_terminal("token ", s, 40, bare); }, 92},
    {"terminal of 41 columns", [](const std::string& s) { return in_terminal(k_before, s, 41, bare); }, 92},
    {"terminal that cuts the beginning",
     [](const std::string& s) { return in_terminal(k_before, s, k_before.size() + 2, bare); }, 92},
    {"terminal of 50 columns with blanks",
     [](const std::string& s) {
         return in_terminal(k_before, s, 50,
                            [](const std::string& part, std::size_t) { return fmt::format("{:50}", part); });
     },
     92},
    {"terminal of 24 columns with line numbers",
     [](const std::string& s) {
         return in_terminal("", s, 24, [](const std::string& part, std::size_t number) {
             return fmt::format("{:6}\t{}", number, part);
         });
     },
     92},
    {"terminal of 44 columns, arrows behind numbers",
     [](const std::string& s) {
         return in_terminal(k_before, s, 44, [](const std::string& part, std::size_t number) {
             return fmt::format("{:6}\xe2\x86\x92{}", number, part);
         });
     },
     92},
    {"box of 48 columns",
     [](const std::string& s) {
         return in_terminal(k_before, s, 48, [](const std::string& part, std::size_t) {
             return fmt::format("\xe2\x94\x82 {:48} \xe2\x94\x82", part);
         });
     },
     91},
    {"wrapped in a JSON string",
     [](const std::string& s) { return in_parts("{\"out\":\"" + k_before, halves(s), "\\n", "\\nDone\"}"); },
     92},
    {"quoted with >", [](const std::string& s) { return in_parts("> key ", halves(s), "\n> ", "\n> end"); },
     92},
    {"plus", [](const std::string& s) { return in_parts("k = \"", halves(s), "\" + \"", "\";"); }, 92},
    {"plus of three", [](const std::string& s) { return in_parts("k = '", thirds(s), "' + '", "';"); }, 92},
    {"plus over lines",
     [](const std::string& s) { return in_parts("k = \"", thirds(s), "\" +\n        \"", "\";"); }, 92},
    {"plus in front of the next line",
     [](const std::string& s) { return in_parts("k = \"", halves(s), "\"\n      + \"", "\""); }, 92},
    {"plus behind two characters",
     [](const std::string& s) { return in_parts("k = \"", behind_two(s), "\" + \"", "\";"); }, 92},
    {"neighbours", [](const std::string& s) { return in_parts("k = (\"", halves(s), "\" \"", "\")"); }, 92},
    {"neighbours over lines",
     [](const std::string& s) { return in_parts("k = (\n    \"", halves(s), "\"\n    \"", "\"\n)"); }, 92},
    {"dot", [](const std::string& s) { return in_parts("$k = '", halves(s), "' . '", "';"); }, 92},
    {"two dots", [](const std::string& s) { return in_parts("k = \"", halves(s), "\" .. \"", "\""); }, 92},
    {"ampersand", [](const std::string& s) { return in_parts("k = \"", halves(s), "\" & _\n  \"", "\""); },
     92},
    {"concat", [](const std::string& s) { return in_parts("k = \"", halves(s), "\".concat(\"", "\")"); }, 92},
    {"template parts", [](const std::string& s) { return in_parts("k = `", halves(s), "${\"\"}", "`"); }, 92},
    {"template of literals",
     [](const std::string& s) { return in_parts("k = `${'", halves(s), "'}${'", "'}`"); }, 92},
    {"shell, quotes side by side",
     [](const std::string& s) { return in_parts("K=\"", halves(s), "\"\"", "\""); }, 92},
    {"continued line", [](const std::string& s) { return in_parts("K=", halves(s), "\\\n", "\n"); }, 92},
    {"continued line in a string",
     [](const std::string& s) { return in_parts("k = \"", halves(s), "\\\n", "\";"); }, 92},
    {"continued line, indented",
     [](const std::string& s) { return in_parts("k = \"", halves(s), "\\\n    ", "\";"); }, 92},
    {"plus, escaped",
     [](const std::string& s) {
         return in_parts("{\"code\":\"k = \\\"", halves(s), "\\\" + \\\"", "\\\";\"}");
     },
     92},
    {"formatted strings", [](const std::string& s) { return in_parts("k = f\"", halves(s), "\" f\"", "\""); },
     92},
    {"list that is joined",
     [](const std::string& s) { return in_parts("k = [\"", halves(s), "\", \"", "\"].join(\"\")"); }, 92},
};

}  // namespace

std::span<const Carrier> joined_carriers() {
    return k_carriers;
}

}  // namespace opentraces::testing
