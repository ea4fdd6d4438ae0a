#include "opentraces/flow/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    bool repair = false;
    bool offline = false;
};

json::Value line_value(const flow::HealthLine& line) {
    json::Object object;
    object.append("area", std::string(line.area));
    object.append("health", std::string(flow::name_of(line.health)));
    object.append("message", line.words);
    object.append("hint", text_or_null(line.fix));
    object.append("repaired", line.repaired);
    return json::Value(std::move(object));
}

std::string text_of(const std::vector<flow::HealthLine>& lines) {
    std::string text;
    for (const flow::HealthLine& line : lines) {
        text += fmt::format("{:<5} {:<9} {}\n", line.repaired ? "mended" : flow::name_of(line.health),
                            line.area, printable_line(line.words));
        if (!line.fix.empty()) text += fmt::format("{:<16}fix: {}\n", "", printable_line(line.fix));
    }
    return text;
}

std::size_t count(const std::vector<flow::HealthLine>& lines, flow::Health health) {
    return static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return line.health == health; }));
}

std::string first_fix(const std::vector<flow::HealthLine>& lines) {
    for (const flow::HealthLine& line : lines)
        if (line.health == flow::Health::Fail && !line.fix.empty()) return line.fix;
    return {};
}

Answer run(Context& context, const Options& given) {
    std::vector<flow::HealthLine> lines;
    std::string root;
    try {
        root = present_project(context).value_or("");
    } catch (const Error& error) {
        if (error.code() != ErrorCode::UntrustedProject) throw;
        lines.push_back({"project", flow::Health::Fail, error.message(), error.hint()});
    }
    flow::DoctorOptions options;
    options.repair = given.repair;
    options.offline = given.offline || context.ports.environment.truthy("HF_HUB_OFFLINE");
    options.free_bytes = flow::free_bytes_at;
    for (flow::HealthLine& line : flow::examine(context.ports, root, options, context.progress))
        lines.push_back(std::move(line));
    json::Array checks;
    for (const flow::HealthLine& line : lines)
        checks.push_back(line_value(line));
    const std::size_t failed = count(lines, flow::Health::Fail);
    const std::size_t warnings = count(lines, flow::Health::Warn);
    Answer answer;
    answer.fields.append("project", text_or_null(root));
    answer.fields.append("checks", std::move(checks));
    answer.fields.append("warned", static_cast<std::int64_t>(warnings));
    answer.fields.append("failed", static_cast<std::int64_t>(failed));
    answer.text = text_of(lines);
    if (failed > 0)
        answer.error = Error(ErrorCode::CheckFailed,
                             fmt::format("{} of {} checks failed", failed, lines.size()), first_fix(lines));
    return answer;
}

}  // namespace

Run declare_doctor(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_flag("--repair", options->repair,
                      "Mend what is safe to mend: hooks, and the list of projects");
    accepted.add_flag("--offline", options->offline, "Ask nobody over the network");
    accepted.example("opentraces doctor", "What is not in order, and how to mend it");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
