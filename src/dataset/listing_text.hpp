// A folder's listing as text, to be remembered between pushes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/hub/remote.hpp"

namespace opentraces::dataset {

std::string listing_to_text(const std::vector<hub::RemoteFile>& files);
// nullopt if it is not such a text.
std::optional<std::vector<hub::RemoteFile>> listing_from_text(std::string_view text);

}  // namespace opentraces::dataset
