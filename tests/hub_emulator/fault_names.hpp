// Faults chosen by name, in a repository's name or on the command line, as git-lfs's own test server does.
//
// A name is one of the fixed ones (fault_names()), or is composed as `[ROUTE-]STATUS-TIMES`, e.g. `429-once`,
// `batch-503-twice`, `put-500-always`:
//   ROUTE   create info settings tree preupload batch put complete verify commit resolve download whoami;
//           commit when left out
//   STATUS  400 401 402 403 404 408 409 412 413 422 429 500 502 503 504
//   TIMES   once twice thrice always
// A repository called `traces-batch-503-twice` gets that fault on its own requests only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator.hpp"

namespace hub_emulator {

// Every fault a repository name asks for, longest names first, none twice.
std::vector<Fault> faults_in_repo_name(const std::string& repo_id);

}  // namespace hub_emulator
