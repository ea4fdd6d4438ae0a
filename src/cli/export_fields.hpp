// What export answers: the coverage table, and the account of what did not survive.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "opentraces/flow/export.hpp"

namespace opentraces::cli {

// Every format with its coverage of every field group.
json::Object formats_object();
std::string formats_text();

// The members of the answer and of the report file.
json::Object export_object(const formats::Format& format, const flow::ExportResult& result);
std::string export_text(const formats::Format& format, const flow::ExportResult& result);
// The column of this format, with the values that would be kept in part or not at all.
std::string coverage_text(const formats::Format& format, const flow::ExportTally& tally);

}  // namespace opentraces::cli
