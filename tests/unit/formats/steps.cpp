// Rows of steps, and their page.
#include "formats/steps.hpp"

#include <limits>
#include <map>

#include "exported.hpp"
#include "golden.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using testing::Builder;
using testing::exported;

namespace {

formats::ExportOptions as_csv() {
    formats::ExportOptions options;
    options.steps_as = "csv";
    return options;
}

// A reader of RFC 4180; a null is "\0".
std::vector<std::vector<std::string>> csv_rows(const std::string& text) {
    std::vector<std::vector<std::string>> rows(1);
    for (std::size_t at = 0; at < text.size();) {
        std::string field;
        if (text[at] == '"') {
            for (++at; text[at] != '"' || text[at + 1] == '"'; ++at) {
                field.push_back(text[at]);
                if (text[at] == '"') ++at;
            }
            ++at;
        } else {
            const std::size_t end = text.find_first_of(",\r", at);
            field = end == at ? std::string(1, '\0') : text.substr(at, end - at);
            at = end;
        }
        rows.back().push_back(std::move(field));
        const bool last = text[at] == '\r';
        REQUIRE((last ? text[at + 1] == '\n' : text[at] == ','));
        at += last ? 2 : 1;
        if (last && at < text.size()) rows.emplace_back();
    }
    return rows;
}

std::size_t column(std::string_view name) {
    const auto columns = formats::steps_columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name == name) return i;
    }
    FAIL("no column " << name);
    return 0;
}

bool fits(const json::Value& value, const formats::StepsColumn& column) {
    using formats::StepsType;
    if (value.is_null()) return column.nullable;
    switch (column.type) {
        case StepsType::Integer:
            return value.if_number() != nullptr && !value.if_number()->is_float;
        case StepsType::Real:
            return value.if_number() != nullptr;
        case StepsType::Flag:
            return value.if_bool() != nullptr;
        case StepsType::Json:
            return value.if_string() != nullptr && !testing::parsed(*value.if_string()).is_null();
        case StepsType::Text:
        case StepsType::Time:
            break;
    }
    return value.if_string() != nullptr;
}

std::string columns_block() {
    std::string text = "| column | type | null | holds |\n|---|---|---|---|\n";
    for (const auto& column : formats::steps_columns()) {
        text += "| `" + std::string(column.name) + "` | " + std::string(name_of(column.type)) + " | " +
                (column.nullable ? "yes" : "") + " | " + std::string(column.holds) + " |\n";
    }
    return text;
}

std::string duckdb_block() {
    const std::map<std::string_view, std::string> types{{"text", "VARCHAR"}, {"json", "VARCHAR"},
                                                        {"int64", "BIGINT"}, {"double", "DOUBLE"},
                                                        {"bool", "BOOLEAN"}, {"timestamp", "TIMESTAMPTZ"}};
    std::string text =
        "```sql\nCREATE TABLE steps AS SELECT * FROM read_json('steps.jsonl', format = 'newline_delimited',\n"
        "  maximum_object_size = 268435456, columns = {";
    std::size_t width = 0;
    for (const auto& column : formats::steps_columns()) {
        const std::string entry = std::string(column.name) + ": '" + types.at(name_of(column.type)) + "'";
        text += width == 0 ? "\n    " : ", ";
        text += entry;
        width = width + entry.size() > 90 ? 0 : width + entry.size();
        if (width == 0) text += ",";
    }
    if (text.back() == ',') text.pop_back();
    return text + "\n  });\n```\n";
}

}  // namespace

TEST_CASE("steps: every row has every column, in order and of its type") {
    Builder odd;
    odd.record.session_id.clear();
    odd.agent("", 7).call("c", "Bash").observe("c", {}, "tool_error");
    odd.last().timestamp = "soon";
    odd.record.outcome.reward = std::numeric_limits<double>::infinity();
    for (const trace::TraceRecord& record : {testing::worked_record(), odd.record}) {
        const auto result = exported("steps", record);
        REQUIRE(result.documents.size() == 1);
        for (std::size_t i = 0; i < record.steps.size(); ++i) {
            const json::Value row = result.line(i);
            auto column = formats::steps_columns().begin();
            for (const json::Member& member : *row.if_object()) {
                INFO(member.first);
                CHECK(member.first == column->name);
                CHECK(fits(member.second, *column));
                ++column;
            }
            CHECK(column == formats::steps_columns().end());
        }
    }
}

