#include <fmt/format.h>

#include "card/sections.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::card {
namespace {

constexpr std::string_view k_schema_rows = R"(- **trace_id**: identity of the trace
- **session_id**: the agent's own session id
- **agent**: name, version and model of the agent
- **task**: what was asked for, and in which repository
- **steps**: one per model call, with tool calls, observations and token usage
- **outcome**: success, commit, patch or reward, as far as known
- **metrics**: steps, tokens, duration, estimated cost
- **environment**: operating system, version control, languages
- **attribution**: which lines of code came from which step (experimental)
)";

constexpr std::string_view k_no_license =
    "Nobody had chosen a licence when this card was written: `license` in its front matter, and the "
    "statistics "
    "below, say what holds now. Without one, ask the contributors before you use their traces.\n\n";

std::string license_text(std::string_view license) {
    if (license.empty()) return std::string(k_no_license);
    const std::string name = license == "cc-by-4.0"
                                 ? "[CC-BY-4.0](https://creativecommons.org/licenses/by/4.0/)"
                                 : fmt::format("`{}`", license);
    return name +
           "\n\nContributors keep the copyright in their traces and license them under these terms.\n\n";
}

}  // namespace

std::string fresh_body(const CardInput& input, std::string_view license) {
    const std::string repo = printable_line(input.repo);
    const std::string name = repo.substr(repo.rfind('/') + 1);
    std::string text = fmt::format("\n# {}\n\n{}\n", name, badges_section(input));
    text += "Community-contributed agent traces in opentraces JSONL format.\n\n";
    text += "## Usage\n\n```python\nfrom datasets import load_dataset\n\n";
    text += fmt::format("ds = load_dataset(\"{}\")\n```\n\n", repo);
    text += "Needs `datasets` 4.7 or later.\n\n";
    text += "## Schema\n\nEach JSONL line is a `TraceRecord`:\n\n";
    text += fmt::format(
        "{}\nSchema version: `{}`\n\nFull description: "
        "[opentraces.ai/schema](https://opentraces.ai/schema)\n\n",
        k_schema_rows, trace::k_schema_version);
    text += "## License\n\n" + license_text(license);
    return text + machine_section(input) + "\n" + statistics_section(input, license);
}

}  // namespace opentraces::card
