#include "opentraces/card/card.hpp"

#include <algorithm>
#include <functional>

#include "card/features.hpp"
#include "catch.hpp"
#include "golden.hpp"
#include "inputs.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;
using namespace opentraces::card;
using namespace opentraces::card::testing;

namespace {

const std::string k_stats_start = "<!-- opentraces:auto-stats-start -->\n";
const std::string k_stats_end = "<!-- opentraces:auto-stats-end -->\n";
const std::string k_badges_start = "<!-- opentraces:auto-badges-start -->\n";
const std::string k_badges_end = "<!-- opentraces:auto-badges-end -->\n";
const std::string k_machine = "<!-- opentraces:stats\n{\"total_traces\":1}\n";

// The body with the managed sections as one word each.
std::string shape(const std::string& existing, const CardInput& input = example_input()) {
    const std::string card = render("---\n---\n" + existing, input);
    CHECK(render(card, input) == card);
    std::string body = card.substr(card.find("\n---\n") + 5);
    const auto shorten = [&](const std::string& begin, const std::string& end, const std::string& word) {
        const std::size_t from = body.find(begin);
        if (from == std::string::npos) return;
        body.replace(from, body.find(end, from) + end.size() - from, word);
    };
    shorten("<!-- opentraces:stats\n{\"total_traces\":1234,", "<!-- opentraces:stats-end -->\n", "M;");
    shorten(k_stats_start + "## Dataset Statistics", k_stats_end, "S;");
    shorten(k_badges_start + k_badges_end, "badges-end -->\n", "B;");
    return body;
}

const std::string k_tail = "\nM;\nS;";

}  // namespace

TEST_CASE("card: goldens") {
    opentraces::testing::check_golden("cards/fresh.md", render({}, example_input()));
    opentraces::testing::check_golden("cards/fresh-scored.md", render({}, scored_input()));
    CardInput empty;
    empty.repo = "folder";
    opentraces::testing::check_golden("cards/fresh-empty.md", render({}, empty));
    const std::string theirs =
        "---\nlicense: mit\npretty_name: Mine\n---\n# Mine\n\nText with `code`.\n\n## More\n\n```\n" +
        k_stats_start + "```\nThe end";
    opentraces::testing::check_golden("cards/adopted.md", render(theirs, scored_input()));
}

TEST_CASE("card: lower bounds, active time and cut texts are said where there are some, and only then") {
    const std::string before = render({}, example_input());
    CardInput input = example_input();
    input.stats.marks.known = input.stats.traces;
    CHECK(render({}, input) == before);
    input.stats.marks = {1234, 30, 187'830'000, 1100, 3, 12};
    const std::string card = render({}, input);
    CHECK(has(card,
              "| Total cost | ≥ $123.46 (estimated, over 1,200 of 1,234 traces; a lower bound: in 30 traces "
              "the last count of tokens is not in the log) |\n"
              "| Average cost per trace | ≥ $0.10 |\n"));
    CHECK(has(card,
              "| Active time | 52 h 10 min (without waiting for people, over 1,100 of 1,234 traces) |\n"));
    CHECK(has(card, "| Cut texts | 12 in 3 traces (each says how many characters are gone) |\n"));
    const std::string block = *machine_block(card);
    CHECK(block.ends_with(R"("cost_lower_bound_traces":30,"total_active_s":187830,"active_time_traces":1100,)"
                          R"("cut_texts":12,"cut_traces":3})"));
    CHECK(json::parse(block)["total_cost_usd"].if_number() != nullptr);
    input.stats.marks.known = 1000;
    CHECK(has(render({}, input), "not in the log; not known of 234 traces) |\n"));
    CHECK(has(render({}, input), "are gone; not known of 234 traces) |\n"));
    CHECK(render(card, example_input()) == before);
}

