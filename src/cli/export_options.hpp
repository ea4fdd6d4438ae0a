// Options of export that only some formats know.
#pragma once

#include "cli/command.hpp"
#include "opentraces/formats/format.hpp"

namespace opentraces::cli {

void declare_format_options(OptionSet& accepted, formats::ExportOptions& options);
// Error BadOption for an option that was given and says nothing to this format.
void check_format_options(const OptionSet& accepted, const formats::Format& format);

}  // namespace opentraces::cli
