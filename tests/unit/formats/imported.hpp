// Runs an importer on one row.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "catch.hpp"
#include "formats_fixture.hpp"
#include "opentraces/formats/importer.hpp"

namespace opentraces::testing {

inline formats::ImportedRow read_value(std::string_view parser, json::Value row,
                                       const formats::RowOrigin& origin = {"file", "0", "", "", "", ""}) {
    return formats::importer_named(parser).read(std::move(row), origin);
}

inline formats::ImportedRow read_row(std::string_view parser, const std::string& row,
                                     const formats::RowOrigin& origin = {"file", "0", "", "", "", ""}) {
    return read_value(parser, parsed(row), origin);
}

// The row's record; fails the test when it has none.
inline trace::TraceRecord imported(std::string_view parser, const std::string& row) {
    formats::ImportedRow read = read_row(parser, row);
    INFO(read.reason);
    REQUIRE(read.record.has_value());
    return std::move(*read.record);
}

inline std::string remarks_of(const formats::ImportedRow& row) {
    std::string text;
    for (const Diagnostic& remark : row.remarks)
        text += remark.field + " " + std::to_string(remark.count) + ": " + remark.words + "\n";
    return text;
}

}  // namespace opentraces::testing
