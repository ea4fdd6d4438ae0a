#include <fmt/format.h>

#include <algorithm>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/review_tools.hpp"
#include "cli/secret_texts.hpp"
#include "cli/setting_level.hpp"
#include "cli/standard_input.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/redact.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/walk.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_most_picked = 40;
constexpr std::size_t k_longest_file = std::size_t{1} << 20;
constexpr std::int64_t k_no_step = -1;

struct Options {
    std::string id;
    std::string text;  // "-" or "@FILE"; as a flag "-"
    std::string regex;
    bool pick = false;
    std::int64_t step = k_no_step;
    std::string field;
    bool all_traces = false;
    bool remember = false;
};

// One text: of a file all of it, but for the line end behind.
std::string text_of_file(Context& context, const std::string& path) {
    std::string text = context.ports.disk.read_all(
        fs::absolute(path, context.ports.environment, context.ports.disk), k_longest_file);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return text;
}

// What the step (or all of the trace) says, line by line, each once.
std::vector<std::string> lines_of(store::Store& store, const TraceId& id, const Options& options) {
    const trace::Decoded decoded = trace::decode(store.read_line(id));
    if (!decoded.record) throw Error(ErrorCode::CorruptTrace, "trace " + id.str() + " cannot be read");
    const std::string step = fmt::format("steps[{}].", options.step);
    std::vector<std::string> lines;
    trace::walk_texts(*decoded.record, [&](const trace::TextPlace& place, std::string_view text) {
        if (place.is_key || place.kind == trace::TextKind::Identifier) return;
        if (options.step != k_no_step && !place.path.starts_with(step)) return;
        if (!options.field.empty() && !place.path.ends_with(options.field)) return;
        for (std::size_t begin = 0; begin < text.size() && lines.size() <= k_most_picked;) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            const std::string line(trim(text.substr(begin, end - begin)));
            begin = end + 1;
            if (line.size() < security::k_shortest_hidden) continue;
            if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
        }
    });
    return lines;
}

std::vector<std::string> picked(Context& context, store::Store& store, const TraceId& id,
                                const Options& options) {
    if (!context.terminal.in_is_terminal() || !context.terminal.err_is_terminal())
        throw Error(ErrorCode::ConfirmationRequired, "--pick asks which line it is, and nobody is there",
                    "Give the text with --text, or a regular expression with --regex.");
    const std::vector<std::string> lines = lines_of(store, id, options);
    if (lines.empty())
        throw Error(ErrorCode::NotFound, "there is no line to pick from", "Leave out --field or --step.");
    std::string list;
    for (std::size_t i = 0; i < std::min(lines.size(), k_most_picked); ++i)
        list += fmt::format("{:>3}  {}\n", i + 1, first_code_points(printable_line(lines[i]), 100));
    if (lines.size() > k_most_picked) list += "     and more: narrow them down with --step and --field\n";
    context.terminal.err(list);
    const std::string reply(trim(context.terminal.ask("Which line has to go? (number) ").value_or("")));
    std::size_t number = 0;
    for (const char c : reply)
        number =
            c >= '0' && c <= '9' && number < 1000 ? number * 10 + static_cast<std::size_t>(c - '0') : 1000;
    if (reply.empty() || number == 0 || number > std::min(lines.size(), k_most_picked))
        throw Error(ErrorCode::Interrupted, "nothing was redacted");
    return {lines[number - 1]};
}

std::vector<std::string> texts(Context& context, store::Store& store, const TraceId& id,
                               const Options& options) {
    if (options.pick) return picked(context, store, id, options);
    if (!options.regex.empty()) return {};
    if (options.text.starts_with('@')) return {text_of_file(context, options.text.substr(1))};
    return secret_texts(context, "Text to be redacted");
}

std::vector<TraceId> chosen(store::Store& store, const Options& options) {
    if (!options.all_traces) return {store.find(options.id).id};
    store::Filter unpushed;
    unpushed.stages = {store::Stage::Inbox, store::Stage::Rejected};
    std::vector<TraceId> ids;
    for (const store::TraceRow& row : store.list(unpushed))
        ids.push_back(row.id);
    return ids;
}

json::Object redacted_object(const flow::Redacted& redacted) {
    json::Array places;
    for (const auto& [field, count] : redacted.places) {
        json::Object place;
        place.append("field", field);
        place.append("redactions", count);
        places.emplace_back(std::move(place));
    }
    json::Array kept;
    for (const store::TraceRow& row : redacted.kept_in)
        kept.emplace_back(row.id.str());
    json::Object object;
    object.append("trace_id", redacted.id.str());
    object.append("redactions", redacted.redactions);
    object.append("places", std::move(places));
    object.append("kept_in", std::move(kept));
    return object;
}

std::string redacted_text(const flow::Redacted& redacted) {
    std::string text =
        fmt::format("{}  {} in {}\n", short_id(redacted.id), counted(redacted.redactions, "redaction"),
                    counted(static_cast<std::int64_t>(redacted.places.size()), "field"));
    for (const auto& [field, count] : redacted.places)
        text += fmt::format("  {:>4}  {}\n", count, printable_line(field));
    for (const store::TraceRow& row : redacted.kept_in)
        text += fmt::format(
            "  The {} version {} still has it{}\n", store::name_of(row.stage), row.id.str(),
            row.stage == store::Stage::Pushed ? ": others may have seen it, replace the secret itself" : "");
    return text;
}

