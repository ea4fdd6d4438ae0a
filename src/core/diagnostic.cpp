#include "opentraces/core/diagnostic.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace opentraces {

void add_up(std::vector<Diagnostic>& sum, Diagnostic more) {
    const auto said = [](const Diagnostic& one) {
        return std::tie(one.source, one.line, one.field, one.rule, one.words);
    };
    const auto same = std::find_if(sum.begin(), sum.end(),
                                   [&](const Diagnostic& known) { return said(known) == said(more); });
    if (same != sum.end())
        same->count += more.count;
    else
        sum.push_back(std::move(more));
}

}  // namespace opentraces
