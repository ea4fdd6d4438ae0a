// Who may see the dataset: read from the remote, never assumed, and in force before anything is uploaded.
#pragma once

#include "opentraces/flow/push.hpp"

namespace opentraces::flow {

// Refuses contradictions. Error BadOption.
void check_options(const PushOptions& options);

// The options with message and card as they may leave; what was replaced is added to `replaced` (rule ->
// count). `remote` is Remote::name(). Error SecretsFound when something is left, or in the branch's name.
PushOptions with_scrubbed_texts(PushOptions options, const std::string& remote, Progress& progress,
                                std::map<std::string, std::int64_t>& replaced);

// The visibility that a new dataset gets: the flag, else the configuration, else private.
hub::Visibility wanted_visibility(const PushOptions& options);

// The gating that was asked for, read back from the remote.
hub::DatasetInfo apply_gating(hub::Remote& remote, hub::DatasetInfo info, const PushOptions& options,
                              Progress& progress);

// What apply_settings() refuses. Changes nothing.
void check_settings(const hub::DatasetInfo& info, const PushOptions& options, bool created);

// Brings an existing dataset to what was asked for, or stops: --private on a public dataset makes it private;
// otherwise a dataset that is more public than asked for, or private although --public is given, is an error
// VisibilityMismatch. Sets the gating asked for. Answers what the remote says afterwards.
// `created`: this push has just made the dataset. With `dry_run` nothing is changed.
hub::DatasetInfo apply_settings(hub::Remote& remote, hub::DatasetInfo info, const PushOptions& options,
                                bool created, Progress& progress);

// What the remote says after a push; nullopt with a warning when it cannot be asked.
std::optional<hub::Visibility> visibility_now(hub::Remote& remote, Progress& progress);

// --publish: public (and gated, if asked for) without a commit. With `dry_run` nothing is changed.
hub::DatasetInfo publish(hub::Remote& remote, const PushOptions& options);

}  // namespace opentraces::flow
