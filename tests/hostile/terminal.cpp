// Text from outside, wherever it is shown: nothing of it drives a terminal, hides, or forges a line.
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "doubles/raw_server.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

constexpr std::string_view k_rlo = "\xE2\x80\xAE";
constexpr std::string_view k_zero_width = "\xE2\x80\x8B";
constexpr std::string_view k_c1 = "\xC2\x9B";

// As a file name, where a byte that is no UTF-8 may stand too.
std::string hostile_name(const std::string& stem) {
    return stem + "\x1b[31m" + std::string(k_rlo) + std::string(k_c1) + "\x9b" + std::string(k_zero_width) +
           "\nforged: line\r\x7f";
}

// As a name that settings hold, which are UTF-8.
std::string hostile_text(const std::string& stem) {
    std::string text = hostile_name(stem);
    text.erase(text.find('\x9b', text.find(k_c1) + k_c1.size()), 1);
    return text;
}

// Inside of a JSON string.
const std::string k_in_json =
    R"(\u001b]0;title\u0007\u202eevil\u009b31m\u2066\u200b\ufeff\u007f\nforged: line\r)";

std::string offence_in(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::string_view rest = text.substr(i);
        const bool control = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
        const bool c1 = byte == 0xC2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xA0;
        bool hidden = false;
        for (const std::string_view sequence :
             {"\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xAA",
              "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA0", "\xE2\x81\xA6",
              "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9", "\xD8\x9C", "\xEF\xBB\xBF"})
            hidden = hidden || rest.starts_with(sequence);
        if (control || c1 || hidden) return "byte " + std::to_string(i) + ": " + std::to_string(byte);
    }
    return {};
}

void check_safe(const RunResult& result, const std::string& command) {
    INFO(command << "\nstdout: " << result.out.substr(0, 3000) << "\nstderr: " << result.err.substr(0, 3000));
    CHECK(offence_in(result.out).empty());
    CHECK(offence_in(result.err).empty());
    for (const std::string* text : {&result.out, &result.err}) {
        CHECK_FALSE(text->starts_with("forged"));
        CHECK(text->find("\nforged") == std::string::npos);
    }
    CHECK(result.exit < 128);
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += word + " ";
    return text;
}

// Runs it for people and for programs.
void run_both(Workbench& bench, std::vector<std::string> arguments) {
    check_safe(bench.run(arguments), joined(arguments));
    arguments.emplace_back("--json");
    const RunResult result = bench.run(arguments);
    check_safe(result, joined(arguments));
    if (!result.out.empty()) CHECK_NOTHROW(json::parse(result.out));
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// The fixture with hostile text in the task, the model, tool names, paths and answers; with an unknown line.
std::string hostile_session() {
    std::string text = Workbench::read(fixture_session());
    replace_all(text, "claude-opus-4-5-20251101", "claude" + k_in_json);
    replace_all(text, R"("role":"user","content":")", R"("role":"user","content":")" + k_in_json);
    replace_all(text, R"("name":"Read")", R"("name":"Read)" + k_in_json + R"(")");
    replace_all(text, R"("type":"text","text":")", R"("type":"text","text":")" + k_in_json);
    replace_all(text, R"("gitBranch":"main")", R"("gitBranch":"main)" + k_in_json + R"(")");
    return text + R"({"type":"odd)" + k_in_json + "\",\"x\":1}\n{broken\n";
}

struct HostileProject {
    Workbench bench;
    std::filesystem::path root = bench.path(hostile_name("project"));
    std::filesystem::path dataset = root / hostile_text("dataset");
    std::string session = bench.path(hostile_name("sessions")) / (hostile_name("s") + ".jsonl");

    HostileProject() {
        std::filesystem::create_directories(root);
        bench.work_in(root);
        bench.write(session, hostile_session());
        check_safe(bench.run({"init", "--no-hook", "--agent", "claude-code", "--start-fresh"}), "init");
        check_safe(bench.run({"remote", "set", "./" + hostile_text("dataset")}), "remote set");
    }
};

}  // namespace

