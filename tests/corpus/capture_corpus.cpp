// Every session of the corpus is understood or refused with a reason, and its numbers agree with a count made
// in another way (another JSON library, line by line, no steps). Skipped where the corpus is not there.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/enrich/enrich.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/trace/codec.hpp"
#include "shard/wire_reader.hpp"
#include "where.hpp"

namespace {

using namespace opentraces;
using nlohmann::json;

const std::filesystem::path k_corpus =
    std::filesystem::path(opentraces::testing::source_folder()) / "../shared/corpus";

std::vector<std::string> files_below(const std::filesystem::path& folder, const std::string& ending = {}) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().string().ends_with(ending))
            files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

struct Count {
    struct Reply {
        long long input = 0;
        long long output = 0;
        long long read = 0;
        long long write = 0;
    };
    std::map<std::string, Reply> replies;
    std::set<std::string> calls;
};

long long number(const json& usage, const char* key) {
    return usage.contains(key) && usage[key].is_number() ? usage[key].get<long long>() : 0;
}

void count_message(Count& count, const json& message, const std::string& place) {
    if (!message.is_object()) return;
    if (message.contains("content") && message["content"].is_array()) {
        for (const json& block : message["content"]) {
            if (!block.is_object() || block.value("type", "") != "tool_use") continue;
            count.calls.insert(block.value("id", place + " call " + std::to_string(count.calls.size())));
        }
    }
    if (!message.contains("usage") || message.value("model", "") == "<synthetic>") return;
    auto& reply = count.replies[message.value("id", place)];
    const json& usage = message["usage"];
    reply.input = std::max(reply.input, number(usage, "input_tokens"));
    reply.output = std::max(reply.output, number(usage, "output_tokens"));
    reply.read = std::max(reply.read, number(usage, "cache_read_input_tokens"));
    reply.write = std::max(reply.write, number(usage, "cache_creation_input_tokens"));
}

void count_value(Count& count, std::set<std::string>& uuids, const json& value, const std::string& place) {
    if (!value.is_object()) return;
    if (value.contains("uuid") && !uuids.insert(value["uuid"].get<std::string>()).second) return;
    const std::string type = value.contains("type") ? value.value("type", "") : "";
    if (type == "assistant") count_message(count, value["message"], place);
    const bool reports = type == "progress" && value["data"].value("type", "") == "agent_progress";
    if (reports && value["data"]["message"].value("type", "") == "assistant")
        count_message(count, value["data"]["message"]["message"], place);
}

Count count_files(const std::vector<std::string>& files) {
    Count count;
    for (const std::string& path : files) {
        std::ifstream file(path);
        std::set<std::string> uuids;
        std::string line;
        for (int number = 1; std::getline(file, line); ++number) {
            std::istringstream values(line);
            try {
                for (json value; values >> value;)
                    count_value(count, uuids, value, path + std::to_string(number));
            } catch (const json::parse_error&) {
                continue;
            }
        }
    }
    return count;
}

void check_tokens(const capture::ParsedSession& parsed, const Count& count) {
    enrich::ModelUsage sum;
    for (const enrich::ModelUsage& usage : parsed.evidence.usage) {
        sum.replies += usage.replies;
        sum.input_tokens += usage.input_tokens;
        sum.output_tokens += usage.output_tokens;
        sum.cache_read_tokens += usage.cache_read_tokens;
        sum.cache_write_tokens += usage.cache_write_tokens;
    }
    Count::Reply total;
    for (const auto& [id, reply] : count.replies) {
        total.input += reply.input;
        total.output += reply.output;
        total.read += reply.read;
        total.write += reply.write;
    }
    CHECK(sum.replies == static_cast<long long>(count.replies.size()));
    CHECK(sum.input_tokens == total.input);
    CHECK(sum.output_tokens == total.output);
    CHECK(sum.cache_read_tokens == total.read);
    CHECK(sum.cache_write_tokens == total.write);
}

std::size_t check_steps(const trace::TraceRecord& record) {
    std::size_t calls = 0;
    std::int64_t index = 0;
    std::set<std::string> ids;
    for (const trace::Step& step : record.steps) {
        CHECK(step.step_index.value() == ++index);
        if (step.parent_step) {
            const std::int64_t parent = step.parent_step->value();
            REQUIRE(parent >= 1);
            REQUIRE(parent < index);
            CHECK(record.steps[static_cast<std::size_t>(parent - 1)].tool_calls.size() > 0);
        }
        REQUIRE(step.tool_calls.size() == step.observations.size());
        for (std::size_t at = 0; at < step.tool_calls.size(); ++at)
            CHECK(step.tool_calls[at].tool_call_id == step.observations[at].source_call_id);
        for (const trace::ToolCall& call : step.tool_calls)
            ids.insert(call.tool_call_id);
        for (const trace::Snippet& snippet : step.snippets)
            CHECK(snippet.source_step->value() == index);
        calls += step.tool_calls.size();
    }
    CHECK(ids.size() == calls);
    return calls;
}

