// Holds every record that the program makes of the corpus against the session's own lines, counted by code
// that shares nothing with the product. Skipped where the corpus is not there.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "catch.hpp"
#include "corpus/audit/aider.hpp"
#include "corpus/audit/amp.hpp"
#include "corpus/audit/cascade.hpp"
#include "corpus/audit/claude_code.hpp"
#include "corpus/audit/cline.hpp"
#include "corpus/audit/codex.hpp"
#include "corpus/audit/comparison.hpp"
#include "corpus/audit/copilot.hpp"
#include "corpus/audit/copilot_chats.hpp"
#include "corpus/audit/counts.hpp"
#include "corpus/audit/cursor.hpp"
#include "corpus/audit/droid.hpp"
#include "corpus/audit/gemini.hpp"
#include "corpus/audit/grok.hpp"
#include "corpus/audit/iflow.hpp"
#include "corpus/audit/kimi.hpp"
#include "corpus/audit/opencode.hpp"
#include "corpus/audit/pi.hpp"
#include "corpus/audit/qwen.hpp"
#include "corpus/audit/small_agents.hpp"
#include "corpus/audit/specstory.hpp"
#include "corpus/audit/swe_agent.hpp"
#include "corpus/audit/vibe.hpp"
#include "doubles/opencode_store.hpp"
#include "doubles/temporary_directory.hpp"
#include "where.hpp"

namespace {

using namespace opentraces::audit;

std::string corpus() {
    return opentraces::testing::source_folder() + "/../shared/corpus";
}

using Count = Counts (*)(const std::string& session);

// Every session of an agent; the table is printed.
long audit(const std::string& agent, const std::vector<std::string>& sessions, Count count) {
    Table table;
    int records = 0;
    int left_out = 0;
    for (const std::string& session : sessions) {
        const std::vector<json> found = records_of(session);
        if (found.empty()) {
            ++left_out;
            continue;
        }
        ++records;
        compare_record(count(session), found.front(), session.substr(corpus().size()), agent, table);
    }
    table.print(agent, records, left_out);
    CHECK(records > 0);
    return table.differences();
}

// A database of OpenCode, and what is read in its place.
struct OpenCodeSource {
    std::string database;
    std::string read = database;
};

// Every session of the databases; the table is printed.
long audit_opencode(const std::vector<OpenCodeSource>& sources) {
    Table table;
    int records = 0;
    int left_out = 0;
    for (const OpenCodeSource& source : sources) {
        const std::map<std::string, Counts> counts = count_opencode(source.database);
        const std::vector<json> found = records_of(source.read);
        for (const json& record : found)
            compare_record(counts.at(text_at(record, "session_id")), record, source.read, "opencode", table);
        records += static_cast<int>(found.size());
        left_out += static_cast<int>(counts.size() - found.size());
    }
    table.print("opencode", records, left_out);
    CHECK(records > 0);
    return table.differences();
}

// A session with what the corpus has no sample of.
void write_session(opentraces::testing::OpenCodeStore& store, const std::string& id) {
    const std::string reply =
        R"({"role":"assistant","providerID":"openai","modelID":"gpt-5","finish":"stop")";
    store.session(id);
    store.message("msg_1" + id, id, R"({"role":"user"})");
    store.part("msg_1" + id, id, R"({"type":"text","text":"please look at it"})");
    store.part("msg_1" + id, id, R"({"type":"text","synthetic":true,"text":"a file was attached"})");
    store.part("msg_1" + id, id, R"({"type":"file","filename":"log.txt","mime":"text/plain"})");
    store.part("msg_1" + id, id, R"({"type":"subtask","prompt":"explore the rest"})");
    store.message(
        "msg_2" + id, id,
        reply +
            R"(,"tokens":{"total":121,"input":100,"output":10,"reasoning":4,"cache":{"read":5,"write":2}}})");
    store.part("msg_2" + id, id, R"({"type":"reasoning","text":"I wonder about this"})");
    store.part("msg_2" + id, id, R"({"type":"text","text":"I shall look"})");
    store.part(
        "msg_2" + id, id,
        R"({"type":"tool","tool":"read","callID":"c1","state":{"status":"completed","input":{},"output":"lines of it"}})");
    store.part(
        "msg_2" + id, id,
        R"({"type":"tool","tool":"bash","callID":"c2","state":{"status":"error","input":{},"error":"refused by you"}})");
    store.part("msg_2" + id, id,
               R"({"type":"tool","tool":"bash","callID":"c3","state":{"status":"running","input":{}}})");
    store.part(
        "msg_2" + id, id,
        R"({"type":"tool","tool":"read","callID":"c1","state":{"status":"completed","input":{},"output":"lines of it"}})");
    store.message("msg_3" + id, id, reply + R"(,"tokens":{"input":0,"output":0}})");
    store.part("msg_3" + id, id, R"({"type":"text","text":"all is done"})");
    store.part("msg_3" + id, id,
               R"({"type":"step-finish","tokens":{"input":20,"output":3,"cache":{"read":100,"write":0}}})");
    store.part("msg_3" + id, id, R"({"type":"step-finish","tokens":{"input":7,"output":1,"reasoning":6}})");
    store.message("msg_4" + id, id, R"({"role":"user"})");
    store.part("msg_4" + id, id, R"({"type":"text","text":"  "})");
}

bool corpus_is_there() {
    if (std::filesystem::exists(corpus())) return true;
    std::cout << "skipped: no corpus at " << corpus() << '\n';
    return false;
}

// Sessions of an agent in the corpus, and those that are made up of what it has no sample of.
std::vector<std::string> with_fixtures(std::vector<std::string> (*sessions_in)(const std::string& folder),
                                       const std::string& agent) {
    std::vector<std::string> sessions =
        sessions_in(opentraces::testing::source_folder() + "/tests/fixtures/sessions/" + agent);
    if (!corpus_is_there()) return sessions;
    for (const std::string& session : sessions_in(corpus() + "/" + agent))
        sessions.push_back(session);
    return sessions;
}

}  // namespace

