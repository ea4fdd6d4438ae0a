// Markdown and HTML: what they show, and that trace text stays text.
#include <algorithm>

#include "exported.hpp"
#include "formats/readable/html_page.hpp"
#include "opentraces/core/digest.hpp"

using namespace opentraces;
using testing::Builder;
using testing::exported;

namespace {

const std::string k_hostile =
    "<script>alert(1)</script><img src=x onerror=alert(1)>\n```\n</details>\n# x\n````\n]]>-->";

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

// Hostile text wherever a record has text.
trace::TraceRecord hostile_record() {
    Builder builder;
    trace::TraceRecord& record = builder.record;
    record.task.description = record.task.repository = k_hostile;
    record.agent = {k_hostile, k_hostile, k_hostile};
    record.session_id = record.trace_id = k_hostile;
    record.system_prompts = {{"h", k_hostile}};
    record.outcome.patch = "diff --git a b\n+" + k_hostile;
    record.outcome.description = record.environment.vcs.branch = record.timestamp_start = k_hostile;
    record.metadata.set(k_hostile, k_hostile);
    builder.user(k_hostile, 1).agent(k_hostile, 2).at(k_hostile).ref(k_hostile);
    trace::Step& step = builder.last();
    step.reasoning_content = step.model = step.agent_role = k_hostile;
    step.system_prompt_hash = "h";
    builder.call(k_hostile, k_hostile).input("command", k_hostile).input(k_hostile, k_hostile);
    builder.observe(k_hostile, k_hostile, k_hostile).observe("orphan", k_hostile, k_hostile);
    builder.call("c2", "Edit").input("old_string", k_hostile).input("new_string", "x\n" + k_hostile);
    builder.user(k_hostile, 3).of(2).agent("sub", 4).of(2);
    builder.last().agent_role = k_hostile;
    return record;
}

}  // namespace

TEST_CASE("html: the worked example") {
    const auto result = exported("html", testing::worked_record());
    REQUIRE(result.documents.size() == 1);
    CHECK(result.documents[0].first == "demo-session-01");
    CHECK(result.remarks().empty());
    const std::string page = result.text();
    CHECK(contains(page, "<h1>Fix failing test</h1>"));
    CHECK(count(page, "<article ") == 8);
    CHECK(count(page, "<details class=\"call\">") == 5);
    CHECK(count(page, "<details class=\"subagent\">") == 1);
    CHECK(contains(page, "<span class=\"minus\">- a - b</span><span class=\"plus\">+ a + b</span>"));
    CHECK(contains(page, "<span class=\"error\">exit_code:1</span>"));
    CHECK(contains(page, "<span class=\"error\">no result</span>"));
    CHECK(contains(page, "<time datetime=\"2026-03-28T10:00:05.000Z\">10:00:05</time>"));
    CHECK(contains(page, "10512 tokens in (9000 from cache, 1500 to cache), 180 out"));
    CHECK(page.find("id=\"s4\"") > page.find("<details class=\"subagent\">"));
    CHECK(count(page, "<details") == count(page, "</details>"));
    CHECK(exported("html", testing::worked_record()).text() == page);
}

TEST_CASE("html: the policy allows this page's own style and script and nothing else") {
    const std::string page = exported("html", testing::worked_record()).text();
    const auto digest_of = [](std::string_view text) {
        Sha256 sha;
        sha.update(text);
        const auto digest = sha.finish();
        return base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
    };
    CHECK(contains(page, "default-src &#39;none&#39;; style-src &#39;sha256-" +
                             digest_of(formats::k_html_style) + "&#39;; script-src &#39;sha256-" +
                             digest_of(formats::k_html_script) + "&#39;;"));
    CHECK(contains(page, "<style>" + std::string(formats::k_html_style) + "</style>"));
    CHECK(contains(page, "<script>" + std::string(formats::k_html_script) + "</script>"));
    for (const char* loads : {"src=", "http:", "https:", "url(", "@import", "<link", " style=", " onclick="})
        CHECK_FALSE(contains(page, loads));
}

