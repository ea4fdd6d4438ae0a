#include "flow/row_files.hpp"

#include <algorithm>
#include <array>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::flow {
namespace {

constexpr std::array<std::string_view, 3> k_tables{".parquet", ".arrow", ".csv"};
constexpr std::array<std::string_view, 4> k_packed{".gz", ".zst", ".zip", ".bz2"};

template <class Endings>
bool ends_in(std::string_view path, const Endings& endings) {
    const std::string name = to_lower_ascii(path);
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace

bool is_line_file(std::string_view path) {
    return ends_in(path, std::array<std::string_view, 2>{".jsonl", ".ndjson"});
}

bool is_row_file(std::string_view path) {
    return is_line_file(path) || ends_in(path, std::array<std::string_view, 1>{".json"});
}

bool is_other_kind(std::string_view path) {
    return ends_in(path, k_tables) || ends_in(path, k_packed);
}

void refuse_other_kinds(const std::string& path) {
    if (ends_in(path, k_tables))
        throw Error(ErrorCode::UnknownFormat, path + " is a table, rows of JSON are expected",
                    "Convert it first: duckdb -c \"COPY (FROM '" + fs::file_name(path) +
                        "') TO 'rows.jsonl' (FORMAT json)\".");
    if (ends_in(path, k_packed))
        throw Error(ErrorCode::UnknownFormat, path + " is packed, rows of JSON are expected",
                    "Unpack it first, or pipe it: zcat FILE | opentraces import - --parser P.");
}

}  // namespace opentraces::flow
