#include "cli/version_fields.hpp"

#include <fmt/format.h>

#include <CLI/Version.hpp>

#include "opentraces/capture/libraries.hpp"
#include "opentraces/card/libraries.hpp"
#include "opentraces/core/version.hpp"
#include "opentraces/db/libraries.hpp"
#include "opentraces/json/libraries.hpp"
#include "opentraces/net/libraries.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::cli {
namespace {

std::vector<Library> libraries() {
    std::vector<Library> all{{"CLI11", CLI11_VERSION}};
    for (const auto& room : {core_libraries(), net::libraries(), db::libraries(), json::libraries(),
                             capture::libraries(), card::libraries()})
        all.insert(all.end(), room.begin(), room.end());
    return all;
}

std::string or_unknown(std::string_view text) {
    return text.empty() ? "unknown" : std::string(text);
}

}  // namespace

std::string version_text(const Build& build) {
    std::string text =
        fmt::format("opentraces {}\ncommit     {}\nbuild      {}, {}\nschema     {}\n", program_version(),
                    or_unknown(build.commit), or_unknown(build_type()), compiler(), trace::k_schema_version);
    text += fmt::format("rules      {}\n", security::rule_set_digest());
    std::string before = "libraries  ";
    for (const Library& library : libraries()) {
        text += fmt::format("{}{} {}\n", before, library.name, library.version);
        before.assign(before.size(), ' ');
    }
    return text;
}

json::Object version_object(const Build& build) {
    const auto text_or_null = [](std::string_view text) {
        return text.empty() ? json::Value() : json::Value(std::string(text));
    };
    json::Object versions;
    for (const Library& library : libraries())
        versions.append(library.name, library.version);
    json::Object object;
    object.append("version", std::string(program_version()));
    object.append("commit", text_or_null(build.commit));
    object.append("build_type", text_or_null(build_type()));
    object.append("compiler", compiler());
    object.append("schema_version", std::string(trace::k_schema_version));
    object.append("rule_set_digest", security::rule_set_digest());
    object.append("libraries", std::move(versions));
    return object;
}

}  // namespace opentraces::cli