TEST_CASE("html: trace text is never markup") {
    const std::string page = exported("html", hostile_record()).text();
    CHECK(count(page, "<script>") == 1);
    CHECK(count(page, "</script>") == 1);
    CHECK_FALSE(contains(page, "<img"));
    CHECK(contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    CHECK(count(page, "<details") == count(page, "</details>"));
    CHECK(count(page, "<article ") == 4);
}

TEST_CASE("html: messages show their code, and outputs that are diffs their colours") {
    Builder builder;
    builder.agent("# Title\n\nrun `ls <x>`:\n```sh\nls\n```")
        .call("c", "Bash")
        .observe("c", "diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b\n");
    const std::string page = exported("html", builder.record).text();
    CHECK(contains(
        page, "<strong>Title</strong>\n\nrun <code>ls &lt;x&gt;</code>:</p>\n<pre><code>ls</code></pre>"));
    CHECK(contains(page, "<span class=\"minus\">- a</span><span class=\"plus\">+ b</span>"));
}

TEST_CASE("html, markdown: sub-agents are left out when asked, damage is shown, an empty record is a page") {
    formats::ExportOptions options;
    options.subagents = false;
    for (const auto* format : {"html", "markdown"}) {
        INFO(format);
        const auto without = exported(format, testing::worked_record(), options);
        CHECK(without.remarks() == "subagents 3: step of a sub-agent: left out as asked\n");
        CHECK_FALSE(contains(without.text(), "test_calc.py:4"));
        Builder builder;
        builder.agent("a", 1).at("soon").ref("elsewhere").call("x", "Task").observe("gone", "orphan");
        builder.user("loose").of(77).agent("lost").of(77);
        const auto damaged = exported(format, builder.record);
        CHECK(damaged.remarks() == "step_timestamp 1: not a time: left out\n");
        for (const char* part : {"Result of no call of this step", "orphan", "elsewhere", "lost"})
            CHECK(contains(damaged.text(), part));
        CHECK(exported(format, Builder().record).converted.fate == formats::Fate::Written);
    }
}

TEST_CASE("markdown: the worked example") {
    const auto result = exported("markdown", testing::worked_record());
    REQUIRE(result.documents.size() == 1);
    const std::string page = result.text();
    CHECK(page.starts_with("# Fix failing test\n\n| | |\n|---|---|\n| Agent | claude-code 2.1.0 |\n"));
    CHECK(contains(page, "## User · step 1\n\n<sub>10:00:00</sub>\n\ntest_add fails. Fix it.\n\n"));
    CHECK(contains(
        page,
        "<details><summary>Reasoning</summary>\n\nLook at the code first, then reproduce.\n\n</details>"));
    CHECK(contains(page, "<details><summary><b>Bash</b> <code>pytest -q</code> ⚠ exit_code:1</summary>\n\n"));
    CHECK(contains(page, "```diff\n-a - b\n+a + b\n```\n"));
    CHECK(contains(page,
                   "<details><summary>Sub-agent explore: Who calls add()? (3 steps)</summary>\n\n### User"));
    CHECK(count(page, "<details>") == count(page, "</details>"));
}

TEST_CASE("markdown: a fence is longer than any row of backticks inside") {
    Builder builder;
    builder.agent("").call("c", "Bash").observe("c", "a\n```\n<b>\n`````\nend");
    const std::string page = exported("markdown", builder.record).text();
    CHECK(contains(page, "\n``````\na\n```\n<b>\n`````\nend\n``````\n"));
}

TEST_CASE("markdown: prose is shown as it is") {
    Builder builder;
    builder.user(
        "# head\n1. one\n- two\n  > in\n\n*x* _y_ a_b [l](u) <b> &lt; `c<d>` `e|f` **s** | "
        "1.5\n---\n```js\nx\n```\nend");
    const std::string page = exported("markdown", builder.record).text();
    CHECK(contains(page,
                   "**head**  \n1\\. one  \n\\- two  \n&nbsp;&nbsp;\\> in\n\n"
                   "\\*x\\* \\_y\\_ a_b \\[l\\](u) \\<b> \\&lt; `c<d>` \\`e\\|f\\` **s** \\| 1.5  \n\\---\n\n"
                   "```js\nx\n```\n\nend\n\n"));
}

TEST_CASE("markdown: trace text is neither HTML nor the end of its block") {
    const std::string page = exported("markdown", hostile_record()).text();
    // Outside of fences and escapes there are only the tags of the format itself.
    std::size_t fence = 0;
    std::size_t depth = 0;
    std::size_t begin = 0;
    while (begin < page.size()) {
        const std::size_t end = std::min(page.find('\n', begin), page.size());
        const std::string line = page.substr(begin, end - begin);
        begin = end + 1;
        const std::size_t marks = std::min(line.find_first_not_of('`'), line.size());
        const bool bare = marks == line.size();
        if (fence > 0) {
            if (marks >= fence && bare) fence = 0;
            continue;
        }
        if (marks >= 3) {
            fence = marks;
            continue;
        }
        depth += count(line, "<details>");
        depth -= count(line, "</details>") - count(line, "\\</details>");
        INFO(line);
        for (const char* tag : {"<script", "<img"}) {
            for (std::size_t at = line.find(tag); at != std::string::npos; at = line.find(tag, at + 1))
                CHECK((at > 0 && line[at - 1] == '\\'));
        }
    }
    CHECK(fence == 0);
    CHECK(depth == 0);
}
