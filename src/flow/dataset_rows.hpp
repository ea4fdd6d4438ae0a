// Which files of a dataset hold the rows that somebody asked for.
#pragma once

#include <string>
#include <vector>

#include "opentraces/flow/progress.hpp"
#include "opentraces/hub/remote.hpp"

namespace opentraces::flow {

// In order of their paths. Copies that a sync client or an editor has left beside a shard are left out, and
// `progress` is told. Errors: NotFound, naming what there is, when the dataset has no such subset or
// split, or no rows of JSON at all; UnknownFormat when its rows are Parquet or the like.
std::vector<hub::RemoteFile> row_files_of(hub::Remote& remote, const hub::DatasetInfo& info,
                                          const std::string& subset, const std::string& split,
                                          Progress& progress);

}  // namespace opentraces::flow
