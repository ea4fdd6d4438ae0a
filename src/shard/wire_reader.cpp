#include "shard/wire_reader.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "opentraces/core/text.hpp"
#include "opentraces/shard/hash_list.hpp"
#include "shard/facts.hpp"
#include "shard/wire_scanner.hpp"

namespace opentraces::shard {
namespace {

// The decoder allows 201 containers; free-form values sit below at most 6 others.
constexpr int k_free_form_depth = 150;

using Names = std::span<const std::string_view>;
using Name = std::string_view;
constexpr std::array k_contexts{Name("devtime"), Name("runtime")};
constexpr std::array k_vcs_types{Name("git"), Name("none")};
constexpr std::array k_roles{Name("system"), Name("user"), Name("agent")};
constexpr std::array k_call_types{Name("main"), Name("subagent"), Name("warmup")};
constexpr std::array k_signal_confidences{Name("derived"), Name("inferred"), Name("annotated")};
constexpr std::array k_terminal_states{Name("goal_reached"), Name("interrupted"), Name("error"),
                                       Name("abandoned")};
constexpr std::array k_range_confidences{Name("high"), Name("medium"), Name("low")};

// One function for each model of the schema, in wire order.
class WireReader {
public:
    WireReader(std::string_view line, WireRecord& out) : m_in(line), m_out(out), m_facts(out.facts) {}

    bool record() {
        return m_in.literal(R"({"schema_version":)") && text(m_facts.schema_version) &&
               m_in.literal(R"(,"trace_id":)") && m_in.plain_string(m_out.trace_id) &&
               m_in.literal(R"(,"session_id":)") && m_in.string() && m_in.literal(R"(,"content_hash":)") &&
               m_in.plain_string(m_out.content_hash) && m_in.literal(R"(,"timestamp_start":)") &&
               optional_text(m_facts.started) && m_in.literal(R"(,"timestamp_end":)") &&
               optional_text(m_facts.ended) &&
               (!m_in.literal(R"(,"execution_context":)") || optional_name(k_contexts)) && task() &&
               agent() && environment() && m_in.literal(R"(,"system_prompts":)") && m_in.object(1, true) &&
               m_in.literal(R"(,"tool_definitions":)") &&
               m_in.list([this] { return m_in.object(k_free_form_depth); }) && steps() && outcome() &&
               m_in.literal(R"(,"dependencies":)") && texts(m_facts.dependencies) && metrics() &&
               security() && m_in.literal(R"(,"attribution":)") && (m_in.null() || attribution()) &&
               m_in.literal(R"(,"metadata":)") && m_in.object(k_free_form_depth) && m_in.literal("}") &&
               m_in.at_end();
    }

private:
    bool task() {
        return m_in.literal(R"(,"task":{"description":)") && optional_string() &&
               m_in.literal(R"(,"source":)") && optional_string() && m_in.literal(R"(,"repository":)") &&
               optional_string() && m_in.literal(R"(,"base_commit":)") && optional_string() &&
               m_in.literal("}");
    }

    bool agent() {
        return m_in.literal(R"(,"agent":{"name":)") && text(m_facts.agent) &&
               m_in.literal(R"(,"version":)") && optional_string() && m_in.literal(R"(,"model":)") &&
               optional_text(m_facts.model) && m_in.literal("}");
    }

    bool environment() {
        return m_in.literal(R"(,"environment":{"os":)") && optional_string() &&
               m_in.literal(R"(,"shell":)") && optional_string() && m_in.literal(R"(,"vcs":{"type":)") &&
               name(k_vcs_types) && m_in.literal(R"(,"base_commit":)") && optional_string() &&
               m_in.literal(R"(,"branch":)") && optional_string() && m_in.literal(R"(,"diff":)") &&
               optional_string() && m_in.literal("}") && m_in.literal(R"(,"language_ecosystem":)") &&
               texts(m_facts.languages) && m_in.literal("}");
    }

    bool steps() {
        return m_in.literal(R"(,"steps":)") && m_in.list([this] {
            ++m_steps;
            return step();
        });
    }

