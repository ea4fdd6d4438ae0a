#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/moments.hpp"
#include "cli/project_context.hpp"
#include "cli/review_tools.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/allow.hpp"
#include "opentraces/security/plain_text.hpp"
#include "opentraces/security/rules.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_fingerprint_digits = 32;
constexpr std::size_t k_shortest_fingerprint = 8;

struct Options {
    std::string id;
    bool project = false;
    std::string finding;
    std::string rule;
    std::string reason;
    std::string expires;
    bool list = false;
    std::int64_t remove = 0;
};

// The whole fingerprint behind a beginning of it, of what was found in the trace.
std::string fingerprint(store::Store& store, const std::optional<TraceId>& trace, const std::string& given) {
    if (given.size() == k_fingerprint_digits || given.empty()) return given;
    std::string found;
    const auto report = trace ? store.findings_of(*trace) : std::nullopt;
    for (const store::FoundPlace& place : report ? report->places : std::vector<store::FoundPlace>()) {
        if (!place.fingerprint.starts_with(given) || place.fingerprint == found) continue;
        if (!found.empty())
            throw Error(ErrorCode::BadOption, printable_line(given) + " matches several findings",
                        "Give more digits.");
        found = place.fingerprint;
    }
    if (found.empty())
        throw Error(ErrorCode::NotFound, "there is no finding " + printable_line(given),
                    trace ? "Run: opentraces show ID --findings --json"
                          : "Of the project give all 32 digits: opentraces show ID --findings --json");
    return found;
}

std::optional<TimePoint> end_of(Context& context, const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto at = parse_iso8601(text.size() == 10 ? text + "T23:59:59.999Z" : text);
    if (!at) throw Error(ErrorCode::BadOption, "--expires takes a date such as 2026-12-31");
    if (*at <= context.ports.clock.now())
        throw Error(ErrorCode::BadOption, "--expires is in the past: it would never hold");
    return at;
}

json::Object allowance_object(std::size_t number, const flow::ListedAllowance& listed) {
    const flow::Allowance& allowance = listed.allowance;
    json::Object object;
    object.append("allowance", static_cast<std::int64_t>(number));
    object.append("agent", text_or_null(listed.key.agent));
    object.append("session_id", text_or_null(listed.key.session_id));
    object.append("fingerprint", text_or_null(allowance.fingerprint));
    object.append("rule", text_or_null(allowance.rule));
    object.append("reason", allowance.reason);
    object.append("at", format_iso8601(allowance.at));
    object.append("expires", allowance.ends ? json::Value(format_iso8601(*allowance.ends)) : json::Value());
    object.append("expired", listed.ended);
    return object;
}

std::string line_of(std::size_t number, const flow::ListedAllowance& listed) {
    const flow::Allowance& allowance = listed.allowance;
    std::string text =
        fmt::format("{:>3}  {}  {}", number,
                    allowance.rule.empty() ? "finding " + allowance.fingerprint
                                           : "rule " + printable_line(allowance.rule),
                    listed.key.session_id.empty() ? std::string("in the project")
                                                  : "in session " + printable_line(listed.key.session_id));
    if (allowance.ends)
        text += fmt::format("  {} {}", listed.ended ? "ended" : "until",
                            format_iso8601(*allowance.ends).substr(0, 10));
    return text + "\n     " + printable_line(allowance.reason) + "\n";
}

// All allowances as they are now.
Answer answer_of(store::Store& store, std::string text, const json::Value& reread) {
    Answer answer;
    json::Array array;
    std::size_t number = 0;
    std::string lines;
    for (const flow::ListedAllowance& listed : flow::allowances(store)) {
        array.emplace_back(allowance_object(++number, listed));
        lines += line_of(number, listed);
    }
    answer.fields.append("allowances", std::move(array));
    answer.fields.append("reread", reread);
    answer.text = text.empty() ? (lines.empty() ? "Nothing is allowed.\n" : lines) : std::move(text);
    return answer;
}

Answer list(Context& context) {
    const Project project = open_project_for_reading(context);
    return answer_of(*project.store, {}, json::Value());
}

