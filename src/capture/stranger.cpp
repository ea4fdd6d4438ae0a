#include "opentraces/capture/stranger.hpp"

#include <algorithm>

#include "capture/databases.hpp"
#include "capture/heads.hpp"
#include "capture/object_lines.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

bool is_whole_document(std::string_view text) {
    std::size_t end = 0;
    try {
        parse_object_text(text, end);
    } catch (const json::SyntaxError&) {
        return false;
    }
    return trim(text.substr(end)).empty();
}

// What is broken or empty is for a reader to say.
bool is_whole(const std::string& path, Sources& sources) {
    return starts_with_database(path, sources) ||
           starts_with_lines(path, sources, [](const json::Value&) { return true; }) ||
           is_whole_document(sources.head(path));
}

// One agent alone was asked for, or takes such names.
bool is_one_agents(const std::string& path, std::span<const Agent* const> asked) {
    const auto takes_name = [&](const Agent* agent) {
        return agent->role_of(fs::file_name(path)) == FileRole::Sessions;
    };
    return asked.size() == 1 || std::count_if(asked.begin(), asked.end(), takes_name) == 1;
}

}  // namespace

Stranger look_at_stranger(const std::string& path, std::span<const Agent* const> asked, Sources& sources) {
    try {
        for (const Agent* agent : agents())
            if (agent->recognises(path, sources)) return {agent, false};
        return {nullptr, !is_one_agents(path, asked) && is_whole(path, sources)};
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Interrupted) throw;
        return {};
    }
}

}  // namespace opentraces::capture
