// The list prices that the program comes with: the text of prices.tsv.
#pragma once

#include <string_view>

namespace opentraces::enrich {

extern const std::string_view k_price_data;

}  // namespace opentraces::enrich
