// What transcripts show of texts and calls, and that nothing in them is invisible.
#include "formats/readable/readable.hpp"

#include "catch.hpp"
#include "formats/readable/prose.hpp"
#include "formats/view/visible.hpp"
#include "formats_fixture.hpp"

using namespace opentraces;
using namespace opentraces::formats;
using testing::Builder;

namespace {

std::string html_of(std::string_view text) {
    std::string out;
    append_html(out, text);
    return out;
}

std::string blocks_of(std::string_view text) {
    std::string all;
    for (const ProseBlock& block : prose_blocks(text))
        all += block.code ? "{" + std::string(block.language) + "|" + std::string(block.text) + "}"
                          : "[" + std::string(block.text) + "]";
    return all;
}

std::string spans_of(std::string_view line) {
    std::string all;
    for (const ProseSpan& span : prose_spans(line)) {
        const char kind = span.kind == ProseKind::Code ? 'c' : span.kind == ProseKind::Strong ? 's' : 't';
        all += std::string(1, kind) + "(" + std::string(span.text) + ")";
    }
    return all;
}

std::string diff_of(const std::vector<DiffLine>& lines) {
    std::string all;
    for (const auto& [sign, line] : lines)
        all += std::string(1, sign) + std::string(line) + "\n";
    return all;
}

std::string parts_of(std::string_view input) {
    trace::ToolCall call;
    call.input = *testing::parsed(input).if_object();
    std::string all;
    for (const CallPart& part : readable_parts(call)) {
        all += std::string(part.label) + ":";
        switch (part.kind) {
            case CallPart::Kind::Change:
                all += "change " + std::string(part.before) + ">" + std::string(part.after);
                break;
            case CallPart::Kind::Json:
                all += "json " + json::to_compact(testing::parsed(part.json));
                break;
            case CallPart::Kind::Code:
                all += "code " + std::string(part.text);
                break;
            case CallPart::Kind::Patch:
                all += "patch";
                break;
            case CallPart::Kind::Text:
                all += "text " + std::string(part.text);
                break;
        }
        all += "; ";
    }
    return all;
}

std::string headline_of(std::string_view input) {
    trace::ToolCall call;
    call.input = *testing::parsed(input).if_object();
    return readable_headline(call);
}

}  // namespace

TEST_CASE("visible: markup is escaped, controls are shown, what no document may hold is replaced") {
    CHECK(html_of("<a b='c' d=\"e\">&amp;") == "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;amp;");
    CHECK(html_of(std::string_view("a\0\x1b[31m\x7f\tb\n", 11)) == "a␀␛[31m␡\tb\n");
    CHECK(html_of("a\r\nb\rc\r") == "a\nb\nc\n");
    CHECK(html_of("\u0085\u009f\u00a0é") == "��\u00a0é");
    CHECK(html_of("\uFDD0\uFDEF\uFDCF\uFFFE\uFFFF\uFFFD") == "��\uFDCF���");
    CHECK(html_of("\U0001FFFF\U0010FFFE\U0001F600\u2028") == "��\U0001F600&lt;U+2028&gt;");
    CHECK(html_of("gpj\u202e.exe \u200bx\ufeff\u061c") ==
          "gpj&lt;U+202E&gt;.exe &lt;U+200B&gt;x&lt;U+FEFF&gt;&lt;U+061C&gt;");
    CHECK(html_of("\u2019\u0600\u1800\u2070") == "\u2019\u0600\u1800\u2070");
    std::string plain;
    append_visible(plain, "<b>&\x01");
    CHECK(plain == "<b>&␁");
}

TEST_CASE("prose: fences become code, whatever opens and closes them") {
    CHECK(blocks_of("") == "[]");
    CHECK(blocks_of("a\n```py x\ncode\n```\nb\nc") == "[a]{py|code}[b\nc]");
    CHECK(blocks_of("```\nnever closed\n~~~\n``\n") == "{|never closed\n~~~\n``\n}");
    CHECK(blocks_of("  ~~~~\n```\n~~~\n~~~~ \nx") == "{|```\n~~~}[x]");
    CHECK(blocks_of("```c++<script>\n```") == "{c++|}");
    CHECK(blocks_of("``` not `a` fence") == "[``` not `a` fence]");
}