    bool step() {
        return m_in.literal(R"({"step_index":)") && any_integer() && m_in.literal(R"(,"role":)") &&
               name(k_roles) && m_in.literal(R"(,"content":)") && optional_string() &&
               m_in.literal(R"(,"reasoning_content":)") && optional_string() &&
               m_in.literal(R"(,"model":)") && optional_string() &&
               m_in.literal(R"(,"system_prompt_hash":)") && optional_string() &&
               m_in.literal(R"(,"agent_role":)") && optional_string() && m_in.literal(R"(,"parent_step":)") &&
               optional_integer() && m_in.literal(R"(,"call_type":)") && optional_name(k_call_types) &&
               m_in.literal(R"(,"subagent_trajectory_ref":)") && optional_string() &&
               m_in.literal(R"(,"tools_available":)") && m_in.list([this] { return m_in.string(); }) &&
               m_in.literal(R"(,"tool_calls":)") && m_in.list([this] { return tool_call(); }) &&
               m_in.literal(R"(,"observations":)") && m_in.list([this] { return observation(); }) &&
               m_in.literal(R"(,"snippets":)") && m_in.list([this] { return snippet(); }) && token_usage() &&
               m_in.literal(R"(,"timestamp":)") && optional_string() && m_in.literal("}");
    }

    bool tool_call() {
        ++m_facts.tool_calls;
        return m_in.literal(R"({"tool_call_id":)") && m_in.string() && m_in.literal(R"(,"tool_name":)") &&
               m_in.string() && m_in.literal(R"(,"input":)") && m_in.object(k_free_form_depth) &&
               m_in.literal(R"(,"duration_ms":)") && optional_integer() && m_in.literal("}");
    }

    bool observation() {
        return m_in.literal(R"({"source_call_id":)") && m_in.string() && m_in.literal(R"(,"content":)") &&
               optional_string() && m_in.literal(R"(,"output_summary":)") && optional_string() &&
               m_in.literal(R"(,"error":)") && optional_string() && m_in.literal("}");
    }

    bool snippet() {
        return m_in.literal(R"({"file_path":)") && m_in.string() && m_in.literal(R"(,"start_line":)") &&
               optional_integer() && m_in.literal(R"(,"end_line":)") && optional_integer() &&
               m_in.literal(R"(,"language":)") && optional_string() && m_in.literal(R"(,"text":)") &&
               optional_string() && m_in.literal(R"(,"source_step":)") && optional_integer() &&
               m_in.literal("}");
    }

    bool token_usage() {
        return m_in.literal(R"(,"token_usage":{"input_tokens":)") && any_integer() &&
               m_in.literal(R"(,"output_tokens":)") && any_integer() &&
               m_in.literal(R"(,"cache_read_tokens":)") && add_count(m_facts.cache_read_tokens) &&
               m_in.literal(R"(,"cache_write_tokens":)") && add_count(m_facts.cache_write_tokens) &&
               m_in.literal(R"(,"prefix_reuse_tokens":)") && any_integer() && m_in.literal("}");
    }

    bool outcome() {
        bool committed = false;
        return m_in.literal(R"(,"outcome":{"success":)") && optional_boolean(m_facts.success) &&
               m_in.literal(R"(,"signal_source":)") && m_in.string() &&
               m_in.literal(R"(,"signal_confidence":)") && name(k_signal_confidences) &&
               m_in.literal(R"(,"description":)") && optional_string() && m_in.literal(R"(,"patch":)") &&
               optional_string() && m_in.literal(R"(,"committed":)") && m_in.boolean(committed) &&
               m_in.literal(R"(,"commit_sha":)") && optional_string() &&
               (!m_in.literal(R"(,"terminal_state":)") || optional_name(k_terminal_states)) &&
               (!m_in.literal(R"(,"reward":)") || optional_number()) &&
               (!m_in.literal(R"(,"reward_source":)") || optional_string()) && m_in.literal("}");
    }