TEST_CASE("records of Claude Code sessions say what their lines say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("claude-code", claude_code_sessions(corpus() + "/claude-code"), count_claude_code) == 0);
}

TEST_CASE("records of Codex rollouts say what their lines say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("codex", codex_sessions(corpus() + "/codex"), count_codex) == 0);
}

TEST_CASE("records of GitHub Copilot sessions say what their events say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("copilot", copilot_sessions(corpus() + "/copilot"), count_copilot) == 0);
}

TEST_CASE("records of Antigravity's transcripts say what their steps say", "[corpus][audit]") {
    CHECK(audit("antigravity", with_fixtures(cascade_transcripts, "antigravity"), count_antigravity) == 0);
}

TEST_CASE("records of Windsurf's transcripts say what their steps say", "[corpus][audit]") {
    CHECK(audit("windsurf", with_fixtures(cascade_transcripts, "windsurf"), count_windsurf) == 0);
}

TEST_CASE("records of SpecStory's Markdown say what it says", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("specstory", specstory_documents(corpus() + "/specstory"), count_specstory) == 0);
}

TEST_CASE("records of VS Code's Copilot chats say what their requests say", "[corpus][audit]") {
    CHECK(audit("copilot", with_fixtures(copilot_chats, "copilot"), count_copilot_chat) == 0);
}

TEST_CASE("records of Gemini CLI sessions say what their messages say", "[corpus][audit]") {
    CHECK(audit("gemini", with_fixtures(gemini_sessions, "gemini"), count_gemini) == 0);
}

TEST_CASE("records of Qwen Code sessions say what their lines say", "[corpus][audit]") {
    CHECK(audit("qwen", with_fixtures(qwen_sessions, "qwen"), count_qwen) == 0);
}

TEST_CASE("records of Cline's tasks and sessions say what they say", "[corpus][audit]") {
    // The corpus has none.
    const std::string folder = opentraces::testing::source_folder() + "/tests/fixtures/sessions/cline";
    CHECK(audit("cline", cline_sessions(folder), count_cline) == 0);
}

TEST_CASE("records of iFlow sessions say what their lines say", "[corpus][audit]") {
    CHECK(audit("iflow", with_fixtures(iflow_sessions, "iflow"), count_iflow) == 0);
}

TEST_CASE("records of Cursor's transcripts and databases say what they say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("cursor", cursor_sessions(corpus() + "/cursor"), count_cursor) == 0);
}

TEST_CASE("records of Grok Build's sessions say what their lines say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    std::vector<std::string> sessions = grok_sessions(corpus() + "/grok");
    for (const std::string& session : grok_sessions(corpus() + "/grok-build"))
        sessions.push_back(session);
    CHECK(audit("grok", sessions, count_grok) == 0);
}

TEST_CASE("records of Kimi's sessions say what their logs say", "[corpus][audit]") {
    std::vector<std::string> sessions =
        kimi_sessions(opentraces::testing::source_folder() + "/tests/fixtures/sessions/kimi");
    if (corpus_is_there())
        for (const std::string& session : kimi_sessions(corpus() + "/kimi"))
            sessions.push_back(session);
    CHECK(audit("kimi", sessions, count_kimi) == 0);
}

