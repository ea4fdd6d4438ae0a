#include "cli/review/session_body.hpp"

#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::cli::review {
namespace {

// A record around the one step that is to be read, for the reader of records.
constexpr std::string_view k_before = R"({"trace_id":"-","session_id":"-","agent":{"name":"-"},"steps":[)";
constexpr std::string_view k_behind = "]}";

trace::TraceRecord record_of(std::string_view text) {
    trace::Decoded decoded = trace::decode(text);
    if (decoded.record) return *std::move(decoded.record);
    throw Error(ErrorCode::CorruptTrace, "the trace cannot be read: " + decoded.problem->words);
}

}  // namespace

SessionBody::SessionBody(store::Store& store, const TraceId& id)
    : m_file(store.open_line(id)), m_index(index_steps(*m_file)), m_head(record_of(m_index.head)) {
    m_index.head = {};
}

trace::Step SessionBody::step(std::size_t number) {
    const StepPlace& place = m_index.steps.at(number);
    std::string text(k_before);
    text.resize(k_before.size() + place.length);
    m_file->seek(place.begin);
    std::size_t got = k_before.size();
    while (got < text.size()) {
        const std::size_t more = m_file->read(text.data() + got, text.size() - got);
        if (more == 0) throw Error(ErrorCode::CorruptTrace, "the trace ends early");
        got += more;
    }
    trace::TraceRecord record = record_of(text.append(k_behind));
    if (record.steps.size() != 1) throw Error(ErrorCode::CorruptTrace, "the trace cannot be read");
    return std::move(record.steps.front());
}

}  // namespace opentraces::cli::review
