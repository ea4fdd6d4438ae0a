#include "flow/push_message.hpp"

#include <fmt/format.h>

#include <unordered_set>

#include "flow/leaving_text.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::flow {
namespace {

// The Hub takes no shorter title for a pull request (POST /discussions).
constexpr std::size_t k_shortest_title = 3;

std::string traces_text(std::size_t count) {
    return fmt::format("{} {}", count, count == 1 ? "trace" : "traces");
}

std::string first_line(const std::string& text) {
    return std::string(trim(std::string_view(text).substr(0, text.find('\n'))));
}

std::string after_first_line(const std::string& text) {
    const std::size_t end = text.find('\n');
    return end == text.npos ? "" : std::string(trim(std::string_view(text).substr(end)));
}

struct Part {
    const store::CommitGroup* group;
    std::size_t traces;
};

std::vector<Part> parts_of(const std::vector<store::CommitGroup>& groups,
                           const std::vector<Candidate>& traces) {
    std::unordered_set<TraceId> sent;
    for (const Candidate& trace : traces)
        sent.insert(trace.id);
    std::vector<Part> parts;
    // Oldest first, as the traces.
    for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
        std::size_t count = 0;
        for (const TraceId& id : group->traces)
            count += sent.count(id);
        if (count > 0) parts.push_back({&*group, count});
    }
    return parts;
}

}  // namespace

CommitTexts commit_texts(store::Store& store, const std::vector<Candidate>& traces) {
    const std::vector<store::CommitGroup> groups = store.commit_groups();
    const std::vector<Part> parts = parts_of(groups, traces);
    CommitTexts texts;
    texts.summary = "Add " + traces_text(traces.size());
    if (parts.size() == 1 && parts.front().traces == traces.size()) {
        const std::string& message = parts.front().group->message;
        if (code_points(first_line(message)) >= k_shortest_title)
            texts = {first_line(message), after_first_line(message), {}};
    } else {
        for (const Part& part : parts)
            texts.description +=
                fmt::format("- {} ({})\n", first_line(part.group->message), traces_text(part.traces));
    }
    texts.unscrubbed = texts.summary + "\n" + texts.description;
    return texts;
}

CommitTexts scrubbed(CommitTexts texts, const security::ScrubOptions& options, Progress& progress,
                     std::map<std::string, std::int64_t>& replaced) {
    LeavingTexts leaving(options, progress);
    texts.summary = leaving.scrub(texts.summary, "the commit's message");
    texts.description = leaving.scrub(texts.description, "the commit's message");
    for (const auto& [rule, count] : leaving.replaced())
        replaced[rule] += count;
    return texts;
}

}  // namespace opentraces::flow
