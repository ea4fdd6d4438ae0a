#include "cli/capture_fields.hpp"

#include <fmt/format.h>

#include "opentraces/core/text.hpp"

namespace opentraces::cli {

json::Array failed_array(const std::vector<flow::FailedFile>& failed) {
    json::Array array;
    for (const flow::FailedFile& file : failed) {
        json::Object object;
        object.append("path", repair_utf8(file.path));
        object.append("line",
                      file.line > 0 ? json::Value(static_cast<std::uint64_t>(file.line)) : json::Value());
        object.append("reason", file.reason);
        array.emplace_back(std::move(object));
    }
    return array;
}

std::string failed_text(const std::vector<flow::FailedFile>& failed) {
    std::string text;
    for (const flow::FailedFile& file : failed) {
        const std::string place = file.line > 0 ? fmt::format("{}:{}", file.path, file.line) : file.path;
        text += fmt::format("error: {}: {}\n", printable_line(place), printable_line(file.reason));
    }
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
