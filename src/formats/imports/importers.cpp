#include "formats/imports/importers.hpp"

#include <algorithm>
#include <array>

#include "opentraces/core/error.hpp"
#include "opentraces/core/suggestion.hpp"

namespace opentraces::formats {
namespace {

const std::array k_importers{k_import_adp, k_import_atif, k_import_hermes, k_import_messages,
                             k_import_opentraces};

}  // namespace

std::span<const Importer> importers() {
    return k_importers;
}

const Importer& importer_named(std::string_view name) {
    const auto found = std::find_if(importers().begin(), importers().end(),
                                    [&](const Importer& importer) { return importer.name == name; });
    if (found != importers().end()) return *found;
    std::vector<std::string> names;
    for (const Importer& importer : importers())
        names.emplace_back(importer.name);
    throw Error(ErrorCode::UnknownFormat, "no parser is called '" + std::string(name) + "'",
                did_you_mean(name, names, "Known parsers: " + importer_names() + "."));
}

std::string importer_names() {
    std::string names;
    for (const Importer& importer : importers()) {
        if (!names.empty()) names += ", ";
        names += importer.name;
    }
    return names;
}

}  // namespace opentraces::formats
