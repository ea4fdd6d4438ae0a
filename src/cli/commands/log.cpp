#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

json::Object push_object(const store::PushRecord& push) {
    json::Array shards;
    for (const std::string& path : push.shard_paths)
        shards.emplace_back(path);
    json::Object object;
    object.append("at", format_iso8601(push.at));
    object.append("remote", push.remote);
    object.append("traces", push.traces);
    object.append("duplicates", push.duplicates);
    object.append("shards", std::move(shards));
    object.append("commit", text_or_null(push.commit_oid));
    object.append("commit_url", text_or_null(push.commit_url));
    return object;
}

Answer run(Context& context, std::int64_t limit) {
    const Project project = open_project_for_reading(context);
    auto pushes = project.store->pushes();
    Answer answer;
    answer.fields.append("total", static_cast<std::int64_t>(pushes.size()));
    if (limit > 0 && static_cast<std::int64_t>(pushes.size()) > limit)
        pushes.resize(static_cast<std::size_t>(limit));
    json::Array array;
    for (const store::PushRecord& push : pushes) {
        array.emplace_back(push_object(push));
        answer.text += fmt::format("{}  {} to {}\n", format_iso8601(push.at), counted(push.traces, "trace"),
                                   printable_line(push.remote));
        for (const std::string& path : push.shard_paths)
            answer.text += "  " + printable_line(path) + "\n";
        if (!push.commit_url.empty()) answer.text += "  " + printable_line(push.commit_url) + "\n";
    }
    answer.fields.append("pushes", std::move(array));
    if (pushes.empty()) answer.text = "Nothing has been pushed from this project yet.\n";
    return answer;
}

}  // namespace

Run declare_log(OptionSet& accepted) {
    auto limit = std::make_shared<std::int64_t>(20);
    accepted.add_option("--limit", *limit, "At most this many, 0 for all").not_negative();
    return [limit](Context& context) { return run(context, *limit); };
}

}  // namespace opentraces::cli
