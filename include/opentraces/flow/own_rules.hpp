// Rules of the user's own, which are looked for beside the program's: the setting scan.rules, and --rules.
#pragma once

#include <string>
#include <vector>

#include "opentraces/fs/disk.hpp"
#include "opentraces/security/own_rules.hpp"

namespace opentraces::flow {

// `files` as the setting says them; none: null. A relative path starts at the project's folder `root` and
// leads through no link and not out of there. What a file extends is in its own folder or below, by no link.
// Error ConfigInvalid (file, line, what to do) for one that is not there or whose rules cannot be meant:
// there is no going on with a part of them.
security::OwnRulesPtr own_rules(const std::vector<std::string>& files, const std::string& root,
                                fs::Disk& disk);

}  // namespace opentraces::flow