TEST_CASE("prose: spans are code and strong text on one line") {
    CHECK(spans_of("a `b` ``c`d`` **e** f") == "t(a )c(b)t( )c(c`d)t( )s(e)t( f)");
    CHECK(spans_of("`open ** 2 * 3 **also") == "t(`open ** 2 * 3 **also)");
    CHECK(spans_of("****") == "t(****)");
    CHECK(spans_of("").empty());
    CHECK(spans_of(std::string(30'000, '`')).size() == 30'003);
    CHECK(prose_heading("## A title ") == "A title");
    CHECK(prose_heading("#include <x>").empty());
    CHECK(prose_heading("####### x").empty());
    CHECK(prose_heading("# ").empty());
    CHECK(longest_run("a``b```c`", '`') == 3);
}

TEST_CASE("readable: a change keeps the equal lines at both ends") {
    CHECK(diff_of(change_lines("a\nb\nc\n", "a\nx\ny\nc\n")) == " a\n-b\n+x\n+y\n c\n");
    CHECK(diff_of(change_lines("", "a\nb")) == "+a\n+b\n");
    CHECK(diff_of(change_lines("a\na", "a")) == " a\n-a\n");
    CHECK(diff_of(change_lines("a", "a")) == " a\n");
    CHECK(diff_of(change_lines("", "")).empty());
}

TEST_CASE("readable: patches are known by their head, and their lines by their signs") {
    const std::string patch =
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n c\n\\ No newline\n";
    CHECK(is_patch(patch));
    CHECK(is_patch("--- a/x\n+++ b/x\n@@ -1 +1 @@\n"));
    CHECK(is_patch("*** Begin Patch\n*** Update File: x\n"));
    CHECK_FALSE(is_patch("--- a list\n"));
    CHECK(diff_of(patch_lines(patch)) ==
          "@diff --git a/x b/x\n@--- a/x\n@+++ b/x\n@@@ -1 +1 @@\n-a\n+b\n c\n@\\ No newline\n");
}

TEST_CASE("readable: nothing of a call's input is left out") {
    CHECK(parts_of(R"({"file_path":"f","old_string":"a","new_string":"b","replace_all":true})") ==
          R"(:json {"file_path":"f","replace_all":true}; :change a>b; )");
    CHECK(
        parts_of(
            R"({"path":"f","edits":[{"oldText":"a","newText":"b"},{"oldText":"c","newText":"d","n":1}]})") ==
        R"(:json {"path":"f","edits":[{},{"n":1}]}; edits:change a>b; edits:change c>d; )");
    CHECK(parts_of(R"({"edits":[{"oldText":1,"newText":"b"}]})") ==
          R"(:json {"edits":[{"oldText":1,"newText":"b"}]}; )");
    CHECK(parts_of(R"({"file_path":"f","content":"x"})") ==
          R"(:json {"file_path":"f"}; content:change >x; )");
    CHECK(parts_of(R"({"content":"x"})") == R"(:json {"content":"x"}; )");
    CHECK(parts_of(R"({"command":"ls","timeout":5})") == R"(:json {"timeout":5}; command:code ls; )");
    CHECK(parts_of(R"({"prompt":"a\nb"})") == "prompt:text a\nb; ");
    CHECK(parts_of(R"({"input":"*** Begin Patch\n*** End Patch"})") == "input:patch; ");
    CHECK(parts_of("{}").empty());
}

TEST_CASE("readable: the headline of a call is its most telling argument, on one line") {
    CHECK(headline_of(R"({"description":"d","command":"\n ls -l\nx"})") == "ls -l…");
    CHECK(headline_of(R"({"command":["bash","-lc","ls"]})") == "bash -lc ls");
    CHECK(headline_of(R"({"n":1})").empty());
    CHECK(headline_of(R"({"path":")" + std::string(200, 'x') + "\"}") == std::string(120, 'x') + "…");
}

TEST_CASE("readable: title and facts") {
    Builder builder;
    builder.user("first line\nsecond").agent("hi");
    CHECK(readable_title(builder.record) == "first line");
    CHECK(readable_title(Builder().record) == "Session session");
    std::string facts;
    for (const Fact& fact : readable_facts(prepare(testing::worked_record())))
        facts += std::string(fact.label) + "=" + fact.value + "\n";
    CHECK(facts ==
          "Agent=claude-code 2.1.0\nModel=anthropic/claude-sonnet-4-5\nStarted=2026-03-28 10:00:00 UTC\n"
          "Duration=40.0 s\nSteps=8, 5 tool calls, 2 of them with an error\nSub-agents=1\n"
          "Tokens=896 in (without cache), 420 out\nCost=0.0421 USD (estimated)\nRepository=acme/calc\n"
          "Branch=main\nBase commit=1111111111111111111111111111111111111111\n"
          "Outcome=success, committed, 2222222222222222222222222222222222222222\n"
          "Session=demo-session-01\nTrace=6f1c9a52-3d0e-4b7a-9c41-2a5b8d7e0f13\n");
}
