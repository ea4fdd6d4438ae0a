// Prices of the user's own, which go before those that the program comes with: the setting pricing_file.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "opentraces/enrich/prices.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::flow {

struct OwnPrices {
    enrich::PriceTable table;
    std::string digest;  // SHA-256 of the file
};
// Null: there are none.
using OwnPricesPtr = std::shared_ptr<const OwnPrices>;

inline constexpr std::size_t k_largest_price_file = std::size_t{4} << 20;

// `file` as the setting says it; empty: null. A relative path starts at the project's folder `root` and leads
// through no link and not out of there: what comes with a clone is read as prices, and nothing else is. Error
// ConfigInvalid (file, line, what to do) for one that is not there or no table; it never has anything that
// the file says.
OwnPricesPtr own_prices(const std::string& file, const std::string& root, fs::Disk& disk);

}  // namespace opentraces::flow
