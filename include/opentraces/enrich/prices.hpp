// What tokens cost: a dated table of list prices.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"

namespace opentraces::enrich {

// US dollars per million tokens. A price that is not there is not known; cache writes without one are free.
struct Price {
    double input = 0;
    double output = 0;
    std::optional<double> cache_read = std::nullopt;
    std::optional<double> cache_write = std::nullopt;       // kept for 5 minutes
    std::optional<double> long_cache_write = std::nullopt;  // kept for one hour
};

struct ModelPrice {
    std::string provider;
    Price price;
    std::int64_t tier_above = 0;  // thousands of tokens of input in one request, cached ones too; 0: no tier
    Price tier;
};

// Lines of tab-separated values below a line of names; lines that begin with "#" are comments, of which one
// may say "Date: YYYY-MM-DD". Columns, in any order: model, input, output; and where there are such prices
// provider, cache_read, cache_write_5m, cache_write_1h, tier_above_k_input_tokens (a whole number),
// tier_input, tier_output, tier_cache_read, tier_cache_write; retired is not read (docs/outcomes.md).
class PriceTable {
public:
    // The table that the program comes with.
    static const PriceTable& standard();
    // `text` over the standard table: a model that it names is its own, whatever date or variant the session
    // adds to the name. Error ConfigInvalid ("file:line: reason") for what is no such table; never with
    // anything that the text says.
    static PriceTable over_standard(std::string_view text, const std::string& file);

    // By model name with or without provider, date or variant; nullptr for a model that is not in the table.
    const ModelPrice* find(std::string_view model) const;
    // Nullopt when a model that used tokens has no price.
    std::optional<double> cost_of(const std::vector<ModelUsage>& usage) const;
    const std::string& date() const { return m_date; }
    // Which prices these are: "prices of 2026-11-26", "prices of pricing_file, 2027-01-01", or both.
    std::string source_of(const std::vector<ModelUsage>& usage) const;

private:
    friend class PriceReader;
    const ModelPrice* find_own(std::string_view model) const;
    const ModelPrice* find_name(const std::string& name, std::string_view provider) const;
    std::string own_source() const;

    std::string m_date;
    std::multimap<std::string, ModelPrice> m_models;  // by name in small letters
    const PriceTable* m_under = nullptr;              // what holds for models that are not in this one
};

}  // namespace opentraces::enrich
