// One commit that follows from the state of a dataset, tried again while others change it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/hub/open_remote.hpp"
#include "opentraces/hub/remote.hpp"

namespace opentraces::flow {

std::unique_ptr<hub::Remote> open_dataset(Ports& ports, const std::string& name, Progress& progress,
                                          hub::Access access = hub::Access::Write);

// Error NotFound when there is no such dataset.
hub::DatasetInfo existing_dataset(hub::Remote& remote);

// Runs `read`, and again while a folder changes under it. Error CommitConflict when that does not end.
void read_while_moving(hub::Remote& remote, Ports& ports, const std::function<void()>& read);

// The changes for the dataset as it is at this head; none: nothing has to be done.
using PrepareChanges = std::function<std::vector<hub::FileChange>(const hub::DatasetInfo&)>;

// Answers an empty receipt if there was nothing to do. Errors: CommitConflict when others keep changing the
// dataset; those of `prepare`, of verified() and of the remote.
hub::Receipt rewrite_dataset(hub::Remote& remote, Ports& ports, Progress& progress,
                             const std::string& summary, const PrepareChanges& prepare);

// The changed files as the remote shows them, and what it has added by itself (.gitattributes): this is
// looked up for the next push only, the Hub may have put more into it. Error CorruptDataset when the commit
// does not hold a change as it was sent.
std::vector<hub::RemoteFile> verified(hub::Remote& remote, const std::vector<hub::FileChange>& changes,
                                      const hub::Receipt& receipt, fs::Disk& disk);

// Error CardMalformed when the remote would refuse this card.
void check_accepted(hub::Remote& remote, const std::string& card);

// Where copies of shards are kept while they are looked at.
std::string download_folder(const std::string& project);

}  // namespace opentraces::flow
