#include "opentraces/flow/prices.hpp"

#include "flow/settings_file.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::flow {
namespace {

constexpr SettingsFile k_prices{
    "pricing_file",
    "Put it right, or run: opentraces config unset pricing_file (with --user, if it is the user's)",
    k_largest_price_file, "the project"};

}  // namespace

OwnPricesPtr own_prices(const std::string& file, const std::string& root, fs::Disk& disk) {
    if (file.empty()) return nullptr;
    const bool whole = file.starts_with('/');
    if (!whole && root.empty()) refuse(k_prices, file, "is relative to a project, and there is none here");
    const std::string path = whole ? file : fs::join(root, file);
    const std::string text = read_settings_file(k_prices, path, whole ? disk : *disk.beneath(root));
    return std::make_shared<const OwnPrices>(
        OwnPrices{enrich::PriceTable::over_standard(text, "pricing_file: " + path), sha256_hex(text)});
}

}  // namespace opentraces::flow
