#include "catch.hpp"
#include "inputs.hpp"

using namespace opentraces;
using namespace opentraces::card;
using namespace opentraces::card::testing;

namespace {

// The front matter after merging into this one, without the long features.
std::string merged(const std::string& front_matter, const CardInput& input = example_input()) {
    const std::string card = render("---\n" + front_matter + "---\n# T\n", input);
    CHECK(render(card, input) == card);
    std::string result = front_matter_of(card);
    const std::size_t info = result.find("dataset_info:\n  config_name: default\n  features:\n");
    if (info == std::string::npos) return result;
    std::size_t end = result.find('\n', info) + 1;
    while (end < result.size() && result.compare(end, 2, "  ") == 0)
        end = result.find('\n', end) + 1;
    return result.replace(info, end - info, "INFO\n");
}

const std::string k_rest =
    "tags:\n  - opentraces\n  - agent-traces\n"
    "task_categories:\n  - text-generation\n"
    "size_categories:\n  - 1K<n<10K\n"
    "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/traces_*.jsonl\n";

}  // namespace

TEST_CASE("front matter: a fresh one has everything in order") {
    CHECK(merged("") == k_rest + "INFO\n");
    CardInput input = scored_input();
    input.settings.license = "mit";
    input.settings.pretty_name = "Ann's: traces";
    input.settings.languages = {"de", "no"};
    input.settings.tags = {"1.0", "mine"};
    const std::string text = merged("", input);
    CHECK(has(text, "license: mit\npretty_name: \"Ann's: traces\"\n"));
    CHECK(has(text, "  - agent-traces\n  - \"1.0\"\n  - mine\n"));
    CHECK(has(text, "language:\n  - de\n  - \"no\"\n"));
    CHECK(has(text,
              "conformance_score: 88.4\ntraining_score: 45.0\nrl_score: 59.9\nanalytics_score: 70.0\n"
              "domain_score: 20.0\noverall_quality: 78.1\nINFO\n"));
}

TEST_CASE("front matter: what people wrote stays, byte for byte") {
    const std::string theirs =
        "# about this\n"
        "pretty_name: foo---bar   # their name\n"
        "license: mit\n"
        "language: [de, fr]\n"
        "extra: {a: 1, b: [2, 3]}\n"
        "\n"
        "prompt: |\n"
        "  several\n"
        "   lines\n"
        "tags: ['x', opentraces]   # three\n"
        "size_categories: [n<1K] # ours\n"
        "# the end\n";
    const std::string expected =
        "# about this\n"
        "pretty_name: foo---bar   # their name\n"
        "license: mit\n"
        "language: [de, fr]\n"
        "extra: {a: 1, b: [2, 3]}\n"
        "\n"
        "prompt: |\n"
        "  several\n"
        "   lines\n"
        "tags: ['x', opentraces, agent-traces]   # three\n"
        "size_categories: [1K<n<10K] # ours\n"
        "# the end\n"
        "task_categories:\n  - text-generation\n"
        "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/traces_*.jsonl\n"
        "INFO\n";
    CHECK(merged(theirs) == expected);
}

TEST_CASE("front matter: lists in each of their forms") {
    CHECK(has(merged("tags:\n- x\n- y # last\n"), "tags:\n- x\n- y # last\n- opentraces\n- agent-traces\n"));
    CHECK(has(merged("tags:\n   - x\nlicense: mit\n"),
              "tags:\n   - x\n   - opentraces\n   - agent-traces\nlicense"));
    CHECK(has(merged("tags: x\n"), "tags:\n  - x\n  - opentraces\n  - agent-traces\n"));
    CHECK(has(merged("tags:\n"), "tags:\n  - opentraces\n  - agent-traces\n"));
    CHECK(has(merged("tags: []\n"), "tags: [opentraces, agent-traces]\n"));
    CHECK(has(merged("tags: [a,\n  b,\n]\n"), "tags: [a,\n  b, opentraces, agent-traces,\n]\n"));
    CHECK(has(merged("size_categories: 10K<n<100K\n"), "size_categories: 1K<n<10K\n"));
    CHECK(has(merged("size_categories:\n- unknown # for now\n"), "size_categories:\n- 1K<n<10K # for now\n"));
    CHECK(has(merged("size_categories:\n- a\n- b\nlicense: mit\n"),
              "size_categories:\n  - 1K<n<10K\nlicense: mit\n"));
    CHECK(has(merged("license:\nlanguage: ~\n"), "license:\nlanguage: ~\n"));
    CardInput chosen = example_input();
    chosen.settings.license = "mit";
    chosen.settings.languages = {"de"};
    CHECK(has(merged("license:\nlanguage: ~\n", chosen), "license: mit\nlanguage:\n  - de\n"));
}