TEST_CASE("hostile: names and texts of sessions reach no terminal as they are") {
    HostileProject project;
    Workbench& bench = project.bench;
    run_both(bench, {"init", "--no-hook"});
    run_both(bench, {"capture", project.session});
    bench.write(bench.path(hostile_name("broken") + ".jsonl"), "{broken\n");
    run_both(bench,
             {"capture", bench.path(hostile_name("broken") + ".jsonl"), bench.path(hostile_name("gone"))});
    run_both(bench, {"list"});
    run_both(bench, {"status"});
    const std::string id(bench.run({"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or());
    REQUIRE_FALSE(id.empty());
    run_both(bench, {"show", id});
    run_both(bench, {"show", "--verbose", id});
    // Visible for the one who reviews it, not taken away.
    CHECK(bench.run({"show", id}).out.find("<U+202E>evil") != std::string::npos);
    run_both(bench, {"assess", "--all-staged", "--checks"});
    run_both(bench, {"assess", "--all-staged", "--report", hostile_name("report")});
    run_both(bench, {"commit", "--all"});
    run_both(bench, {"push", "--dry-run"});
    run_both(bench, {"push", "-m", "message" + std::string(k_rlo)});
    run_both(bench, {"log"});
    run_both(bench, {"status"});
    run_both(bench, {"verify"});
    run_both(bench, {"card"});
    run_both(bench, {"remote", "show"});
    run_both(bench, {"config", "show"});
    run_both(bench, {"index", "rebuild"});
    run_both(bench, {"pull", project.dataset.string(), "-o", hostile_name("pulled")});
    run_both(bench, {"assess", "--dataset", project.dataset.string(), "--dry-run", "--limit", "1"});
    run_both(bench, {"import", project.dataset.string(), "--dry-run"});
    for (const std::string format : {"markdown", "html", "atif", "otlp", "native"})
        run_both(bench, {"export", "--format", format, "--all", "-o", hostile_name(format)});
    run_both(bench, {"discard", "--yes", id});
    run_both(bench, {"remove", "--yes"});
}

TEST_CASE("hostile: a transcript shows what would hide in it") {
    HostileProject project;
    project.bench.run({"capture", project.session});
    for (const std::string format : {"markdown", "html"}) {
        const std::string text = project.bench.expect(0, {"export", "--format", format, "--all"}).out;
        CHECK(offence_in(text) == "");
        CHECK(text.find("U+202E") != std::string::npos);
        CHECK(text.find("U+200B") != std::string::npos);
    }
}

TEST_CASE("hostile: names of files in a dataset reach no terminal as they are") {
    HostileProject project;
    Workbench& bench = project.bench;
    bench.run({"capture", project.session});
    bench.run({"commit", "--all"});
    bench.run({"push"});
    bench.write(project.dataset / "data" / (hostile_name("rows") + ".jsonl"), "{\"a\":1}\n");
    bench.write(project.dataset / "data" / ("traces_" + hostile_name("x") + ".jsonl"), "no trace\n");
    bench.write(project.dataset / "README.md",
                "---\nlicense: [\n---\nca\x1b[2Jrd " + std::string(k_rlo) + "\n");
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"verify"},
          {"card"},
          {"card", "--check"},
          {"index", "rebuild"},
          {"push", "--dry-run"},
          {"pull", project.dataset.string(), "-o", "pulled"},
          {"import", project.dataset.string(), "--dry-run"},
          {"export", "--format", "atif", "--dataset", project.dataset.string(), "-o", "out"},
          {"assess", "--dataset", project.dataset.string(), "--dry-run", "--limit", "2"}})
        run_both(bench, command);
}

TEST_CASE("hostile: inputs that cannot be read are named safely") {
    Workbench bench;
    const std::string file = bench.path(hostile_name("file"));
    bench.write(file, "{\"trace_id\":\"" + k_in_json + "\",\"schema_version\":\"0.2.0\"}\n");
    run_both(bench, {"validate", file});
    run_both(bench, {"assess", "--input", file});
    run_both(bench, {"export", "--format", "atif", "--input", file, "-o", "out"});
    run_both(bench, {"import", file, "--dry-run"});
    bench.write(file, "key = \"" + std::string("gh") + "p_" + std::string(36, 'a') + "\"\n");
    run_both(bench, {"scan", file});
    for (const std::string command : {"validate", "scan", "parse", "import", "capture"})
        run_both(bench, {command, bench.path(hostile_name("missing"))});
}

TEST_CASE("hostile: arguments come back printable, and not without end") {
    Workbench bench;
    const std::string long_name(200'000, 'x');
    for (const std::string& argument : {hostile_name("argument"), std::string("\xFF\xFE"), long_name}) {
        for (const std::vector<std::string>& command : {std::vector<std::string>{argument},
                                                        {"show", argument},
                                                        {"list", argument},
                                                        {"--" + argument},
                                                        {"-C", argument, "status"},
                                                        {"export", "--format", argument},
                                                        {"import", argument},
                                                        {"pull", argument},
                                                        {"scan", argument},
                                                        {"capture", "--agent", argument},
                                                        {"parse", argument}}) {
            const RunResult result = bench.run(command);
            check_safe(result, command.front().substr(0, 20));
            CHECK(result.exit != 0);
            CHECK(result.err.size() < 20'000);
        }
    }
}

TEST_CASE("hostile: a width that somebody made up fills no memory") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--start-fresh"});
    bench.expect(0, {"capture", fixture_session()});
    for (const std::string width : {"2147483647", "-5", "0", "99999999999999999999", "\x1b[31m"}) {
        bench.set("COLUMNS", width);
        const RunResult result = bench.expect(0, {"list"});
        CHECK(result.out.size() < 4000);
        check_safe(result, "list");
    }
}

TEST_CASE("hostile: what a server says reaches no terminal as it is") {
    Workbench bench;
    std::string status = "200 OK";
    std::string body = R"({"type":"user","name":"ada)" + k_in_json +
                       R"(","auth":{"accessToken":{"displayName":"t)" + k_in_json + R"(","role":"write"}}})";
    RawServer server([&](RawConnection& connection) {
        while (!connection.read_head().empty())
            connection.answer(status, "X-Error-Message: no\x1b[31m\xE2\x80\xAE\r\n", body);
    });
    bench.set("HF_ENDPOINT", server.url());
    bench.set("HF_TOKEN", std::string("hf") + "_" + std::string(34, 'a'));
    run_both(bench, {"whoami"});
    run_both(bench, {"auth", "status"});
    status = "403 Forbidden";
    body = R"({"error":"no)" + k_in_json + "\"}";
    run_both(bench, {"whoami"});
    run_both(bench, {"auth", "status"});
    run_both(bench, {"pull", "ada/traces"});
    status = "200 OK";
    body = R"([{"path":"data/x)" + k_in_json + R"(.jsonl"}])";
    run_both(bench, {"pull", "ada/traces"});
    run_both(bench, {"import", "ada/traces", "--dry-run"});
}
