#include "flow/push_settings.hpp"

#include <fmt/format.h>

#include <utility>

#include "flow/leaving_text.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/hub/remote_spec.hpp"
#include "opentraces/security/plain_text.hpp"

namespace opentraces::flow {
namespace {

using hub::Visibility;

[[noreturn]] void refuse_more_public(const hub::DatasetInfo& info, const PushOptions& options) {
    const std::string_view asked = options.configured_visibility ? "the configuration asks for a private one"
                                                                 : "datasets are private unless asked for";
    throw Error(
        ErrorCode::VisibilityMismatch, fmt::format("{} is public, and {}", info.name, asked),
        "Repeat with --public if everybody may read these traces (to always mean that: opentraces config "
        "set visibility public), or with --private to make the "
        "dataset private first.");
}

[[noreturn]] void refuse_public(const hub::DatasetInfo& info) {
    throw Error(ErrorCode::VisibilityMismatch, info.name + " is private, and --public does not change that",
                "Push without --public; to let everybody read the dataset run: opentraces push --publish");
}

hub::DatasetInfo make_private(hub::Remote& remote, hub::DatasetInfo info, const PushOptions& options,
                              Progress& progress) {
    if (options.dry_run) {
        progress.note(info.name + " is public; the push would make it private first");
        return info;
    }
    remote.set_visibility(Visibility::Private);
    info = remote.info();
    if (info.visibility != Visibility::Private)
        throw Error(ErrorCode::VisibilityMismatch, info.name + " is still public after making it private");
    progress.note(info.name + " was public and is private now");
    return info;
}

}  // namespace

void check_options(const PushOptions& options) {
    if (options.publish && options.visibility == Visibility::Private)
        throw Error(ErrorCode::BadOption, "--publish and --private exclude each other");
    if (options.publish && options.create_pull_request)
        throw Error(ErrorCode::BadOption, "--publish and --create-pr exclude each other");
    if (options.create_pull_request && (options.gated || options.visibility == Visibility::Private))
        throw Error(ErrorCode::BadOption, "a pull request cannot change who may read the dataset",
                    "Push without --create-pr to change your own dataset.");
}

PushOptions with_scrubbed_texts(PushOptions options, const std::string& remote, Progress& progress,
                                std::map<std::string, std::int64_t>& replaced) {
    security::refuse_findings(hub::revision_in(remote), "the name of the branch", options.scan);
    LeavingTexts texts(options.scan, progress);
    options.message = texts.scrub(options.message, "the message");
    options.card = texts.scrub(std::move(options.card));
    replaced = texts.replaced();
    return options;
}

Visibility wanted_visibility(const PushOptions& options) {
    return options.visibility.value_or(options.configured_visibility.value_or(Visibility::Private));
}

void check_settings(const hub::DatasetInfo& info, const PushOptions& options, bool created) {
    const Visibility wanted = wanted_visibility(options);
    if (info.visibility == Visibility::Public && wanted == Visibility::Private && !options.visibility)
        refuse_more_public(info, options);
    if (info.visibility == Visibility::Private && wanted == Visibility::Public && options.visibility &&
        !created)
        refuse_public(info);
}

hub::DatasetInfo apply_settings(hub::Remote& remote, hub::DatasetInfo info, const PushOptions& options,
                                bool created, Progress& progress) {
    check_settings(info, options, created);
    const Visibility wanted = wanted_visibility(options);
    if (info.visibility == Visibility::Public && wanted == Visibility::Private)
        info = make_private(remote, std::move(info), options, progress);
    if (info.visibility == Visibility::Private && wanted == Visibility::Public)
        progress.warning(info.name + " is private; to change that run: opentraces push --publish");
    return apply_gating(remote, std::move(info), options, progress);
}

hub::DatasetInfo apply_gating(hub::Remote& remote, hub::DatasetInfo info, const PushOptions& options,
                              Progress& progress) {
    if (!options.gated || info.gating == options.gated) return info;
    if (options.dry_run) {
        progress.note(fmt::format("the push would set gating to {}", hub::name_of(*options.gated)));
        return info;
    }
    remote.set_gating(*options.gated);
    info = remote.info();
    if (info.gating != options.gated)
        throw Error(ErrorCode::VisibilityMismatch, fmt::format("the gating of {} did not become {}",
                                                               info.name, hub::name_of(*options.gated)));
    return info;
}

std::optional<Visibility> visibility_now(hub::Remote& remote, Progress& progress) {
    try {
        return remote.info().visibility;
    } catch (const Error& error) {
        progress.warning("who can read the dataset could not be looked up after the push: " +
                         error.message());
        return std::nullopt;
    }
}

hub::DatasetInfo publish(hub::Remote& remote, const PushOptions& options) {
    hub::DatasetInfo info = remote.info();
    if (!info.exists)
        throw Error(ErrorCode::NotFound, "there is no dataset " + remote.name() + " to publish",
                    "Run: opentraces push --public");
    if (options.before_public && info.visibility != Visibility::Public) options.before_public(info.name);
    if (options.dry_run) {
        remote.check_write_access(info);
        return info;
    }
    // Before everybody can read it.
    if (options.gated && info.gating != options.gated) remote.set_gating(*options.gated);
    if (info.visibility != Visibility::Public) remote.set_visibility(Visibility::Public);
    info = remote.info();
    if (info.visibility != Visibility::Public || (options.gated && info.gating != options.gated))
        throw Error(ErrorCode::VisibilityMismatch, info.name + " did not take the new settings");
    return info;
}

}  // namespace opentraces::flow