TEST_CASE("card: rendering twice gives the same bytes") {
    for (const CardInput& first : {example_input(), scored_input()}) {
        for (const CardInput& second : {example_input(), scored_input()}) {
            const std::string card = render({}, first);
            CHECK(render(card, first) == card);
            const std::string updated = render(card, second);
            CHECK(render(updated, second) == updated);
            CHECK(render(updated, first).size() == card.size());
        }
    }
    CHECK(render({}, example_input()) == render("", example_input()));
    CHECK(render("---\n---\n", example_input()) == render({}, example_input()));
}

TEST_CASE("card: that access must be asked for is said, and only then") {
    CardInput input = example_input();
    CHECK_FALSE(has(render({}, input), "| Access |"));
    input.gated = true;
    const std::string card = render({}, input);
    CHECK(has(card, "| Access | on request (gated) |\n"));
    CHECK_FALSE(has(render(card, example_input()), "| Access |"));
}

TEST_CASE("card: sections go where their markers are") {
    CHECK(shape("# T\n\ntext") == "# T\n\nB;\ntext\n" + k_tail);
    CHECK(shape("# T") == "# T\n\nB;" + k_tail);
    CHECK(shape("# T\ntext\n") == "# T\n\nB;\ntext\n" + k_tail);
    CHECK(shape("text\nT\n===\nmore\n") == "text\nT\n===\n\nB;\nmore\n" + k_tail);
    CHECK(shape("text\n") == "B;text\n" + k_tail);
    CHECK(shape("## Not the title\n") == "B;## Not the title\n" + k_tail);
    CHECK(shape("a\n" + k_stats_start + "old\n" + k_stats_end + "b\n" + k_badges_start + "x\n" +
                k_badges_end + "c\n") == "a\nM;\nS;b\nB;c\n");
}

TEST_CASE("card: duplicated, reversed, lone and nested markers") {
    const std::string pair = k_stats_start + "old\n" + k_stats_end;
    CHECK(shape("B\n" + pair + "b\n" + pair + "c\n") == "B;B\nM;\nS;b\nc\n");
    CHECK(shape("a\n" + k_stats_end + "b\n" + k_stats_start + "c\n") == "B;a\nM;\nS;b\nc\n");
    CHECK(shape("a\n" + k_stats_start + "b\n") == "B;a\nM;\nS;b\n");
    CHECK(shape("a\n" + k_stats_end + "b\n") == "B;a\nM;\nS;b\n");
    CHECK(shape(k_stats_start + "a\n" + pair + "b\n") == "B;a\nM;\nS;b\n");
    CHECK(shape(pair + "a\n" + k_stats_end + "b\n") == "B;M;\nS;a\nb\n");
    CHECK(shape(k_stats_start + "a\n" + k_badges_start + "b\n" + k_stats_end + "c\n" + k_badges_end) ==
          "M;\nS;a\nB;b\nc\n");
    CHECK(shape(k_badges_start + "a\n") == "B;a\n" + k_tail);
}

TEST_CASE("card: markers count only as whole lines outside fenced code") {
    const std::string fenced = "```html\n" + k_stats_start + k_stats_end + k_badges_start + "```\n";
    CHECK(shape("a\n" + fenced + "b\n") == "B;a\n" + fenced + "b\n" + k_tail);
    const std::string tildes = "~~~~\n```\n" + k_stats_start + "~~~\n~~~~\n";
    CHECK(shape("a\n" + tildes) == "B;a\n" + tildes + k_tail);
    CHECK(shape("say " + k_stats_start + " " + k_stats_end) ==
          "B;say " + k_stats_start + " " + k_stats_end + k_tail);
    // A fence that is never closed is no fence: what is appended behind it must be found again.
    CHECK(shape("a\n```\nb\n") == "B;a\n```\nb\n" + k_tail);
    CHECK(shape("```\n" + k_stats_start + "old\n" + k_stats_end) == "B;```\nM;\nS;");
}

