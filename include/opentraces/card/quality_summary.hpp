// The scores that the card shows, under the names it uses.
#pragma once

#include "opentraces/quality/summary.hpp"

namespace opentraces::card {

using quality::k_quality_path;
using quality::PersonaScore;
using quality::quality_from_json;
using quality::QualitySummary;
using quality::to_json;

}  // namespace opentraces::card