// The reader of facts takes what is written, and what it takes is for the decoder the same, also when it is
// damaged.
void check_wire(const std::string& line) {
    shard::WireRecord wire;
    // What two sessions share is for the decoder.
    CHECK(shard::read_wire_record(line, wire) == (line.find("opentraces_copied") == std::string::npos));
    SeededIds random(line.size());
    for (int i = 0; i < 30; ++i) {
        std::string damaged = line;
        if (i > 0) damaged[random.next_u64() % line.size()] = "\"\\{}[],:0-.eu x"[random.next_u64() % 15];
        if (!shard::read_wire_record(damaged, wire)) continue;
        const trace::Decoded decoded = trace::decode(damaged);
        REQUIRE(decoded.record);
        CHECK(wire.facts == shard::facts_of(*decoded.record));
        CHECK(wire.trace_id == decoded.record->trace_id);
        CHECK(wire.content_hash == decoded.record->content_hash);
    }
}

void check_round_trip(const trace::TraceRecord& record) {
    const std::string line = trace::encode(record);
    const trace::Decoded decoded = trace::decode(std::string_view(line));
    REQUIRE(decoded.record);
    CHECK(decoded.unknown_keys.empty());
    CHECK(decoded.non_finite.empty());
    CHECK(trace::content_hash(*decoded.record) == trace::content_hash(record));
    check_wire(line);
}

bool corpus_is_there() {
    if (std::filesystem::exists(k_corpus)) return true;
    std::cout << "skipped: no corpus at " << k_corpus << '\n';
    return false;
}

struct Totals {
    int traces = 0;
    int filtered = 0;
    int refused = 0;
    std::size_t unknown_lines = 0;
    std::size_t skipped_lines = 0;
    std::size_t steps = 0;
    std::size_t calls = 0;
    std::size_t attributed_files = 0;
    int committed = 0;
};

void check_session(const std::string& path, fs::Disk& disk, Totals& totals) {
    INFO(path);
    capture::ParsedSession parsed = capture::find_agent("claude-code")->read_from(path, disk);
    totals.unknown_lines += parsed.report.unknown_lines();
    totals.skipped_lines += parsed.report.skipped.size();
    if (parsed.verdict == capture::ParseVerdict::Refused) {
        ++totals.refused;
        CHECK_FALSE(parsed.reason.empty());
        return;
    }
    const Count count = count_files(parsed.files);
    check_tokens(parsed, count);
    if (parsed.verdict == capture::ParseVerdict::Filtered) {
        ++totals.filtered;
        return;
    }
    ++totals.traces;
    const std::size_t calls = check_steps(*parsed.record);
    if (!count.calls.empty()) CHECK(calls == count.calls.size());
    check_round_trip(*parsed.record);
    totals.steps += parsed.record->steps.size();
    totals.calls += calls;
    totals.committed += parsed.record->outcome.committed ? 1 : 0;
    if (parsed.record->attribution) totals.attributed_files += parsed.record->attribution->files.size();
}

TEST_CASE("every Claude Code session of the corpus is understood or refused with a reason", "[corpus]") {
    if (!corpus_is_there()) return;
    const auto disk = fs::posix_disk();
    Totals totals;
    for (const std::string& path : files_below(k_corpus / "claude-code", ".jsonl"))
        check_session(path, *disk, totals);
    std::cout << "claude-code: " << totals.traces << " traces, " << totals.filtered << " filtered, "
              << totals.refused << " refused, " << totals.unknown_lines << " lines of unknown type, "
              << totals.skipped_lines << " broken lines, " << totals.steps << " steps, " << totals.calls
              << " tool calls, " << totals.attributed_files << " attributed files, " << totals.committed
              << " committed\n";
    CHECK(totals.traces == 90);
    CHECK(totals.filtered == 36);
    CHECK(totals.refused == 2);
    CHECK(totals.unknown_lines == 8);
    CHECK(totals.skipped_lines == 4);
}