TEST_CASE("card: machine blocks of every form are replaced") {
    const std::string by_marker = k_machine + "<!-- opentraces:stats-end -->\n";
    const std::string by_arrow = k_machine + "-->\n";
    const std::string on_one_line = "<!-- opentraces:stats {\"total_traces\":1} -->\n";
    const std::string glued = "<!-- opentraces:stats{\"total_traces\":1}-->\n<!-- opentraces:stats-end -->\n";
    const std::string pretty = "<!-- opentraces:stats\n{\n  \"total_traces\": 1\n}\n-->\n";
    for (const std::string& block : {by_marker, by_arrow, on_one_line, glued, pretty}) {
        CAPTURE(block);
        CHECK(shape("a\n" + block + "b\n" + block + block) == "B;a\nb\n" + k_tail);
        CHECK(shape("# a\n" + block + "\n" + k_stats_start + k_stats_end + "b\n") == "# a\n\nB;\nM;\nS;b\n");
    }
    CHECK(shape("a\n<!-- opentraces:stats-end -->\nb\n") == "B;a\nb\n" + k_tail);
    CHECK(shape("a\n" + k_machine + "b\n") == "B;a\nb\n" + k_tail);
    CHECK(shape("a\n<!-- opentraces:stats\nb\n") == "B;a\nb\n" + k_tail);
    const std::string remark = "<!-- opentraces:stats are below -->\n";
    CHECK(shape("a\n" + remark + "b\n") == "B;a\n" + remark + "b\n" + k_tail);
}

TEST_CASE("card: consumers find our machine block even before an example of the format") {
    const std::string example = "```\n" + k_machine + "-->\n```\n";
    const std::string card = render("---\n---\n# T\n" + example + "text\n", example_input());
    CHECK(render(card, example_input()) == card);
    CHECK(has(card, example));
    CHECK(json::parse(*machine_block(card))["total_traces"].integer() == 1234);
    const std::string never_closed =
        render("---\n---\n# T\n<!-- opentraces:stats\v{\"total\ntext\n", example_input());
    CHECK(json::parse(*machine_block(never_closed))["total_traces"].integer() == 1234);
    CHECK(refusal("---\na: b # <!--opentraces:stats {\n---\n") ==
          "README.md:2: the front matter opens a block of statistics");
}

TEST_CASE("card: the machine block says what consumers ask for") {
    const json::Value block = json::parse(*machine_block(render({}, example_input())));
    CHECK(
        to_compact(block) ==
        R"({"total_traces":1234,"total_tokens":10234567,"avg_steps_per_session":16,"avg_cost_usd":0.1,)"
        R"("total_cost_usd":123.46,"success_rate":66.7,"top_dependencies":[["curl",20],["fmt",20],["<script>",3]],)"
        R"("agent_counts":{"claude-code":1000,"codex":234},)"
        R"("model_counts":{"anthropic/claude-opus-4":800,"openai/gpt|5":400,"a--b>":4},)"
        R"("date_range":"2026-01-31 to 2026-02-25"})");
    const std::string raw = *machine_block(render({}, example_input()));
    CHECK_FALSE(has(raw, "--"));
    CHECK_FALSE(has(raw, ">"));
    CHECK_FALSE(has(raw, "<"));
    CardInput empty;
    empty.repo = "a/b";
    CHECK(
        *machine_block(render({}, empty)) ==
        R"({"total_traces":0,"total_tokens":0,"avg_steps_per_session":0,"avg_cost_usd":null,"total_cost_usd":null,)"
        R"("success_rate":null,"top_dependencies":[],"agent_counts":{},"model_counts":{},"date_range":"N/A"})");
    CHECK_FALSE(machine_block("nothing"));
    CHECK_FALSE(machine_block("<!-- opentraces:stats\n{ never closed"));
}

