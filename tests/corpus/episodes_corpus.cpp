// The parts of every session of the corpus, together, are the session: steps, prompts, calls, tokens, cost
// and commits neither lost nor doubled, whether it is divided when it is read or as the record that was
// stored. Skipped where the corpus is not there.
#include "opentraces/enrich/episodes.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/compaction.hpp"
#include "where.hpp"

namespace {

using namespace opentraces;
using trace::TraceRecord;

const std::filesystem::path k_corpus =
    std::filesystem::path(opentraces::testing::source_folder()) / "../shared/corpus";

std::vector<capture::Found> sessions_below(const std::string& folder, capture::Sources& sources) {
    return capture::discover(folder, capture::agents(), sources).sessions;
}

struct Sums {
    std::size_t steps = 0;
    std::size_t calls = 0;
    std::size_t commits = 0;
    std::size_t tests = 0;
    std::size_t missing_agents = 0;
    std::size_t compactions = 0;
    std::int64_t input = 0;
    std::int64_t output = 0;
    double cost = 0;
    std::multiset<std::string> prompts;
    std::multiset<std::string> timestamps;

    bool operator==(const Sums& other) const {
        return steps == other.steps && calls == other.calls && commits == other.commits &&
               missing_agents == other.missing_agents && compactions == other.compactions &&
               input == other.input && output == other.output && std::abs(cost - other.cost) < 1e-5 &&
               prompts == other.prompts && timestamps == other.timestamps;
    }
};

std::size_t listed(const TraceRecord& record, const char* name) {
    const json::Value* list = record.metadata.find(name);
    return list == nullptr || list->if_array() == nullptr ? 0 : list->if_array()->size();
}

Sums sums_of(const std::vector<TraceRecord>& records) {
    Sums sums;
    for (const TraceRecord& record : records) {
        sums.steps += record.steps.size();
        sums.commits += listed(record, "opentraces_commits");
        sums.tests += listed(record, "opentraces_tests");
        sums.missing_agents += listed(record, "opentraces_missing_agents");
        sums.compactions += listed(record, "compaction_events");
        sums.input += record.metrics.total_input_tokens.value();
        sums.output += record.metrics.total_output_tokens.value();
        sums.cost += record.metrics.estimated_cost_usd.value_or(0);
        for (const trace::Step& step : record.steps) {
            sums.calls += step.tool_calls.size();
            sums.timestamps.insert(step.timestamp.value_or(""));
            if (step.role == trace::Role::User) sums.prompts.insert(step.content.value_or(""));
        }
    }
    return sums;
}

// With code of its own: nothing of the product decides what refers to what.
void check_references(const TraceRecord& part, const TraceRecord& whole) {
    std::multiset<std::string> parents;
    for (std::size_t at = 0; at < part.steps.size(); ++at) {
        const trace::Step& step = part.steps[at];
        REQUIRE(step.step_index.value() == static_cast<std::int64_t>(at) + 1);
        if (!step.parent_step) continue;
        const std::int64_t parent = step.parent_step->value();
        REQUIRE(parent >= 1);
        REQUIRE(parent < step.step_index.value());
    }
    const auto with_parent = [](const TraceRecord& record) {
        return std::count_if(record.steps.begin(), record.steps.end(),
                             [](const trace::Step& step) { return step.parent_step.has_value(); });
    };
    CHECK(with_parent(part) <= with_parent(whole));
    if (const json::Value* facts = part.metadata.find("opentraces_steps"))
        for (const json::Value& one : *facts->if_array()) {
            const std::int64_t step = one["step"].integer().value_or(0);
            REQUIRE(step >= 1);
            REQUIRE(step <= static_cast<std::int64_t>(part.steps.size()));
            if (const auto repeats = one["repeats"].integer()) REQUIRE(*repeats < step);
        }
    if (!part.attribution) return;
    for (const trace::AttributionFile& file : part.attribution->files)
        for (const trace::AttributionConversation& conversation : file.conversations)
            CHECK(conversation.url->starts_with("opentraces://" + part.trace_id + "/step_"));
}

std::vector<TraceRecord> as_read(const capture::ParsedSession& parsed) {
    std::vector<TraceRecord> parts;
    for (enrich::Episode& episode : enrich::episodes_of(*parsed.record, parsed.evidence))
        parts.push_back(std::move(episode.record));
    return parts;
}

void check_parts(const std::vector<TraceRecord>& parts, const TraceRecord& whole) {
    const Sums all = sums_of({whole});
    const Sums sum = sums_of(parts);
    CHECK(sum == all);
    CHECK(sum.input == all.input);
    CHECK(sum.output == all.output);
    CHECK(sum.commits == all.commits);
    CHECK(sum.tests == all.tests);
    std::set<std::string> ids;
    for (const TraceRecord& part : parts) {
        ids.insert(part.trace_id);
        check_references(part, whole);
        const std::string line = trace::encode(part);
        const trace::Decoded decoded = trace::decode(line);
        REQUIRE(decoded.record);
        CHECK(trace::encode(*decoded.record) == line);
    }
    CHECK(ids.size() == parts.size());
}

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    return lines;
}

}  // namespace