std::string next_of(const Options& options, bool reread) {
    if (reread) return "The trace was read again.\n";
    return options.project ? "Next: opentraces recapture --all\n"
                           : "The trace stays as it is: it is committed or pushed, or has no raw copy.\n";
}

Answer allow(Context& context, const Options& options) {
    const Project project = open_project(context);
    store::Store& store = *project.store;
    const auto trace = options.project ? std::nullopt : std::optional(store.find(options.id).id);
    flow::Allowance allowance;
    allowance.fingerprint = fingerprint(store, trace, to_lower_ascii(options.finding));
    allowance.rule = options.rule;
    allowance.ends = end_of(context, options.expires);
    OwnReviewTools own(context, project);
    const security::ScrubOptions scrub = scrub_options(context, &project.config, project.root);
    if (!options.rule.empty() && !security::rule_facts(options.rule, scrub.own_rules))
        throw Error(ErrorCode::NotFound, "there is no rule " + printable_line(options.rule),
                    "Run: opentraces rules list");
    allowance.reason = security::scrub_text(options.reason, "the reason", scrub).text;
    const flow::AllowResult result = flow::allow(own.tools(), {trace}, allowance);
    return answer_of(store, "Allowed. " + next_of(options, result.reread), json::Value(result.reread));
}

Answer remove(Context& context, const Options& options) {
    const Project project = open_project(context);
    OwnReviewTools own(context, project);
    const flow::AllowResult result = flow::disallow(own.tools(), static_cast<std::size_t>(options.remove));
    return answer_of(*project.store,
                     std::string("Not allowed any more. ") +
                         (result.reread ? "The trace was read again.\n"
                                        : "The last scan before an upload finds it again.\n"),
                     json::Value(result.reread));
}

void check(const Options& options) {
    const bool gives = !options.finding.empty() || !options.rule.empty();
    const bool looks = options.list || options.remove != 0;
    if (looks && (gives || !options.id.empty() || options.project || (options.list && options.remove != 0)))
        throw Error(ErrorCode::BadOption, "--list and --remove stand alone");
    if (looks) return;
    if (options.id.empty() != options.project)
        throw Error(ErrorCode::BadOption, "where? Give a trace, or --project");
    if (options.finding.empty() == options.rule.empty())
        throw Error(ErrorCode::BadOption, "what may stay? Give --finding or --rule");
    if (options.finding.size() > k_fingerprint_digits ||
        (!options.finding.empty() && options.finding.size() < k_shortest_fingerprint))
        throw Error(ErrorCode::BadOption, "--finding takes 8 to 32 digits of a fingerprint",
                    "Run: opentraces show ID --findings");
    if (trim(options.reason).empty())
        throw Error(ErrorCode::BadOption, "why? Give --reason: others will ask");
}

}  // namespace

Run declare_allow(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted
        .add_option("ID", options->id,
                    "Trace, for its session; a unique prefix of at least 4 characters is enough")
        .completes(Candidates::Ids);
    accepted.add_flag("--project", options->project, "For every session of the project");
    accepted
        .add_option("--finding", options->finding,
                    "The value with this fingerprint, as show --findings tells it")
        .type_name("FINGERPRINT");
    accepted.add_option("--rule", options->rule, "All that this rule finds").type_name("RULE");
    accepted.add_option("--reason", options->reason, "Why it is no secret").type_name("TEXT");
    accepted.add_option("--expires", options->expires, "To the end of this day (UTC), or until this time")
        .type_name("DATE");
    accepted.add_flag("--list", options->list, "Show what is allowed");
    accepted.add_option("--remove", options->remove, "Allow it no more, by the number that --list shows")
        .type_name("N")
        .positive();
    accepted.check([options] { check(*options); });
    accepted.example("opentraces allow --project --rule phone_number --reason 'part no.'",
                     "A rule that is wrong here");
    accepted.example("opentraces allow --list", "What is allowed, and why");
    return [options](Context& context) {
        if (options->list) return list(context);
        return options->remove != 0 ? remove(context, *options) : allow(context, *options);
    };
}

}  // namespace opentraces::cli
