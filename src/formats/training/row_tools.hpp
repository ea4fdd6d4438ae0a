// The tools of a training row.
#pragma once

#include <deque>
#include <vector>

#include "formats/json_out.hpp"
#include "formats/view/prepared.hpp"

namespace opentraces::formats {

// The definitions of the record. A record without any gets those that the calls of the run show: names in
// order of first use, arguments with the JSON types that they had. Nothing is made up: no argument is called
// required.
class RowTools {
public:
    // Both have to outlive this object.
    RowTools(const Prepared& prepared, const Run& run);
    RowTools(const RowTools&) = delete;
    RowTools& operator=(const RowTools&) = delete;

    bool empty() const { return m_tools.empty(); }
    bool is_derived() const { return !m_schemas.empty(); }
    // An array of {"type":"function","function":…}, or of what stands in there.
    void write_functions(JsonOut& out) const { write(out, append_function_form); }
    void write_bare(JsonOut& out) const { write(out, append_bare_form); }

private:
    using AppendForm = void (*)(std::string&, const ToolDefinition&);
    void derive(const Run& run);
    void write(JsonOut& out, AppendForm append) const;

    std::vector<ToolDefinition> m_tools;
    std::deque<json::Value> m_schemas;  // of derived tools
};

}  // namespace opentraces::formats
