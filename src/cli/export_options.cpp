#include "cli/export_options.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces::cli {
namespace {

struct FormatOption {
    const char* name;
    std::vector<std::string_view> formats;
};

// One row for each option that declare_format_options declares.
const std::vector<FormatOption>& format_options() {
    static const std::vector<FormatOption> k_options{
        {"--format-version", {"atif"}},
        {"--otel-content", {"otlp"}},
        {"--otel-dialect", {"otlp"}},
        {"--otel-structured", {"otlp"}},
        {"--flavor", {"chat"}},
        {"--mask", {"chat"}},
        {"--mask-errors", {"chat"}},
        {"--split-parallel", {"chat"}},
        {"--tools-as", {"chat"}},
        {"--no-subagents", {"adp", "chat", "sharegpt", "sts", "pi", "steps", "markdown", "html"}},
        {"--harness", {"sts", "pi"}},
        {"--steps-as", {"steps"}},
    };
    return k_options;
}

}  // namespace

void declare_format_options(OptionSet& accepted, formats::ExportOptions& options) {
    accepted.add_option("--format-version", options.format_version, "atif: 1.6, 1.7 (default) or 1.8")
        .type_name("V");
    accepted
        .add_option("--otel-content", options.otel_content,
                    "otlp: delta (default: what is new to each inference), none, or full (the whole history)")
        .type_name("C");
    accepted
        .add_option("--otel-dialect", options.otel_dialect,
                    "otlp: genai (default), openinference or langfuse")
        .type_name("D");
    accepted.add_flag("--otel-structured", options.otel_structured,
                      "otlp: messages as structured values instead of JSON text");
    accepted.add_option("--flavor", options.flavor, "chat: hf (default), openai or mistral").type_name("F");
    accepted
        .add_option("--mask", options.mask,
                    "chat: key that says what to learn from: loss, train, weight or loss_weight")
        .type_name("KEY");
    accepted.add_flag("--mask-errors", options.mask_errors,
                      "chat: with --mask, nothing to learn from steps whose every call failed");
    accepted.add_flag("--split-parallel", options.split_parallel,
                      "chat: one message for each of parallel calls, for templates that know no others");
    accepted.add_option("--tools-as", options.tools_as, "chat: list (default), or text: JSON in a string")
        .type_name("AS");
    accepted.add_negative_flag("--no-subagents", options.subagents,
                               "adp, chat, sharegpt, sts, pi, steps, markdown, html: the main run only");
    accepted
        .add_option("--harness", options.harness,
                    "sts, pi: id of the program that made the sessions, instead of the agent's name")
        .type_name("ID");
    accepted.add_option("--steps-as", options.steps_as, "steps: jsonl (default) or csv").type_name("AS");
}

void check_format_options(const OptionSet& accepted, const formats::Format& format) {
    for (const FormatOption& option : format_options()) {
        if (!accepted.is_given(option.name)) continue;
        if (std::find(option.formats.begin(), option.formats.end(), format.name) == option.formats.end())
            throw Error(ErrorCode::BadOption,
                        std::string(option.name) + " says nothing to the format " + std::string(format.name));
    }
}

}  // namespace opentraces::cli
