#include "cli/streamed_object.hpp"

#include "cli/error_text.hpp"
#include "opentraces/json/visible.hpp"

namespace opentraces::cli {

void StreamedObject::begin() {
    if (!m_begun) m_print("{\"" + m_list + "\":[");
    m_begun = true;
}

void StreamedObject::add(const json::Object& item) {
    begin();
    m_print((m_first ? "" : ",") + json::to_visible(json::Value(item)));
    m_first = false;
}

void StreamedObject::end(const json::Object& rest) {
    begin();
    m_print("]," + json::to_visible(json::Value(rest)).substr(1) + "\n");
}

Answer run_streamed(StreamedObject& object, const std::function<Answer()>& work) {
    try {
        return work();
    } catch (const Error& error) {
        if (!object.has_begun()) throw;
        Answer answer;
        answer.error = error;
        answer.printed = true;
        object.end(answer_object(answer));
        return answer;
    }
}

}  // namespace opentraces::cli
