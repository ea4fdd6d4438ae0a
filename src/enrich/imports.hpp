// Packages that source text imports.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace opentraces::enrich {

// Package names in the import statements of python, javascript, typescript, go, ruby and rust text; relative
// imports and standard libraries left out. Other languages give nothing: prose is never read as an import.
std::vector<std::string> imports_of(std::string_view text, std::string_view language);

}  // namespace opentraces::enrich
