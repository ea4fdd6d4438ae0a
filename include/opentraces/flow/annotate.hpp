// What a person says of how a session ended: into the record's own fields, in its later versions too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opentraces/flow/redact.hpp"

namespace opentraces::flow {

// Metadata of an annotated record: "outcome", what its fields said before, and "tags".
inline constexpr std::string_view k_annotation = "opentraces_annotation";
// Of outcome.signal_source and outcome.reward_source.
inline constexpr std::string_view k_by_hand = "human_annotation";

struct Annotation {
    std::optional<bool> success;
    std::optional<double> reward;   // finite
    std::string note;               // outcome.description; scrubbed
    std::vector<std::string> tags;  // sorted, each once; scrubbed
    bool empty() const { return !success && !reward && note.empty() && tags.empty(); }
    bool operator==(const Annotation&) const = default;
};

// Of the trace's session; an empty one when nobody has said anything.
Annotation annotation_of(store::Store& store, const TraceId& id);
// In the place of what was said before; an empty one brings back what the session itself says. One
// transaction, which undo() takes back. Errors as redact().
void annotate(const ReviewTools& tools, const TraceId& id, const Annotation& annotation);

}  // namespace opentraces::flow
