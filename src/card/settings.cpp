#include "opentraces/card/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::card {
namespace {

constexpr std::string_view k_licenses[] = {"apache-2.0",
                                           "mit",
                                           "openrail",
                                           "bigscience-openrail-m",
                                           "creativeml-openrail-m",
                                           "bigscience-bloom-rail-1.0",
                                           "bigcode-openrail-m",
                                           "afl-3.0",
                                           "artistic-2.0",
                                           "bsl-1.0",
                                           "bsd",
                                           "bsd-2-clause",
                                           "bsd-3-clause",
                                           "bsd-3-clause-clear",
                                           "c-uda",
                                           "cc",
                                           "cc0-1.0",
                                           "cc-by-2.0",
                                           "cc-by-2.5",
                                           "cc-by-3.0",
                                           "cc-by-4.0",
                                           "cc-by-sa-3.0",
                                           "cc-by-sa-4.0",
                                           "cc-by-nc-2.0",
                                           "cc-by-nc-3.0",
                                           "cc-by-nc-4.0",
                                           "cc-by-nd-4.0",
                                           "cc-by-nc-nd-3.0",
                                           "cc-by-nc-nd-4.0",
                                           "cc-by-nc-sa-2.0",
                                           "cc-by-nc-sa-3.0",
                                           "cc-by-nc-sa-4.0",
                                           "cdla-sharing-1.0",
                                           "cdla-permissive-1.0",
                                           "cdla-permissive-2.0",
                                           "wtfpl",
                                           "ecl-2.0",
                                           "epl-1.0",
                                           "epl-2.0",
                                           "etalab-2.0",
                                           "eupl-1.1",
                                           "eupl-1.2",
                                           "agpl-3.0",
                                           "gfdl",
                                           "gpl",
                                           "gpl-2.0",
                                           "gpl-3.0",
                                           "lgpl",
                                           "lgpl-2.1",
                                           "lgpl-3.0",
                                           "isc",
                                           "h-research",
                                           "intel-research",
                                           "lppl-1.3c",
                                           "ms-pl",
                                           "apple-ascl",
                                           "apple-amlr",
                                           "mpl-2.0",
                                           "odc-by",
                                           "odbl",
                                           "openmdw-1.0",
                                           "openmdw-1.1",
                                           "openrail++",
                                           "osl-3.0",
                                           "postgresql",
                                           "ofl-1.1",
                                           "ncsa",
                                           "unlicense",
                                           "zlib",
                                           "pddl",
                                           "lgpl-lr",
                                           "deepfloyd-if-license",
                                           "fair-noncommercial-research-license",
                                           "llama2",
                                           "llama3",
                                           "llama3.1",
                                           "llama3.2",
                                           "llama3.3",
                                           "llama4",
                                           "grok2-community",
                                           "gemma",
                                           "unknown",
                                           "other"};

// ISO 639-1. Longer codes (ISO 639-2 and 639-3) are checked by form only.
constexpr std::string_view k_languages[] = {
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bh", "bi",
    "bm", "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv",
    "dz", "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy", "ga", "gd",
    "gl", "gn", "gu", "gv", "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig",
    "ii", "ik", "io", "is", "it", "iu", "ja", "jv", "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko",
    "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li", "ln", "lo", "lt", "lu", "lv", "mg", "mh",
    "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "na", "nb", "nd", "ne", "ng", "nl", "nn", "no", "nr",
    "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps", "pt", "qu", "rm", "rn", "ro", "ru",
    "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so", "sq", "sr", "ss", "st", "su",
    "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug",
    "uk", "ur", "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi", "yo", "za", "zh", "zu"};

constexpr std::size_t k_longest_name = 200;  // code points
constexpr std::size_t k_near_names = 3;

[[noreturn]] void fail(std::string_view setting, std::string_view value, std::string_view reason) {
    throw Error(ErrorCode::ConfigInvalid,
                fmt::format("card.{}: \"{}\" {}", setting, printable_line(value), reason));
}

bool holds(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Levenshtein.
std::size_t edits_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string near_licenses(std::string_view id) {
    const std::string lower = to_lower_ascii(id.substr(0, k_longest_name));
    std::vector<std::string_view> names(std::begin(k_licenses), std::end(k_licenses));
    std::stable_sort(names.begin(), names.end(), [&](std::string_view a, std::string_view b) {
        return edits_between(lower, a) < edits_between(lower, b);
    });
    names.resize(k_near_names);
    return fmt::format("{}", fmt::join(names, ", "));
}

bool is_language(std::string_view code) {
    if (code == "code" || code == "multilingual") return true;
    const bool letters = code.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
    return letters && (code.size() == 3 || holds(k_languages, code));
}

void check_line(std::string_view setting, std::string_view text) {
    if (!is_valid_utf8(text) || printable_line(text) != text) fail(setting, text, "is not one line of text");
    if (trim(text).size() != text.size()) fail(setting, text, "has space at its ends");
    if (code_points(text) > k_longest_name)
        fail(setting, text, fmt::format("is longer than {} characters", k_longest_name));
}

}  // namespace

bool is_known_license(std::string_view id) {
    return holds(k_licenses, id);
}

void validate_settings(const CardSettings& settings) {
    if (!settings.license.empty() && !is_known_license(settings.license))
        fail("license", settings.license,
             fmt::format("is not a licence id of the Hub; near: {}", near_licenses(settings.license)));
    check_line("pretty_name", settings.pretty_name);
    for (const std::string& language : settings.languages)
        if (!is_language(language))
            fail("language", language, "is not a language code (ISO 639, for example en)");
    for (const std::string& tag : settings.tags) {
        if (tag.empty()) fail("tags", tag, "is empty");
        check_line("tags", tag);
    }
}

}  // namespace opentraces::card