TEST_CASE("card: ratios are rounded once, half to even") {
    CardInput input = example_input();
    input.stats.traces = 2;
    input.stats.steps = 5;
    input.stats.traces_with_outcome = 16;
    input.stats.successes = 1;
    input.stats.cost = 5'000'000;
    input.stats.traces_with_cost = 1;
    const json::Value block = json::parse(*machine_block(render({}, input)));
    CHECK(block["avg_steps_per_session"].integer() == 2);
    CHECK(block["success_rate"].if_number()->literal == "6.2");
    CHECK(block["total_cost_usd"].if_number()->literal == "0.0");
}

TEST_CASE("card: names cannot leave their cells") {
    CardInput input = example_input();
    input.stats.models = {{"a|b\nc", 1}, {"<img>", 1}, {"*x*[y](z)`", 1}, {"", 1}, {"snake_case _x_", 1}};
    const std::string card = render({}, input);
    CHECK(has(card, "| a\\|b c | 1 | "));
    CHECK(has(card, "| &lt;img&gt; | 1 | "));
    CHECK(has(card, "| \\*x\\*\\[y\\](z)\\` | 1 | "));
    CHECK(has(card, "| *unnamed* | 1 | "));
    CHECK(has(card, "| snake_case \\_x\\_ | 1 | "));
    CHECK(has(card, "| *not recorded* | 1,229 | "));
}

TEST_CASE("card: badges have the known addresses") {
    const std::string card = render({}, scored_input());
    CHECK(has(card,
              "[![Overall Quality 78.1%](https://img.shields.io/badge/Overall_Quality-78.1%25-ffc107)]"
              "(https://opentraces.ai) [![Gate: FAILING](https://img.shields.io/badge/Gate-FAILING-dc3545)]"
              "(https://opentraces.ai) "
              "![Conformance 88.4%](https://img.shields.io/badge/Conformance-88.4%25-28a745) "));
    CHECK(has(card, " ![RL 59.9%](https://img.shields.io/badge/Rl-59.9%25-fd7e14) "));
    CHECK(has(card,
              "Assessed: 2026-02-25T10:00:00+00:00 | Mode: deterministic | Scorer: v0.2.0 | over 1,200 of "
              "1,234 traces"));
    CHECK(has(card, "**Overall utility: 78.1%** | Gate: FAILING"));
}

