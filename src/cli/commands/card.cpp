#include "opentraces/flow/card.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/dataset_option.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string remote;
    bool check = false;
    bool write = false;
    bool print = false;
    bool reset = false;
};

json::Array reasons_of(const card::CardCheck& check) {
    json::Array reasons;
    for (const std::string& reason : check.reasons)
        reasons.emplace_back(reason);
    return reasons;
}

std::string text_of(const flow::CardReport& report, const Options& given) {
    const std::string remote = printable_line(report.remote);
    if (given.write) {
        if (report.commit.empty()) return fmt::format("The card of {} is up to date.\n", remote);
        return fmt::format("Wrote the card of {}\n{}\n", remote, printable_line(report.url));
    }
    if (!report.check.stale) return fmt::format("The card of {} is up to date.\n", remote);
    std::string text = fmt::format("The card of {} is stale:\n", remote);
    for (const std::string& reason : report.check.reasons)
        text += fmt::format("  {}\n", printable_line(reason));
    return text + "Write it with: opentraces card --write\n";
}

void check(const Options& given) {
    if (given.check + given.write + given.print > 1)
        throw Error(ErrorCode::BadOption, "--check, --write and --print exclude each other");
    if (given.reset && !given.write) throw Error(ErrorCode::BadOption, "--card-reset needs --write");
}

Answer run(Context& context, const Options& given) {
    const Project project = open_project(context);
    flow::CardOptions options;
    options.remote = dataset_named(context, given.remote, project);
    options.settings = project.config.card;
    options.scan = scrub_options(context, &project.config, project.root);
    options.reset = given.reset;
    const auto work = given.write ? flow::write_card : flow::read_card;
    const flow::CardReport report =
        work(context.ports, *project.store, project.root, options, context.progress);
    Answer answer;
    answer.fields.append("remote", report.remote);
    answer.fields.append("url", text_or_null(report.url));
    answer.fields.append("stale", report.check.stale);
    answer.fields.append("reasons", reasons_of(report.check));
    answer.fields.append("card", given.print ? json::Value(report.after) : json::Value());
    answer.fields.append("commit", text_or_null(report.commit));
    answer.fields.append("commit_url", text_or_null(report.commit_url));
    if (given.print && !context.json) {
        context.terminal.data(report.after);
        answer.printed = true;
    } else {
        answer.text = text_of(report, given);
    }
    if (given.check && report.check.stale)
        answer.error = Error(ErrorCode::CheckFailed, "the card is not what the shards say",
                             "Run: opentraces card --write");
    return answer;
}

}  // namespace

Run declare_card(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    add_dataset(accepted, options->remote);
    accepted.add_flag("--check", options->check, "Exit 8 when the card is not what the shards say");
    accepted.add_flag("--write", options->write, "Bring the card up to date in one commit; sends no traces");
    accepted.add_flag("--print", options->print, "Print the card that should be there");
    accepted.add_flag("--card-reset", options->reset,
                      "With --write: replace a README.md that cannot be read; a copy is kept");
    accepted.check([options] { check(*options); });
    accepted.example("opentraces card", "Whether the card says what the shards say");
    accepted.example("opentraces card ./dataset --write", "Bring it up to date");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
