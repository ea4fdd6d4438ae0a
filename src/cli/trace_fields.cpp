#include "cli/trace_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/table.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_short_id = 8;
constexpr std::size_t k_wide = 100;  // from here on there is room for more than the least
constexpr std::size_t k_most_name = 24;

std::string_view colour_of(store::Stage stage) {
    switch (stage) {
        case store::Stage::Inbox:
            return k_yellow;
        case store::Stage::Committed:
            return k_green;
        case store::Stage::Rejected:
            return k_red;
        case store::Stage::Pushed:
            break;
    }
    return {};
}

// What a table has room for: everything in a pipe, the least in a narrow terminal.
enum class Room { Narrow, Wide, All };

std::vector<Column> columns_of(Room room, bool projects) {
    std::vector<Column> columns{{"ID"}};
    if (projects) columns.push_back({"PROJECT", false, k_most_name});
    columns.insert(columns.end(), {{"STAGE"}, {"ENDED"}});
    if (room != Room::Narrow) columns.push_back({"AGENT", false, k_most_name});
    if (room == Room::All) columns.push_back({"MODEL"});
    columns.push_back({"STEPS", true});
    if (room != Room::Narrow) columns.push_back({"TOOLS", true});
    columns.push_back({"FOUND", true});
    if (room != Room::Narrow) columns.push_back({"REDACTED", true});
    columns.push_back({"TASK"});
    return columns;
}

// In a pipe exact and for programs; else on the user's clock.
std::string time_text(Context& context, const store::TraceRow& row, Room room) {
    const std::string& when = row.ended_at.empty() ? row.started_at : row.ended_at;
    const auto at = parse_iso8601(when);
    if (!at) return {};
    if (room == Room::All)
        return format_iso8601(std::chrono::floor<std::chrono::seconds>(*at)).substr(0, 19) + "Z";
    if (room == Room::Wide) return local_minute(context, *at);
    return recent_time(context, *at);
}

std::vector<Cell> cells_of_row(Context& context, const store::TraceRow& row, Room room,
                               const std::string* project) {
    std::vector<Cell> cells{{room == Room::All ? row.id.str() : short_id(row.id)}};
    if (project != nullptr) cells.push_back({*project});
    cells.push_back({std::string(store::name_of(row.stage)), colour_of(row.stage)});
    cells.push_back({time_text(context, row, room), k_dim});
    if (room != Room::Narrow) cells.push_back({row.agent});
    if (room == Room::All) cells.push_back({row.model.empty() ? "-" : row.model});
    cells.push_back({std::to_string(row.steps)});
    if (room != Room::Narrow) cells.push_back({std::to_string(row.tool_calls)});
    cells.push_back({std::to_string(row.findings), row.needs_review   ? k_red
                                                   : row.findings > 0 ? k_yellow
                                                                      : std::string_view()});
    if (room != Room::Narrow) cells.push_back({std::to_string(row.redactions)});
    cells.push_back({row.task.empty() ? "(no task)" : row.task});
    return cells;
}

}  // namespace

json::Value text_or_null(const std::string& text) {
    return text.empty() ? json::Value() : json::Value(text);
}

json::Object trace_object(const store::TraceRow& row) {
    json::Object object;
    object.append("trace_id", row.id.str());
    object.append("session_id", row.session_id);
    object.append("agent", row.agent);
    object.append("model", text_or_null(row.model));
    object.append("stage", std::string(store::name_of(row.stage)));
    object.append("task", text_or_null(row.task));
    object.append("steps", row.steps);
    object.append("tool_calls", row.tool_calls);
    const auto if_known = [](bool known, std::int64_t count) {
        return known ? json::Value(count) : json::Value();
    };
    const store::CacheTokens cache = row.cache.value_or(store::CacheTokens{});
    const bool knows_cache = row.cache && row.knows_usage();
    object.append("input_tokens", if_known(row.knows_usage(), row.input_tokens));
    object.append("output_tokens", if_known(row.knows_usage(), row.output_tokens));
    object.append("cache_read_tokens", if_known(knows_cache, cache.read));
    object.append("cache_write_tokens", if_known(knows_cache, cache.written));
    object.append("cost_usd", row.cost_usd ? json::Value(*row.cost_usd) : json::Value());
    object.append("started_at", text_or_null(row.started_at));
    object.append("ended_at", text_or_null(row.ended_at));
    object.append("finding_count", row.findings);
    object.append("redactions", row.redactions);
    object.append("needs_review", row.needs_review);
    object.append("reviewed", row.reviewed);
    object.append("content_hash", row.content_hash.str());
    object.append("revision", static_cast<std::int64_t>(row.revision));
    object.append("supersedes", text_or_null(row.supersedes.str()));
    return object;
}

std::string short_id(const TraceId& id) {
    return id.str().substr(0, k_short_id);
}

std::string local_minute(Context& context, TimePoint at) {
    std::string text = format_iso8601(at + context.terminal.utc_offset(at)).substr(0, 16);
    text[10] = ' ';
    return text;
}

std::string recent_time(Context& context, TimePoint at) {
    constexpr std::int64_t k_days = 7;
    const TimePoint now = context.ports.clock.now();
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(now - at).count();
    if (minutes < 0 || minutes >= k_days * 24 * 60) return local_minute(context, at).substr(0, 10);
    if (minutes < 1) return "just now";
    if (minutes < 60) return fmt::format("{}m ago", minutes);
    if (minutes < 24 * 60) return fmt::format("{}h ago", minutes / 60);
    return fmt::format("{}d ago", minutes / (24 * 60));
}

std::string counted(std::int64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", with_commas(count), noun, count == 1 ? "" : "s");
}

std::string later_text(const store::LaterCounts& later, std::string_view indent) {
    std::string text;
    if (later.grown > 0)
        text += fmt::format("{}{} {} grown since; commit again to send the newer version{}\n", indent,
                            counted(later.grown, "committed trace"), later.grown == 1 ? "has" : "have",
                            later.grown == 1 ? "" : "s");
    if (later.reread > 0)
        text += fmt::format("{}{} would be read differently now; commit again to send {}\n", indent,
                            counted(later.reread, "committed trace"), later.reread == 1 ? "that" : "those");
    return text;
}

void append_later(json::Object& object, const store::LaterCounts& later) {
    object.append("outgrown", later.grown);
    object.append("read_differently", later.reread);
}

std::string with_commas(std::int64_t number) {
    std::string digits = std::to_string(number);
    const std::size_t sign = number < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > sign + 3; at -= 3)
        digits.insert(at - 3, 1, ',');
    return digits;
}

std::string trace_table(Context& context, const std::vector<store::TraceRow>& rows,
                        const std::vector<std::string>& projects) {
    const bool terminal = context.terminal.out_is_terminal();
    const auto width = terminal ? static_cast<std::size_t>(std::max(context.terminal.width(), 1)) : 0;
    const Room room = !terminal ? Room::All : width >= k_wide ? Room::Wide : Room::Narrow;
    Table table(columns_of(room, !projects.empty()), width, context.terminal.colour());
    for (std::size_t i = 0; i < rows.size(); ++i)
        table.add(cells_of_row(context, rows[i], room, projects.empty() ? nullptr : &projects[i]));
    return table.text();
}

}  // namespace opentraces::cli