// Into the project's own settings, which are never shared.
void remember(Context& context, const Project& project, const std::vector<std::string>& texts) {
    const LevelFile file(context, store::SettingScope::Project);
    const auto lock = file.lock();
    store::ProjectConfig config = store::load_project(project.root, context.ports.disk);
    for (const std::string& text : texts)
        if (std::find(config.custom_redact_strings.begin(), config.custom_redact_strings.end(), text) ==
            config.custom_redact_strings.end())
            config.custom_redact_strings.push_back(text);
    store::save_project(project.root, config, context.ports.disk);
}

Answer run(Context& context, const Options& options) {
    const Project project = open_project(context);
    store::Store& store = *project.store;
    const std::vector<TraceId> ids = chosen(store, options);
    flow::RedactOptions wanted;
    wanted.texts = texts(context, store, ids.empty() ? TraceId() : ids.front(), options);
    wanted.regex = options.regex;
    wanted.field = options.field;
    if (options.step != k_no_step) wanted.step = options.step;
    OwnReviewTools own(context, project);
    const std::vector<flow::Redacted> redacted = flow::redact(own.tools(), ids, wanted, context.ports.ids);
    if (options.remember) remember(context, project, wanted.texts);
    Answer answer;
    json::Array traces;
    std::int64_t redactions = 0;
    for (const flow::Redacted& one : redacted) {
        redactions += one.redactions;
        answer.text += redacted_text(one);
        traces.emplace_back(redacted_object(one));
    }
    answer.fields.append("redactions", redactions);
    answer.fields.append("traces", std::move(traces));
    answer.fields.append("remembered", options.remember);
    if (options.remember)
        answer.text += "The project's rule from now on: every capture, import and push looks for it.\n";
    answer.text += "Take it back with: opentraces undo\n";
    return answer;
}

void check(const Options& options) {
    const int ways =
        (options.text.empty() ? 0 : 1) + (options.regex.empty() ? 0 : 1) + (options.pick ? 1 : 0);
    if (ways != 1)
        throw Error(ErrorCode::BadOption, "say what has to go in one way: --text, --regex or --pick");
    if (!options.text.empty() && options.text != "-" && !options.text.starts_with('@'))
        throw Error(ErrorCode::BadOption, "a text on the command line would stay in the shell's history",
                    "Give --text alone and type it when asked, pipe it in, or name a file: --text @FILE");
    if (options.all_traces != options.id.empty())
        throw Error(ErrorCode::BadOption, "which trace? Give an id, or --all-traces");
    if (options.all_traces && (options.pick || options.step != k_no_step))
        throw Error(ErrorCode::BadOption, "--all-traces is not about one step or line");
    if (options.remember && (!options.regex.empty() || options.step != k_no_step || !options.field.empty()))
        throw Error(ErrorCode::BadOption, "--remember is for a text that has to go everywhere",
                    "For regular expressions there is the setting scan.rules.");
}

Answer unredact(Context& context, const std::string& id) {
    const Project project = open_project(context);
    OwnReviewTools own(context, project);
    const TraceId trace = project.store->find(id).id;
    const std::int64_t count = flow::unredact(own.tools(), trace);
    Answer answer;
    answer.fields.append("trace_id", trace.str());
    answer.fields.append("unredacted", count);
    answer.text =
        fmt::format("Read again without {} by hand: {}\n", counted(count, "redaction"), short_id(trace));
    return answer;
}

}  // namespace

Run declare_redact(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("ID", options->id, "Trace; a unique prefix of at least 4 characters is enough")
        .completes(Candidates::Ids);
    accepted
        .add_option("--text", options->text,
                    "The text, typed unseen or from standard input, one on a line; @FILE: all of a file")
        .type_name("@FILE")
        .implied_value("-");
    accepted.add_option("--regex", options->regex, "What this matches, in the syntax of Go's regexp")
        .type_name("R");
    accepted.add_flag("--pick", options->pick, "Ask which line of the trace has to go");
    accepted.add_option("--step", options->step, "Only in this step, counted from 0 as --findings does")
        .not_negative();
    accepted
        .add_option("--field", options->field,
                    "Only in this field: a path as --findings shows it, or its last name")
        .type_name("F");
    accepted.add_flag("--all-traces", options->all_traces,
                      "In every trace of the inbox and every rejected one");
    accepted.add_flag("--remember", options->remember,
                      "Look for it in this project from now on (custom_redact_strings)");
    accepted.check([options] { check(*options); });
    accepted.example("opentraces redact 4f2a --regex 'customer-[0-9]+'", "Take out what rules do not know");
    return [options](Context& context) { return run(context, *options); };
}

Run declare_unredact(OptionSet& accepted) {
    auto id = std::make_shared<std::string>();
    accepted.add_option("ID", *id, "Trace; a unique prefix of at least 4 characters is enough")
        .required()
        .completes(Candidates::Ids);
    accepted.example("opentraces unredact 4f2a", "Put back what was redacted by hand");
    return [id](Context& context) { return unredact(context, *id); };
}

}  // namespace opentraces::cli
