// The secrets of one record, so that each is removed wherever else it occurs.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "security/match/literal_set.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {

class SecretValues {
public:
    // Remembers what the hits cover if it is distinctive enough to be looked for elsewhere.
    void add(std::string_view text, const std::vector<Hit>& hits);
    // To be called once after the last add().
    void prepare();
    bool empty() const { return m_values.empty(); }
    // Every occurrence in the text, sorted and merged.
    std::vector<Hit> find(std::string_view text) const;

private:
    void add_value(std::string_view value, const Rule* rule);

    std::map<std::string, const Rule*, std::less<>> m_values;
    std::vector<const std::pair<const std::string, const Rule*>*> m_order;
    LiteralSet m_heads;
};

}  // namespace opentraces::security