TEST_CASE("steps: the worked example") {
    const auto result = exported("steps", testing::worked_record());
    CHECK(result.remarks().empty());
    CHECK(result.documents[0].first == "demo-session-01");
    const json::Value failed = result.line(1);
    CHECK(failed["step"].integer() == 1);
    CHECK(failed["step_index"].integer() == 2);
    CHECK(failed["prompt_tokens"].integer() == 10512);
    CHECK(failed["tool_call_count"].integer() == 2);
    CHECK(failed["error_count"].integer() == 1);
    CHECK(failed["timestamp"].string_or() == "2026-03-28T10:00:05.000Z");
    CHECK(failed["run_id"].is_null());
    testing::check_equal_json(
        testing::parsed(failed["tool_calls"].string_or()).at(1),
        testing::parsed(
            R"({"tool_call_id":"toolu_02","tool_name":"Bash","input":{"command":"pytest -q"},"duration_ms":1800})"));
    testing::check_equal_json(
        testing::parsed(failed["observations"].string_or()).at(1),
        testing::parsed(
            R"({"source_call_id":"toolu_02","content":"1 failed, 0 passed","output_summary":null,"error":"exit_code:1"})"));
    const json::Value sub = result.line(4);
    CHECK(sub["run_id"].string_or() == "agent-7f3c");
    CHECK(sub["parent_call_id"].string_or() == "toolu_03");
    CHECK(sub["parent_step"].integer() == 3);
    CHECK(sub["trace"].is_null());
    const json::Value trace = testing::parsed(result.line(0)["trace"].string_or());
    CHECK(trace["metadata"]["cwd"].string_or() == "/repo");
    CHECK(trace["metrics"]["total_input_tokens"].integer() == 896);
    CHECK(trace["attribution"]["files"].if_array()->size() == 1);
    CHECK(trace["system_prompts"].if_object()->size() == 1);
    CHECK(trace["tool_definitions"].if_array()->size() == 4);
}

TEST_CASE("steps: CSV is RFC 4180 and says the same as JSON Lines") {
    trace::TraceRecord record = testing::worked_record();
    record.steps[0].content = "a \"quoted\", text\r\nof two lines";
    record.steps[1].content = "";
    record.steps[7].content.reset();
    const auto lines = exported("steps", record);
    const auto rows = csv_rows(exported("steps", record, as_csv()).text());
    REQUIRE(rows.size() == record.steps.size());
    const auto columns = formats::steps_columns();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        REQUIRE(rows[row].size() == columns.size());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const json::Value value = lines.line(row)[columns[i].name];
            INFO(columns[i].name);
            const std::string text =
                value.if_string() != nullptr ? *value.if_string() : json::to_compact(value);
            CHECK(rows[row][i] == (value.is_null() ? std::string(1, '\0') : text));
        }
    }
    CHECK(rows[1][column("content")].empty());
    const auto exporter = formats::format_named("steps").open(as_csv());
    CHECK(exporter->extension() == ".steps.csv");
    const std::string header(exporter->preamble());
    CHECK(csv_rows(header)[0].size() == columns.size());
    CHECK(header.starts_with("trace_id,session_id,step,"));
    CHECK(header.ends_with("\r\n"));
    CHECK(formats::format_named("steps").open({})->preamble().empty());
}

TEST_CASE("steps: sub-agents are left out when asked, and what is not rows is refused") {
    formats::ExportOptions options;
    options.subagents = false;
    const auto result = exported("steps", testing::worked_record(), options);
    CHECK(result.line(3)["step"].integer() == 6);
    CHECK(result.remarks() == "subagents 3: step of a sub-agent: left out as asked\n");
    CHECK(exported("steps", Builder().record).converted.fate == formats::Fate::Skipped);
    options.steps_as = "parquet";
    CHECK_THROWS_AS(exported("steps", testing::worked_record(), options), Error);
}

TEST_CASE("steps: numbers beyond 64 bits stop at the largest, and it is said") {
    Builder builder;
    builder.user("x").last().token_usage.input_tokens = trace::Integer::from_decimal("99999999999999999999");
    const auto result = exported("steps", builder.record);
    CHECK(result.line()["input_tokens"].integer() == std::numeric_limits<std::int64_t>::max());
    CHECK(result.remarks() == "steps 1: number beyond 64 bits: the nearest that fits\n");
}

TEST_CASE("steps: the page has the columns and the DuckDB statement") {
    const std::string path = "docs/export-steps.md";
    std::string page = testing::source_text(path);
    page = testing::with_block(page, "columns", columns_block());
    page = testing::with_block(page, "duckdb", duckdb_block());
    testing::check_file(path, page);
}

TEST_CASE("steps: what a reply and its tools took, where the times say it") {
    Builder builder;
    builder.user("go").agent("").call("1", "Bash").call("2", "Read").agent("done").agent("timeless");
    trace::TraceRecord& record = builder.record;
    const auto at = [&](std::size_t step, const char* time) { record.steps[step].timestamp = time; };
    at(0, "2026-01-01T00:00:00Z");
    at(1, "2026-01-01T00:00:02.5Z");
    at(2, "2026-01-01T00:00:10Z");
    record.steps[1].tool_calls[0].duration_ms = 4000;
    record.steps[1].tool_calls[1].duration_ms = 10;
    const auto result = exported("steps", record);
    const auto took = [&](std::size_t line, const char* key) { return result.line(line)[key].integer(); };
    CHECK(took(0, "model_ms") == std::nullopt);
    CHECK(took(0, "tools_ms") == std::nullopt);
    CHECK(took(1, "model_ms") == 2500);
    CHECK(took(1, "tools_ms") == 4000);
    CHECK(took(2, "model_ms") == 3500);
    CHECK(took(2, "tools_ms") == std::nullopt);
    CHECK(took(3, "model_ms") == std::nullopt);
}
