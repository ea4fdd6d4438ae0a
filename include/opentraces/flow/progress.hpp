// What a use case tells while it works.
#pragma once

#include "opentraces/core/progress.hpp"

namespace opentraces::flow {

using opentraces::Progress;
using opentraces::SilentProgress;

}  // namespace opentraces::flow
