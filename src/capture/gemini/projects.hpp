// Which project a session is of: its file does not say.
#pragma once

#include <string>

#include "opentraces/capture/sources.hpp"

namespace opentraces::capture::gemini {

// The folder that holds the session, or the sessions of its parent: <root>/tmp/<project>/chats. Empty: the
// session lies elsewhere.
std::string chats_folder_of(const std::string& path);

// The project's own folder, by <root>/tmp/<project>/.project_root, <root>/projects.json, or the context that
// the session begins with. Empty if none of them says: <project> is the SHA-256 of its path then.
std::string project_of(const std::string& path, Sources& sources);

}  // namespace opentraces::capture::gemini
