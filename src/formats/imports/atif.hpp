// Steps of an ATIF trajectory, its embedded sub-agents among them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/imports/row.hpp"

namespace opentraces::formats {

// Our own export: what it adds to ATIF's fields is in "extra.opentraces" and the like.
inline constexpr std::string_view k_atif_own = "opentraces";
// Member of metadata with what a record has no field for. Token counts of such records are those of records:
// the cache is not inside the input.
inline constexpr std::string_view k_atif_metadata = "atif";

class AtifSteps {
public:
    // `own`: written by the exporter of this program, so that its marks can be trusted to be complete.
    AtifSteps(trace::TraceRecord& record, bool own) : m_record(record), m_own(own) {}

    // Learns which embedded trajectories there are, at all depths. They must stay where they are.
    void embed(json::Object& trajectory, std::string_view at);
    // Appends the steps of the main trajectory, each spawned one after the step that spawned it.
    void read(json::Object& trajectory);
    // What ATIF says and a record has no field for: by step index, and by trajectory id.
    json::Object take_kept_steps() { return std::move(m_kept_steps); }
    json::Object take_kept_runs() { return std::move(m_kept_runs); }
    double cost_usd() const { return m_cost_usd; }

private:
    struct Embedded {
        json::Object* trajectory = nullptr;
        std::string at;
        bool used = false;
    };
    // Whose steps are being read.
    struct Agent {
        bool main = true;
        std::optional<trace::Integer> parent;
        trace::OptText role;
    };

    void read_run(json::Object& trajectory, const Agent& agent, std::string_view at);
    void read_step(json::Object& step, const Agent& agent, const std::string& at);
    bool take_prompt(json::Object& step, const std::string& at);
    void read_text(json::Object& source, trace::Step& step, json::Object& kept, const std::string& at);
    void read_calls(json::Object& source, trace::Step& step, json::Object& kept, const std::string& at);
    void read_results(json::Object& source, trace::Step& step, json::Object& kept, const std::string& at);
    trace::Observation read_result(json::Object& result, json::Object& kept, const std::string& at);
    void read_references(json::Object& result, json::Object& kept, const std::string& at);
    void read_metrics(json::Object& source, trace::Step& step, json::Object& kept, const std::string& at);
    json::Object take_own(json::Object& source) const;
    static void give_back_extras(json::Object& source, json::Object& own);
    static void restore_order(const json::Value& order, trace::Step& step);
    void restore(json::Object own, trace::Step& step, const std::string& at);
    void keep_rest(json::Object& source, const trace::Step& step, json::Object& kept);
    void read_spawned(const std::string& id, const trace::Integer& parent);
    void keep_run(const std::string& id, json::Object& trajectory);
    trace::OptText reference_of(const std::vector<std::string>& spawned, const trace::Step& step) const;

    trace::TraceRecord& m_record;
    bool m_own;
    std::map<std::string, Embedded, std::less<>> m_embedded;
    std::vector<std::string> m_spawned;  // by the step that is being read
    trace::OptText m_reference;          // likewise: a trajectory in another file
    json::Object m_kept_steps;
    json::Object m_kept_runs;
    double m_cost_usd = 0;
};

}  // namespace opentraces::formats
