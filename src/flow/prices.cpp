#include "opentraces/flow/prices.hpp"

#include <fmt/format.h>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::flow {
namespace {

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
    throw Error(
        ErrorCode::ConfigInvalid, fmt::format("pricing_file: {} {}", path, why),
        "Put it right, or run: opentraces config unset pricing_file (with --user, if it is the user's)");
}

std::string read(const std::string& path, fs::Disk& disk) {
    try {
        const auto info = disk.info(path);
        if (!info) refuse(path, "is not there");
        if (info->kind == fs::FileKind::Link) refuse(path, "is a link");
        if (info->kind != fs::FileKind::File) refuse(path, "is no file");
        if (info->size > k_largest_price_file) refuse(path, "is larger than 4 MB");
        return disk.read_all(path, k_largest_price_file);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::UnsafePath)
            refuse(path, "leads through a link, or out of the project; a whole path would be taken");
        if (error.code() != ErrorCode::DiskFailed && error.code() != ErrorCode::NotFound) throw;
        refuse(path, "cannot be read");
    }
}

}  // namespace

OwnPricesPtr own_prices(const std::string& file, const std::string& root, fs::Disk& disk) {
    if (file.empty()) return nullptr;
    const bool whole = file.starts_with('/');
    if (!whole && root.empty()) refuse(file, "is relative to a project, and there is none here");
    const std::string path = whole ? file : fs::join(root, file);
    const std::string text = read(path, whole ? disk : *disk.beneath(root));
    return std::make_shared<const OwnPrices>(
        OwnPrices{enrich::PriceTable::over_standard(text, "pricing_file: " + path), sha256_hex(text)});
}

}  // namespace opentraces::flow