TEST_CASE("corpus: the parts of every session are the session") {
    if (!std::filesystem::exists(k_corpus)) {
        std::cout << "skipped: no corpus at " << k_corpus << '\n';
        return;
    }
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    std::size_t sessions = 0;
    std::size_t divided = 0;
    std::size_t all_parts = 0;
    for (const capture::Found& found : sessions_below(k_corpus.string(), sources)) {
        const capture::ParsedSession parsed = found.agent->read(found.session, sources);
        if (parsed.verdict != capture::ParseVerdict::Trace) continue;
        CAPTURE(found.session.locator);
        const std::vector<TraceRecord> parts = as_read(parsed);
        check_parts(parts, *parsed.record);
        const std::vector<TraceRecord> stored = enrich::episodes_of(*parsed.record);
        check_parts(stored, *parsed.record);
        REQUIRE(stored.size() == parts.size());
        for (std::size_t at = 0; at < parts.size(); ++at) {
            CHECK(stored[at].trace_id == parts[at].trace_id);
            CHECK(stored[at].task.description == parts[at].task.description);
            CHECK(stored[at].steps.size() == parts[at].steps.size());
        }
        ++sessions;
        all_parts += parts.size();
        divided += parts.size() > 1 ? 1 : 0;
    }
    std::cout << "sessions " << sessions << ", in several parts " << divided << ", parts " << all_parts
              << '\n';
    CHECK(divided >= 5);
}

// As often as its file can be cut at the end of a line, on a scale.
TEST_CASE("corpus: a session that goes on keeps the parts that it has, byte for byte") {
    if (!std::filesystem::exists(k_corpus)) return;
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    std::size_t compared = 0;
    for (const capture::Found& found : sessions_below((k_corpus / "claude-code").string(), sources)) {
        const capture::ParsedSession whole = found.agent->read(found.session, sources);
        if (whole.verdict != capture::ParseVerdict::Trace || whole.files.size() > 1) continue;
        const std::vector<TraceRecord> parts = as_read(whole);
        if (parts.size() < 2) continue;
        CAPTURE(found.session.locator);
        const std::vector<std::string> lines = lines_of(whole.files.front());
        for (std::size_t cut = 1; cut <= 40; ++cut) {
            const testing::TemporaryDirectory folder;
            const std::string path =
                folder.file(std::filesystem::path(whole.files.front()).filename().string());
            std::ofstream file(path, std::ios::binary);
            for (std::size_t at = 0; at < lines.size() * cut / 40; ++at)
                file << lines[at] << '\n';
            file.close();
            const capture::ParsedSession begun = found.agent->read_from(path, *disk);
            if (begun.verdict != capture::ParseVerdict::Trace) continue;
            const std::vector<TraceRecord> early = as_read(begun);
            REQUIRE(early.size() <= parts.size());
            for (std::size_t at = 0; at + 1 < early.size(); ++at) {
                CHECK(trace::encode(early[at]) == trace::encode(parts[at]));
                ++compared;
            }
        }
    }
    std::cout << "parts compared " << compared << '\n';
    CHECK(compared > 50);
}
