#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/review_tools.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/annotate.hpp"
#include "opentraces/security/plain_text.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string id;
    bool success = false;
    bool failure = false;
    std::string reward;
    std::string note;
    std::vector<std::string> tags;
    bool clear = false;

    bool says_something() const {
        return success || failure || !reward.empty() || !note.empty() || !tags.empty();
    }
};

std::optional<double> reward_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        throw Error(ErrorCode::BadOption, "--reward takes a number such as 0.5 or -1");
    return value;
}

json::Object annotation_object(const flow::Annotation& annotation) {
    json::Array tags;
    for (const std::string& tag : annotation.tags)
        tags.emplace_back(tag);
    json::Object object;
    object.append("success", annotation.success ? json::Value(*annotation.success) : json::Value());
    object.append("reward", annotation.reward ? json::Value(*annotation.reward) : json::Value());
    object.append("note", text_or_null(annotation.note));
    object.append("tags", std::move(tags));
    return object;
}

std::string annotation_text(const flow::Annotation& annotation) {
    if (annotation.empty()) return "nothing is said by hand";
    std::string text;
    const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (annotation.success) add(*annotation.success ? "success" : "failure");
    if (annotation.reward) add(fmt::format("reward {}", *annotation.reward));
    if (!annotation.note.empty()) add("\"" + printable_line(annotation.note) + "\"");
    for (const std::string& tag : annotation.tags)
        add("#" + printable_line(tag));
    return text;
}

// What was said before stays, but for what is said now.
flow::Annotation merged(flow::Annotation said, const Options& options, const security::ScrubOptions& scrub) {
    if (options.success || options.failure) said.success = options.success;
    if (const auto reward = reward_of(options.reward)) said.reward = reward;
    if (!options.note.empty()) said.note = security::scrub_text(options.note, "the note", scrub).text;
    for (const std::string& tag : options.tags)
        said.tags.push_back(security::scrub_text(tag, "a tag", scrub).text);
    std::sort(said.tags.begin(), said.tags.end());
    said.tags.erase(std::unique(said.tags.begin(), said.tags.end()), said.tags.end());
    return said;
}

Answer run(Context& context, const Options& options) {
    const Project project = open_project(context);
    OwnReviewTools own(context, project);
    const TraceId id = project.store->find(options.id).id;
    const flow::Annotation before =
        options.clear ? flow::Annotation() : flow::annotation_of(*project.store, id);
    const flow::Annotation annotation =
        merged(before, options, scrub_options(context, &project.config, project.root));
    flow::annotate(own.tools(), id, annotation);
    Answer answer;
    answer.fields.append("trace_id", id.str());
    answer.fields.append("annotation", annotation_object(annotation));
    answer.text = fmt::format("{}: {}\n", short_id(id), annotation_text(annotation));
    return answer;
}

void check(const Options& options) {
    if (options.success && options.failure)
        throw Error(ErrorCode::BadOption, "--success and --failure exclude each other");
    if (!options.clear && !options.says_something())
        throw Error(ErrorCode::BadOption,
                    "what is there to say? Give --success, --failure, --reward, --note or --tag");
    reward_of(options.reward);
}

}  // namespace

Run declare_annotate(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("ID", options->id, "Trace; a unique prefix of at least 4 characters is enough")
        .required()
        .completes(Candidates::Ids);
    accepted.add_flag("--success", options->success, "The session has done what it was asked");
    accepted.add_flag("--failure", options->failure, "It has not");
    accepted.add_option("--reward", options->reward, "How good it is, as a number for training")
        .type_name("X");
    accepted.add_option("--note", options->note, "What there is to say of how it ended").type_name("TEXT");
    accepted.add_option("--tag", options->tags, "A word to find it by; may be repeated").type_name("TAG");
    accepted.add_flag("--clear", options->clear, "Forget what was said by hand before");
    accepted.check([options] { check(*options); });
    accepted.example("opentraces annotate 4f2a --success --reward 1 --tag reviewed",
                     "For scores and training rows");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