    bool metrics() {
        std::int64_t total = 0;
        std::optional<double> cost;
        if (!m_in.literal(R"(,"metrics":{"total_steps":)") || !m_in.integer(total) ||
            !m_in.literal(R"(,"total_input_tokens":)") || !add_count(m_facts.input_tokens) ||
            !m_in.literal(R"(,"total_output_tokens":)") || !add_count(m_facts.output_tokens) ||
            !m_in.literal(R"(,"total_duration_s":)") || !optional_number() ||
            !m_in.literal(R"(,"cache_hit_rate":)") || !optional_rate() ||
            !m_in.literal(R"(,"estimated_cost_usd":)") || !optional_number(cost) || !m_in.literal("}"))
            return false;
        m_facts.steps = total == 0 ? m_steps : plausible(total, m_facts);
        m_facts.cost_usd = plausible_cost(cost, m_facts);
        return true;
    }

    bool security() {
        return m_in.literal(R"(,"security":{"scanned":)") && m_in.boolean(m_facts.scanned) &&
               m_in.literal(R"(,"flags_reviewed":)") && any_integer() &&
               m_in.literal(R"(,"redactions_applied":)") && add_count(m_facts.redactions) &&
               m_in.literal(R"(,"classifier_version":)") && optional_string() && m_in.literal("}");
    }

    bool attribution() {
        bool experimental = false;
        return m_in.literal(R"({"experimental":)") && m_in.boolean(experimental) &&
               m_in.literal(R"(,"files":)") && m_in.list([this] { return attribution_file(); }) &&
               m_in.literal("}");
    }

    bool attribution_file() {
        return m_in.literal(R"({"path":)") && m_in.string() && m_in.literal(R"(,"conversations":)") &&
               m_in.list([this] { return conversation(); }) && m_in.literal("}");
    }

    bool conversation() {
        return m_in.literal(R"({"contributor":)") && m_in.object(1, true) && m_in.literal(R"(,"url":)") &&
               optional_string() && m_in.literal(R"(,"ranges":)") && m_in.list([this] { return range(); }) &&
               m_in.literal("}");
    }

    bool range() {
        return m_in.literal(R"({"start_line":)") && any_integer() && m_in.literal(R"(,"end_line":)") &&
               any_integer() && m_in.literal(R"(,"content_hash":)") && optional_string() &&
               m_in.literal(R"(,"confidence":)") && optional_name(k_range_confidences) && m_in.literal("}");
    }

    bool optional_string() { return m_in.null() || m_in.string(); }

    bool text(std::string& out) {
        std::string_view view;
        if (!m_in.plain_string(view)) return false;
        out = view;
        return true;
    }

    bool optional_text(std::optional<std::string>& out) { return m_in.null() || text(out.emplace()); }

    bool texts(std::vector<std::string>& out) {
        return m_in.list([&] { return text(out.emplace_back()); });
    }

    bool name(Names allowed) {
        std::string_view view;
        if (!m_in.plain_string(view)) return false;
        for (const std::string_view candidate : allowed)
            if (candidate == view) return true;
        return false;
    }

    bool optional_name(Names allowed) { return m_in.null() || name(allowed); }

    bool any_integer() {
        std::int64_t ignored = 0;
        return m_in.integer(ignored);
    }

    bool optional_integer() { return m_in.null() || any_integer(); }

    bool add_count(std::int64_t& sum) {
        std::int64_t count = 0;
        if (!m_in.integer(count)) return false;
        sum += plausible(count, m_facts);
        return true;
    }

    bool optional_boolean(std::optional<bool>& out) { return m_in.null() || m_in.boolean(out.emplace()); }
    bool optional_number(std::optional<double>& out) { return m_in.null() || m_in.number(out.emplace()); }

    bool optional_number() {
        std::optional<double> ignored;
        return optional_number(ignored);
    }

    bool optional_rate() {
        std::optional<double> rate;
        return optional_number(rate) && (!rate || (*rate >= 0 && *rate <= 1));
    }

    WireScanner m_in;
    WireRecord& m_out;
    RecordFacts& m_facts;
    std::int64_t m_steps = 0;
};

}  // namespace

bool read_wire_record(std::string_view line, WireRecord& out) {
    out = {};
    return is_valid_utf8(line) && WireReader(line, out).record() && is_content_hash(out.content_hash);
}

}  // namespace opentraces::shard
