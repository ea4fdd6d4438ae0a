// One entry per format in formats.cpp; what it names is defined in src/formats/<name>*.cpp:
//   std::unique_ptr<Exporter> open_atif(const ExportOptions& options);
//   extern const Mappings k_atif_mappings;
#pragma once

#include <memory>

#include "mappings.hpp"

namespace opentraces::formats {}  // namespace opentraces::formats