TEST_CASE("front matter: only the default config is ours") {
    const std::string good =
        "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/traces_*.jsonl\n";
    CHECK(has(
        merged("configs:\n  - config_name: mine\n    data_files: mine/*.jsonl\n"),
        "configs:\n  - config_name: mine\n    data_files: mine/*.jsonl\n"
        "  - config_name: default\n    data_files:\n    - split: train\n      path: data/traces_*.jsonl\n"));
    const std::string theirs =
        "configs:\n- config_name: default\n  default: true\n  data_files:\n  - split: test\n    path: "
        "t.jsonl\n"
        "  - split: train\n    path: [data/traces_*.jsonl, more.jsonl]\n";
    CHECK(has(merged(theirs), theirs));
    CHECK(has(merged("configs:\n- config_name: default\n  data_files: data/traces_*.jsonl\n"),
              "configs:\n- config_name: default\n  data_files: data/traces_*.jsonl\n"));
    CHECK(has(merged("configs:\n- data_files: old/*.jsonl\n  config_name: default\n  default: true\n"),
              "configs:\n- data_files:\n  - split: train\n    path: data/traces_*.jsonl\n"
              "  config_name: default\n  default: true\n"));
    CHECK(has(merged("configs:\n- config_name: default\n"), good));
    CHECK(has(merged("configs: []\n"), good));
    CHECK(has(
        merged("configs: [{config_name: a, data_files: b}]\n"),
        "configs: [{config_name: a, data_files: b}, {config_name: default, data_files: [{split: train, path: "
        "data/traces_*.jsonl}]}]\n"));
    CHECK(has(refusal("---\nlicense: mit\nconfigs: x\n---\n"), "README.md:3: \"configs\" is not a list"));
    CHECK(has(refusal("---\nconfigs: [{config_name: default, data_files: b}]\n---\n"), "README.md:2: "));
}

TEST_CASE("front matter: the features of the default config are ours, stale counts go") {
    const std::string other = "- config_name: mine\n  splits:\n  - name: train\n    num_examples: 3\n";
    CHECK(has(
        merged("dataset_info:\n  features:\n  - name: a\n    dtype: string\n  splits:\n  - name: train\n"),
        "INFO\n"));
    CHECK_FALSE(has(merged("dataset_info:\n  features: []\n  splits: [a]\nlicense: mit\n"), "splits"));
    CHECK(has(merged("dataset_info: {features: []}\n"), "INFO\n"));
    const std::string list = merged("dataset_info:\n" + other);
    CHECK(has(list,
              "dataset_info:\n" + other + "- config_name: default\n  features:\n  - name: schema_version\n"));
    CHECK(has(merged("dataset_info:\n  config_name: mine\n  splits:\n  - name: train\n    num_examples: 3\n"),
              "dataset_info:\n" + other + "- config_name: default\n"));
    const std::string middle = merged("dataset_info:\n- config_name: default\n  x: y\n" + other);
    CHECK(has(middle, "  - name: metadata\n    dtype: json\n" + other));
    CHECK_FALSE(has(middle, "x: y"));
    CHECK(has(refusal("---\ndataset_info: [a]\n---\n"), "README.md:2: "));
}

TEST_CASE("front matter: scores come, change and go") {
    const std::string with_scores = merged("license: mit\nrl_score: 1 # why\nmy_score: 7\n", scored_input());
    CHECK(has(with_scores, "license: mit\nrl_score: 59.9 # why\nmy_score: 7\n"));
    CHECK(has(with_scores, "overall_quality: 78.1\n"));
    CHECK(merged("license: mit\nrl_score: 1 # why\noverall_quality:\n  nested: 1\nmy_score: 7\n") ==
          "license: mit\nmy_score: 7\n" + k_rest + "INFO\n");
}

TEST_CASE("front matter: chosen settings replace only when asked to") {
    CardInput input = example_input();
    input.settings.license = "apache-2.0";
    input.settings.languages = {"fr"};
    const std::string theirs = "license: mit # theirs\nlanguage: [de]\npretty_name: A\n";
    CHECK(has(merged(theirs, input), theirs));
    input.apply_settings = true;
    CHECK(has(merged(theirs, input), "license: apache-2.0 # theirs\nlanguage:\n  - fr\npretty_name: A\n"));
    CHECK(has(render("---\n" + theirs + "---\n# T\n", input), "| License | apache-2.0 |"));
    input.settings = {};
    CHECK(has(merged(theirs, input), theirs));
}

