// What a document of SpecStory is made of.
#pragma once

#include <string>

#include "opentraces/capture/sources.hpp"

namespace opentraces::capture::specstory {

// The id that the session has with its own agent; empty where the document does not name it.
std::string original_of(const std::string& path, Sources& sources);

}  // namespace opentraces::capture::specstory
