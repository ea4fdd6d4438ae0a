#include <algorithm>
#include <array>

#include "formats/exporters.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/suggestion.hpp"

namespace opentraces::formats {
namespace {

constexpr auto k_formats = std::to_array<Format>({
    {"atif", "Agent trajectories for Harbor, ADP and training pipelines", "ATIF v1.7 (also 1.6, 1.8)",
     ".trajectory.json", Layout::Lines, k_atif_mappings, open_atif},
    {"otlp", "Spans for OpenTelemetry collectors and back ends", "OTLP/JSON 1.x, GenAI conventions 1.42-dev",
     ".jsonl", Layout::Lines, k_otlp_mappings, open_otlp},
    {"adp", "Actions and observations for the Agent Data Protocol's tools", "ADP 1.2.0, readable as classic",
     ".jsonl", Layout::Lines, k_adp_mappings, open_adp},
    {"agent-trace", "Which lines of which files an agent wrote", "Agent Trace 0.1.0", ".jsonl", Layout::Lines,
     k_agent_trace_mappings, open_agent_trace},
    {"chat", "Training rows of messages and tools",
     "transformers, TRL, Axolotl, ms-swift, OpenAI fine-tuning", ".jsonl", Layout::Lines, k_chat_mappings,
     open_chat},
    {"sharegpt", "Training rows for LLaMA-Factory", "ShareGPT with function calls", ".jsonl", Layout::Lines,
     k_sharegpt_mappings, open_sharegpt},
    {"sts", "Native sessions for the Hub's trace viewer, one file per run", "STS-Format (July 2026)",
     ".jsonl", Layout::Documents, k_sts_mappings, open_sts},
    {"pi", "Pi sessions for the Hub's trace viewer and Pi, one file per run", "Pi session format v3",
     ".jsonl", Layout::Documents, k_pi_mappings, open_pi},
    {"steps", "One flat row per step, JSON Lines or CSV, for DuckDB, pandas and Parquet writers",
     "docs/export-steps.md", ".steps.jsonl", Layout::Lines, k_steps_mappings, open_steps},
    {"markdown", "Transcript to read, with folded calls and diffs", "CommonMark, GitHub's tables", ".md",
     Layout::Documents, k_markdown_mappings, open_markdown},
    {"html", "Transcript to read, one page that needs no network", "HTML5", ".html", Layout::Documents,
     k_html_mappings, open_html},
});

}  // namespace

std::span<const Format> formats() {
    return k_formats;
}

const Format& format_named(std::string_view name) {
    const auto found = std::find_if(k_formats.begin(), k_formats.end(),
                                    [&](const Format& format) { return format.name == name; });
    if (found != k_formats.end()) return *found;
    std::string known;
    std::vector<std::string> names;
    for (const Format& format : k_formats) {
        names.emplace_back(format.name);
        known.append(known.empty() ? "" : ", ").append(format.name);
    }
    throw Error(ErrorCode::UnknownFormat, "there is no format '" + std::string(name) + "'",
                did_you_mean(name, names, "Choose one of " + known + "."));
}

}  // namespace opentraces::formats