namespace {

// The folder of another name that holds an agent's sessions; and sessions of agents that are kept beside the
// trajectories that were made of them.
bool is_of(const capture::Agent& agent, const std::string& path) {
    const std::string name(agent.name);
    const std::string folder = name == "grok" ? "grok-build" : name;
    if (path.find("/corpus/" + name + "/") != std::string::npos) return true;
    if (path.find("/corpus/" + folder + "/") != std::string::npos) return true;
    return path.find("/corpus/atif/wrongbutworks-harbor/rfcs/") != std::string::npos &&
           (path.ends_with("/gemini-cli-trajectory.json") ? name == "gemini"
            : path.ends_with("/mini-swe-agent-trajectory.json")
                ? name == "swe-agent"
                : path.ends_with("/openhands_trajectory.json") && name == "openhands");
}

}  // namespace

TEST_CASE("no agent takes the sessions of another for its own", "[corpus]") {
    if (!corpus_is_there()) return;
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    std::vector<std::string> taken;
    for (const std::string& path : files_below(k_corpus)) {
        for (const capture::Agent* agent : capture::agents()) {
            if (!is_of(*agent, path) && agent->recognises(path, sources))
                taken.push_back(std::string(agent->name) + ": " + path.substr(k_corpus.string().size()));
        }
    }
    for (const std::string& path : taken)
        std::cout << "taken for " << path << '\n';
    CHECK(taken.empty());
}

// What a rollout says that it used in all, if its running total can be believed: it begins with the first
// request and never falls.
std::optional<Count::Reply> believable_total(const std::string& path) {
    std::ifstream file(path);
    std::optional<Count::Reply> total;
    int metas = 0;
    for (std::string line; std::getline(file, line);) {
        const json value = json::parse(line, nullptr, false);
        if (!value.is_object() || !value.contains("payload") || !value["payload"].is_object()) continue;
        const json& payload = value["payload"];
        metas += value.value("type", "") == "session_meta" ? 1 : 0;
        if (payload.value("type", "") != "token_count" || !payload["info"].is_object()) continue;
        if (!payload["info"].contains("total_token_usage")) continue;
        const json& now = payload["info"]["total_token_usage"];
        if (!total && now != payload["info"]["last_token_usage"]) return std::nullopt;
        const Count::Reply reply{number(now, "input_tokens"), number(now, "output_tokens"),
                                 number(now, "cached_input_tokens"), 0};
        if (total && (reply.input < total->input || reply.output < total->output)) return std::nullopt;
        total = reply;
    }
    if (metas > 1) return std::nullopt;
    return total;
}

TEST_CASE("every Codex rollout of the corpus is understood or refused with a reason", "[corpus]") {
    if (!corpus_is_there()) return;
    const auto disk = fs::posix_disk();
    Totals totals;
    int believed = 0;
    for (const std::string& path : files_below(k_corpus / "codex", ".jsonl")) {
        INFO(path);
        const capture::ParsedSession parsed = capture::find_agent("codex")->read_from(path, *disk);
        totals.unknown_lines += parsed.report.unknown_lines();
        totals.skipped_lines += parsed.report.skipped.size();
        totals.refused += parsed.verdict == capture::ParseVerdict::Refused ? 1 : 0;
        totals.filtered += parsed.verdict == capture::ParseVerdict::Filtered ? 1 : 0;
        if (!parsed.record) continue;
        ++totals.traces;
        totals.steps += parsed.record->steps.size();
        totals.calls += check_steps(*parsed.record);
        check_round_trip(*parsed.record);
        const auto total = believable_total(path);
        if (!total) continue;
        ++believed;
        Count::Reply sum;
        for (const enrich::ModelUsage& usage : parsed.evidence.usage) {
            sum.input += usage.input_tokens + usage.cache_read_tokens;
            sum.output += usage.output_tokens;
            sum.read += usage.cache_read_tokens;
        }
        CHECK(sum.input == total->input);
        CHECK(sum.output == total->output);
        CHECK(sum.read == total->read);
    }
    std::cout << "codex: " << totals.traces << " traces, " << totals.filtered << " filtered, "
              << totals.refused << " refused, " << totals.unknown_lines << " lines of unknown type, "
              << totals.skipped_lines << " broken lines, " << totals.steps << " steps, " << totals.calls
              << " tool calls, " << believed << " with a total to compare\n";
    CHECK(totals.traces >= 17);
    CHECK(believed >= 12);
}

TEST_CASE("main sessions of the corpus are found, sub-agent files are not", "[corpus]") {
    if (!corpus_is_there()) return;
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    const capture::Agent* const only[] = {capture::find_agent("claude-code")};
    const auto found = capture::discover((k_corpus / "claude-code").string(), only, sources).sessions;
    CHECK(found.size() == 86);
    for (const capture::Found& one : found)
        CHECK(one.session.locator.find("/subagents/") == std::string::npos);
}

}  // namespace
