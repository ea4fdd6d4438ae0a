// What the start of a file says about what it is: for recognising sessions and their projects without reading
// them.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/capture/sources.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture {

// What has been read of a start so far.
struct Start {
    std::string path;
    std::optional<json::Value> document;
    std::vector<json::Value> objects;
    std::size_t length = 0;  // bytes that hold them
};

// The first objects (at most 40, within the first 256 KiB) of a file of JSON lines, until `is_enough` says
// so. Did it? Other agents' files are told apart by this: what an agent writes on each line, or first.
bool starts_with_lines(const std::string& path, Sources& sources,
                       const std::function<bool(const json::Value& object)>& is_enough);

// The JSON document, an object or a list, at `path` as far as its first 256 KiB say it: texts, numbers and
// truth values as they are, objects and lists with what there is of them. Null for every other file; also
// where it is cut or broken further on, what was read until then counts. It holds until another file is asked
// about.
const json::Value& start_of_document(const std::string& path, Sources& sources);

}  // namespace opentraces::capture