TEST_CASE("front matter: the licence row says what the card says") {
    const auto licence_row = [](const std::string& front_matter) {
        const std::string card = render("---\n" + front_matter + "---\n# T\n", example_input());
        const std::size_t at = card.find("| License | ");
        return card.substr(at + 12, card.find(" |\n", at) - at - 12);
    };
    CHECK(licence_row("license: mit\n") == "mit");
    CHECK(licence_row("license: [mit, isc]\n") == "mit, isc");
    CHECK(licence_row("license: other\nlicense_name: own|one\n") == "own\\|one");
    CHECK(licence_row("license: other\n") == "other");
    CHECK(licence_row("license:\n") == "not stated");
    CHECK(licence_row("a: 1\n") == "not stated");
}

TEST_CASE("front matter: no licence and no language that nobody has chosen") {
    for (const bool apply_settings : {false, true}) {
        CardInput input = example_input();
        input.apply_settings = apply_settings;
        const std::string card = render(std::nullopt, input);
        CHECK(!has(card, "\nlicense:"));
        CHECK(!has(card, "\nlanguage:"));
        CHECK(!has(card, "cc-by"));
        CHECK(!has(card, "license them under these terms"));
        CHECK(license_of(card).empty());
        // What a card says already was chosen by whoever has written it.
        CHECK(has(merged("license: cc-by-4.0\nlanguage: en\n", input), "license: cc-by-4.0\nlanguage: en\n"));
    }
    CHECK(license_of("---\nlicense: mit\n---\n# T\n") == "mit");
    CHECK(license_of("# T\n").empty());
}

TEST_CASE("front matter: what cannot be merged is refused with its line") {
    CHECK(refusal("---\nlicense: mit\n# T\n") ==
          "README.md:1: the front matter that starts here is never closed by a line ---");
    CHECK(has(refusal("---\nlicense: mit\ntags: [a\nx: y\n---\n"),
              "README.md:4: the front matter is not valid YAML: "));
    CHECK(has(refusal("---\na: \"b\n---\n"), "not valid YAML"));
    CHECK(has(refusal("---\na:\n  - b\n c: d\n---\n"), "README.md:4: "));
    CHECK(has(refusal("---\na: 1\na: 2\n---\n"),
              "README.md:3: the front matter is not valid YAML: the key \"a\" occurs twice"));
    CHECK(has(refusal("---\n- a\n---\n"), "README.md:2: "));
    CHECK(has(refusal("---\njust text\n---\n"), "README.md:2: "));
    CHECK(has(refusal("---\n{license: mit}\n---\n"), "README.md:2: "));
    CHECK(has(refusal("---\na: 1\n...\nb: 2\n---\n"), "README.md:"));
    CHECK(has(refusal("---\nx: &a [q]\ntags: *a\n---\n"), "README.md:3: an alias cannot be merged"));
    CHECK(has(refusal("---\ntags: {a: b}\n---\n"), "README.md:2: \"tags\" is not a list of texts"));
    CHECK(refusal("# Mine\n\ntext\n") ==
          "README.md:1: there is no front matter: the first line of a dataset card is ---");
    CHECK(refusal("\n---\nlicense: mit\n---\n") ==
          "README.md:1: there is no front matter: the first line of a dataset card is ---");
    CHECK(refusal(std::string("a\nb\0c\n", 6)) == "README.md:2: is not UTF-8 text");
    CHECK(refusal("\x89PNG\r\n\x1A\n") == "README.md:1: is not UTF-8 text");
    std::string deep = "---\na: ";
    for (int i = 0; i < 300; ++i)
        deep += "[";
    CHECK(has(refusal(deep + "\n---\n"), "README.md:2: "));
}

TEST_CASE("front matter: line ends, byte order mark, indentation, blank fence") {
    const std::string card = render("---\r\nlicense: mit\r\ntags: []\r\n---\r\n# T\r\n", example_input());
    CHECK(has(
        card,
        "license: mit\r\ntags: [opentraces, agent-traces]\r\ntask_categories:\r\n  - text-generation\r\n"));
    CHECK(occurrences(card, "\n") == occurrences(card, "\r\n"));
    CHECK(render("\xEF\xBB\xBF---\nlicense: mit\n---\n# T\n", example_input()) ==
          render("---\nlicense: mit\n---\n# T\n", example_input()));
    CHECK(render("---\nlicense: mit\n--- \t\n# T\n", example_input()) ==
          render("---\nlicense: mit\n---\n# T\n", example_input()));
    CHECK(
        has(merged("  license: mit\n  tags:\n  - a\n"), "  license: mit\n  tags:\n  - a\n  - opentraces\n"));
    CHECK(has(merged("name: \xF0\x9F\x98\x80 \xE2\x80\xA8 x\nlicense:\nmore: 1\n"),
              " x\nlicense:\nmore: 1\ntags:"));
}
