// The settings of one scope, between a file and the fields.
#pragma once

#include "opentraces/store/settings.hpp"
#include "store/settings_file.hpp"

namespace opentraces::store {

// What the file does not say keeps its default. Error ConfigInvalid (file, key) for another kind of value.
void read_settings(SettingScope scope, const SettingsFile& file, Settings& settings);
// Other keys of the file stay.
void write_settings(SettingScope scope, SettingsFile& file, const Settings& settings);

}  // namespace opentraces::store
