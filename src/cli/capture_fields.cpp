#include "cli/capture_fields.hpp"

#include <fmt/format.h>

#include "cli/diagnostic_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {

json::Array failed_array(const flow::Failures& failed) {
    return diagnostics_array(failed.kept(),
                             {{Part::Source, "path"}, {Part::Line, "line"}, {Part::Words, "reason"}});
}

std::string failed_text(const flow::Failures& failed) {
    std::string text;
    for (const Diagnostic& failure : failed.kept())
        text += "error: " + diagnostic_text(failure) + "\n";
    return text;
}

json::Object counts_object(const std::map<std::string, std::int64_t>& counts) {
    json::Object object;
    for (const auto& [name, count] : counts)
        object.append(name, count);
    return object;
}

json::Object counts_object(const std::map<std::string, std::size_t>& counts) {
    json::Object object;
    for (const auto& [name, count] : counts)
        object.append(name, static_cast<std::uint64_t>(count));
    return object;
}

std::string unknown_text(const std::map<std::string, std::size_t>& unknown_line_types) {
    constexpr std::size_t k_shown = 20;
    std::string text;
    std::size_t shown = 0;
    for (const auto& [type, lines] : unknown_line_types) {
        if (shown++ == k_shown) {
            return text +
                   fmt::format("and {} more types; --json names them\n", unknown_line_types.size() - k_shown);
        }
        text += fmt::format("not understood: {} line(s) of type \"{}\"\n", lines, printable_line(type));
    }
    return text;
}

}  // namespace opentraces::cli
