// One JSON object whose first member is a list that grows while the command works: no item is held longer
// than it takes to print.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/command.hpp"

namespace opentraces::cli {

class StreamedObject {
public:
    using Print = std::function<void(std::string_view)>;

    StreamedObject(std::string list, Print print) : m_list(std::move(list)), m_print(std::move(print)) {}
    // Before anything can fail: then an error is told in the rest of it. add() and end() do it, too.
    void begin();
    void add(const json::Object& item);
    bool has_begun() const { return m_begun; }
    // Puts the members of `rest` behind the list.
    void end(const json::Object& rest);

private:
    std::string m_list;
    Print m_print;
    bool m_begun = false;
    bool m_first = true;
};

// Runs `work`. An error after the object has begun is told in the rest of it.
Answer run_streamed(StreamedObject& object, const std::function<Answer()>& work);

}  // namespace opentraces::cli