TEST_CASE("card: size buckets are decimal and count rows") {
    CHECK(size_category(0) == "n<1K");
    CHECK(size_category(999) == "n<1K");
    CHECK(size_category(1000) == "1K<n<10K");
    CHECK(size_category(9'999) == "1K<n<10K");
    CHECK(size_category(10'000) == "10K<n<100K");
    CHECK(size_category(999'999'999'999) == "100B<n<1T");
    CHECK(size_category(1'000'000'000'000) == "n>1T");
}

TEST_CASE("card: check tells what is stale") {
    CHECK(check({}, example_input()).reasons == std::vector<std::string>{"there is no card"});
    const std::string card = render({}, example_input());
    CHECK_FALSE(check(card, example_input()).stale);
    CardInput more = example_input();
    more.stats.traces = 20'000;
    const CardCheck result = check(card, more);
    CHECK(result.stale);
    const auto& reasons = result.reasons;
    const auto holds = [&](const std::string& reason) {
        return std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
    };
    CHECK(holds("the front matter differs"));
    CHECK(holds("the machine-readable statistics differ"));
    CHECK(holds("\"Total traces\" is 1,234, should be 20,000"));
    CHECK(check("# T\n" + card.substr(card.find("# my-traces")), example_input()).stale);
}

TEST_CASE("card: dataset_infos.json gives way to the front matter") {
    using Action = DatasetInfosUpdate::Action;
    CHECK(dataset_infos_update({}).action == Action::Keep);
    CHECK(dataset_infos_update("{\"default\": {}}").action == Action::Remove);
    CHECK(dataset_infos_update("not json").action == Action::Remove);
    CHECK(dataset_infos_update("{\"mine\": {}}").action == Action::Keep);
    const auto update = dataset_infos_update("{\"default\": {}, \"mine\": {\"a\": 1}}");
    CHECK(update.action == Action::Replace);
    CHECK(json::parse(update.content) == json::parse("{\"mine\": {\"a\": 1}}"));
}

TEST_CASE("card: quality.json there and back") {
    QualitySummary quality = example_quality();
    CHECK(quality_from_json(to_json(quality)) == quality);
    quality.judge_model = "haiku";
    quality.preservation_average = 0.91;
    CHECK(quality_from_json(to_json(quality)) == quality);
    const QualitySummary empty = quality_from_json("{}");
    CHECK(empty.gate_status == "passing");
    CHECK(empty.scorer_version == "unknown");
    CHECK(empty.overall_utility == 0);
    CHECK_THROWS_AS(quality_from_json("[]"), Error);
    CHECK_THROWS_AS(quality_from_json("{"), Error);
}

TEST_CASE("card: settings are checked against the Hub's lists") {
    CHECK(is_known_license("apache-2.0"));
    CHECK_FALSE(is_known_license("Apache-2.0"));
    const auto problem = [](const std::function<void(CardSettings&)>& change) {
        CardSettings settings;
        change(settings);
        try {
            validate_settings(settings);
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::ConfigInvalid);
            return error.message();
        }
        return std::string();
    };
    CHECK(problem([](CardSettings&) {}).empty());
    CHECK(has(problem([](CardSettings& s) { s.license = "apache2"; }),
              "card.license: \"apache2\" is not a licence id of the Hub; near: apache-2.0"));
    CHECK(problem([](CardSettings& s) { s.languages = {"en", "code", "deu"}; }).empty());
    CHECK(has(problem([](CardSettings& s) { s.languages = {"xx"}; }), "card.language: \"xx\""));
    CHECK(has(problem([](CardSettings& s) { s.languages = {"english"}; }), "card.language"));
    CHECK(has(problem([](CardSettings& s) { s.tags = {"a\nb"}; }), "card.tags"));
    CHECK(has(problem([](CardSettings& s) { s.tags = {""}; }), "card.tags"));
    CHECK(has(problem([](CardSettings& s) { s.pretty_name = std::string(201, 'x'); }), "card.pretty_name"));
    CHECK(has(problem([](CardSettings& s) { s.pretty_name = " x"; }), "card.pretty_name"));
}

TEST_CASE("card: the columns that datasets are told are those of the schema") {
    opentraces::testing::check_golden("dataset-info.yaml", dataset_info_yaml());
}

TEST_CASE("card: tokens that no log has are unknown, never zero") {
    CardInput input = example_input();
    input.stats.marks.known = input.stats.traces;
    input.stats.marks.traces_without_usage = 34;
    const std::string some = render({}, input);
    CHECK(has(some,
              "| Total tokens | 10,234,567 (of 1,200 of 1,234 traces; the logs of the others have no "
              "counts) |\n"));
    CHECK(has(some, "| Input tokens | 9,000,000 |\n"));
    CHECK(json::parse(*machine_block(some))["unknown_token_traces"].integer() == 34);
    CHECK(json::parse(*machine_block(some))["total_tokens"].integer() == 10'234'567);

    input.stats.marks.traces_without_usage = input.stats.traces;
    input.stats.input_tokens = input.stats.output_tokens = 0;
    input.stats.cache_read_tokens = input.stats.cache_write_tokens = 0;
    const std::string none = render({}, input);
    for (const char* row :
         {"Total tokens", "Input tokens", "Output tokens", "Cache tokens read", "Cache tokens written"})
        CHECK(has(none, "| " + std::string(row) + " | unknown (no log has counts) |\n"));
    // Whoever reads an older card's block expects a number.
    CHECK(json::parse(*machine_block(none))["total_tokens"].integer() == 0);
    CHECK(json::parse(*machine_block(none))["unknown_token_traces"].integer() == input.stats.traces);
}
