#include "opentraces/trace/doubts.hpp"

#include <cstddef>
#include <optional>
#include <type_traits>
#include <unordered_set>
#include <utility>

#include "opentraces/core/clock.hpp"
#include "opentraces/trace/schema_rows.hpp"

namespace opentraces::trace {
namespace {

using Names = std::unordered_set<std::string>;

std::string path_of(std::string_view list, std::size_t index, std::string_view key) {
    return std::string(list) + "." + std::to_string(index) + "." + std::string(key);
}

bool is_negative(const Integer& number) {
    return number.value() < 0;
}
bool is_negative(double number) {
    return number < 0;
}

// Follows the tables to the rows that say what a value means.
class FieldCheck {
public:
    explicit FieldCheck(std::vector<Diagnostic>& found) : m_found(found) {}

    template <IsModel Model>
    void check(const Model& model, const std::string& path) {
        for_each_row<Model>([&](const auto& row) { check_value(model.*row.member, row, path); });
    }

private:
    template <class Type, class Row>
    void check_value(const Type& value, const Row& row, const std::string& path) {
        if constexpr (k_is_optional<Type>) {
            if (value) check_value(*value, row, path);
        } else if constexpr (std::is_same_v<Type, Integer> || std::is_same_v<Type, double>) {
            if (row.rule == Rule::Count && is_negative(value)) doubt("negative_count", path, row.key);
        } else if constexpr (std::is_same_v<Type, std::string>) {
            if (row.rule == Rule::Time && !parse_iso8601(value)) doubt("bad_timestamp", path, row.key);
        } else if constexpr (IsModel<Type>) {
            check(value, joined(path, row.key));
        } else if constexpr (k_is_vector<Type>) {
            check_items(value, row.key, path);
        }
    }

    template <class Item>
    void check_items(const std::vector<Item>& items, std::string_view key, const std::string& path) {
        if constexpr (IsModel<Item>) {
            const std::string list = joined(path, key);
            for (std::size_t i = 0; i < items.size(); ++i)
                check(items[i], joined(list, std::to_string(i)));
        }
    }

    static std::string joined(const std::string& path, std::string_view key) {
        return path.empty() ? std::string(key) : path + "." + std::string(key);
    }

    void doubt(std::string_view rule, const std::string& path, std::string_view key) {
        m_found.push_back({.field = joined(path, key), .rule = std::string(rule)});
    }

    std::vector<Diagnostic>& m_found;
};

struct References {
    Names steps;
    Names calls;
    Names prompts;
};

References targets_of(const TraceRecord& record) {
    References targets;
    for (const auto& [hash, prompt] : record.system_prompts)
        targets.prompts.insert(hash);
    for (const Step& step : record.steps) {
        targets.steps.insert(step.step_index.text());
        for (const ToolCall& call : step.tool_calls)
            targets.calls.insert(call.tool_call_id);
    }
    return targets;
}

void check_references(const Step& step, std::size_t index, const References& targets,
                      std::vector<Diagnostic>& found) {
    const auto dangling = [&](std::string_view rule, std::string_view key) {
        found.push_back({.field = path_of("steps", index, key), .rule = std::string(rule)});
    };
    if (step.parent_step && targets.steps.count(step.parent_step->text()) == 0)
        dangling("dangling_parent_step", "parent_step");
    if (step.system_prompt_hash && targets.prompts.count(*step.system_prompt_hash) == 0)
        dangling("dangling_system_prompt_hash", "system_prompt_hash");
    for (std::size_t i = 0; i < step.observations.size(); ++i) {
        if (targets.calls.count(step.observations[i].source_call_id) == 0)
            dangling("dangling_source_call_id", path_of("observations", i, "source_call_id"));
    }
}

void check_steps(const TraceRecord& record, std::vector<Diagnostic>& found) {
    const References targets = targets_of(record);
    Names seen;
    for (std::size_t i = 0; i < record.steps.size(); ++i) {
        if (!seen.insert(record.steps[i].step_index.text()).second)
            found.push_back({.field = path_of("steps", i, "step_index"), .rule = "duplicate_step_index"});
        check_references(record.steps[i], i, targets, found);
    }
}

}  // namespace

std::vector<Diagnostic> doubts(const TraceRecord& record) {
    std::vector<Diagnostic> found;
    check_steps(record, found);
    FieldCheck(found).check(record, {});
    return found;
}

}  // namespace opentraces::trace
