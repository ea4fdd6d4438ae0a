// One entry per importer in importers.cpp; each is defined in src/formats/import_<name>.cpp.
#pragma once

#include "opentraces/formats/importer.hpp"

namespace opentraces::formats {

extern const Importer k_import_adp;
extern const Importer k_import_atif;
extern const Importer k_import_hermes;
extern const Importer k_import_messages;
extern const Importer k_import_opentraces;

}  // namespace opentraces::formats
