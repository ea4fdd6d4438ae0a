#include "security/scrub/safe_cut.hpp"

#include <algorithm>

#include "opentraces/core/text.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {
namespace {

// What is left when the end goes makes another secret at most a few times.
constexpr int k_rounds = 4;

// A cut must not split a marker or a pseudonym.
std::size_t step_back(std::string_view text, std::size_t cut) {
    const std::size_t from = cut < k_marker.size() ? 0 : cut - k_marker.size() + 1;
    const std::size_t marker =
        text.substr(0, std::min(text.size(), cut + k_marker.size())).find(k_marker, from);
    if (marker != std::string_view::npos && marker < cut) return marker;
    const std::size_t begin = run_begin<'w'>(text, cut);
    const std::size_t end = run_end<'w'>(text, cut);
    const bool pseudonym = end - begin == 9 && text[begin] == 'u' && run_end<'h'>(text, begin + 1) == end;
    return pseudonym ? begin : cut;
}

}  // namespace

std::size_t safe_cut(std::string_view text, std::size_t limit) {
    std::size_t cut = step_back(text, first_code_points(text, limit).size());
    for (int round = 0; round < k_rounds; ++round) {
        const auto hits = scan(text.substr(0, cut), {});
        if (hits.empty() || hits.back().begin == 0) break;
        cut = step_back(text, hits.back().begin);
    }
    return cut;
}

}  // namespace opentraces::security
