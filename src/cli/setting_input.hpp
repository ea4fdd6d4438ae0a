// What words for settings are checked against.
#pragma once

#include "cli/command.hpp"
#include "opentraces/store/settings.hpp"

namespace opentraces::cli {

store::SettingInput setting_input(Context& context);

}  // namespace opentraces::cli