TEST_CASE("records of Vibe's sessions say what their messages say", "[corpus][audit]") {
    std::vector<std::string> sessions =
        vibe_sessions(opentraces::testing::source_folder() + "/tests/fixtures/sessions/vibe");
    if (corpus_is_there())
        for (const std::string& session : vibe_sessions(corpus() + "/vibe"))
            sessions.push_back(session);
    CHECK(audit("vibe", sessions, count_vibe) == 0);
}

TEST_CASE("records of Aider's sessions say what their history says", "[corpus][audit]") {
    Table table;
    int records = 0;
    int left_out = 0;
    std::vector<std::string> histories =
        aider_histories(opentraces::testing::source_folder() + "/tests/fixtures/sessions/aider");
    if (corpus_is_there())
        for (const std::string& history : aider_histories(corpus() + "/aider"))
            histories.push_back(history);
    for (const std::string& history : histories) {
        const std::vector<Counts> counts = count_aider(history);
        const std::vector<json> found = records_of(history);
        left_out += static_cast<int>(counts.size() - found.size());
        // Sessions without an edit are left out: they come last, or are nothing but their beginning.
        for (std::size_t at = 0; at < found.size(); ++at, ++records)
            compare_record(counts.at(at), found[at], history, "aider", table);
    }
    table.print("aider", records, left_out);
    CHECK(records > 0);
    CHECK(table.differences() == 0);
}

TEST_CASE("records of gptme's conversations say what their messages say", "[corpus][audit]") {
    std::vector<std::string> sessions =
        files_below(opentraces::testing::source_folder() + "/tests/fixtures/sessions/gptme", {".jsonl"});
    if (corpus_is_there())
        for (const std::string& session : files_below(corpus() + "/gptme", {".jsonl"}))
            sessions.push_back(session);
    CHECK(audit("gptme", sessions, count_gptme) == 0);
}

TEST_CASE("records of OpenCode sessions say what their rows say", "[corpus][audit]") {
    opentraces::testing::OpenCodeStore written;
    write_session(written, "ses_a");
    write_session(written, "ses_b");
    std::vector<OpenCodeSource> databases{{written.path}};
    const opentraces::testing::TemporaryDirectory place;
    if (corpus_is_there()) {
        for (const std::string& path : opencode_databases(corpus() + "/opencode")) {
            const std::string folder = place.file(std::to_string(databases.size()));
            std::filesystem::create_directories(folder);
            std::filesystem::copy_file(path, folder + "/opencode.db");
            databases.push_back({folder + "/opencode.db"});
        }
        for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus() + "/opencode"))
            if (entry.is_directory() && std::filesystem::exists(entry.path() / "message")) {
                const std::string storage = entry.path().string();
                const std::string database =
                    database_of_storage(storage, place.file(std::to_string(databases.size())));
                databases.push_back({database});
                databases.push_back({database, storage});
            }
    }
    CHECK(audit_opencode(databases) == 0);
}

TEST_CASE("records of Kiro's conversations say what they say", "[corpus][audit]") {
    std::vector<std::string> sessions{opentraces::testing::source_folder() +
                                      "/tests/fixtures/sessions/kiro/saved.json"};
    if (corpus_is_there())
        for (const std::string& session : files_below(corpus() + "/kiro", {".json"}))
            sessions.push_back(session);
    CHECK(audit("kiro", sessions, count_kiro) == 0);
}

TEST_CASE("records of Pi sessions say what their lines say", "[corpus][audit]") {
    const opentraces::testing::TemporaryDirectory place;
    std::vector<std::string> sessions = line_files(corpus() + "/pi");
    sessions.push_back(place.file("written.jsonl"));
    std::ofstream(sessions.back()) << written_pi_session();
    CHECK(audit("pi", sessions, count_pi) == 0);
}

TEST_CASE("records of OpenClaw sessions say what their lines say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("openclaw", line_files(corpus() + "/openclaw"), count_pi) == 0);
}

TEST_CASE("records of Droid sessions say what their lines say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("droid", line_files(corpus() + "/droid"), count_droid) == 0);
}

TEST_CASE("records of Amp threads say what their messages say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("amp", amp_threads(corpus() + "/amp"), count_amp) == 0);
}

TEST_CASE("records of SWE-agent trajectories say what they say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("swe-agent", swe_agent_sessions(corpus() + "/swe-agent"), count_swe_agent) == 0);
}

TEST_CASE("records of Hermes logs say what they say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("hermes", files_below(corpus() + "/hermes", {".json"}), count_hermes) == 0);
}

TEST_CASE("records of Continue sessions say what they say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("continue", files_below(corpus() + "/continue", {".json"}), count_continue) == 0);
}

TEST_CASE("records of OpenHands events say what they say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("openhands", files_below(corpus() + "/openhands", {"events.jsonl"}), count_openhands) == 0);
}
