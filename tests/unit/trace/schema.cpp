#include "opentraces/trace/schema.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "catch.hpp"
#include "opentraces/trace/schema_path.hpp"

using namespace opentraces;
using namespace opentraces::trace;

namespace {

constexpr SchemaPath k_input = path_of("steps[].tool_calls[].input");
static_assert(k_input.depth == 3 && k_input.node->type == ValueType::FreeForm);
static_assert(path_of("task").holds(path_of("task.source")));
static_assert(path_of("task").holds(path_of("task")));
static_assert(!path_of("task.source").holds(path_of("task")));
static_assert(!path_of("task.source").holds(path_of("task.repository")));

// What is there, as words.
struct Seen {
    std::string text;

    void value(const OptText& found) { text += found.value_or("-") + ";"; }
    void value(const std::vector<AttributionFile>& files) { text += std::to_string(files.size()) + ";"; }
    template <class Type>
    void value(const Type&) {
        text += "?;";
    }
    void absent() { text += "none;"; }
    template <class Item>
    std::span<const Item> items(const std::vector<Item>& list) const {
        return std::span(list).first(std::min<std::size_t>(list.size(), 2));
    }
};

std::string seen(const TraceRecord& record, const SchemaPath& path) {
    Seen seen;
    visit(record, path, seen);
    return seen.text;
}

}  // namespace

TEST_CASE("schema: the tree says what the tables say") {
    const SchemaNode& record = record_schema();
    CHECK(record.name == "TraceRecord");
    REQUIRE(record.members.size() == 19);
    const SchemaMember* agent = find_member(record, "agent");
    REQUIRE(agent != nullptr);
    CHECK(agent->rule == Rule::Required);
    CHECK(agent->node->type == ValueType::Model);
    const SchemaNode& step = *find_member(record, "steps")->node->item;
    const SchemaMember* call_type = find_member(step, "call_type");
    CHECK(call_type->nullable);
    CHECK(call_type->node->type == ValueType::Word);
    CHECK(call_type->node->words.size() == 3);
    CHECK(find_member(step, "parent_step")->node->type == ValueType::Integer);
    CHECK(find_member(record, "system_prompts")->node->item->kind == TextKind::Prose);
    CHECK(find_member(record, "nothing") == nullptr);
}

TEST_CASE("schema: what stands at a path is visited in order, as far as the visitor wants") {
    TraceRecord record;
    CHECK(seen(record, path_of("attribution.files")) == "none;");
    record.attribution.emplace().files.resize(3);
    CHECK(seen(record, path_of("attribution.files")) == "3;");
    record.steps.resize(3);
    record.steps[0].observations.resize(1);
    record.steps[1].observations.resize(3);
    record.steps[1].observations[0].error = "a";
    record.steps[1].observations[2].error = "not looked at";
    CHECK(seen(record, path_of("steps[].observations[].error")) == "-;a;-;");
    record.agent.version = "1";
    CHECK(seen(record, path_of("agent.version")) == "1;");
    CHECK(seen(record, path_of("task.source")) == "-;");
}
