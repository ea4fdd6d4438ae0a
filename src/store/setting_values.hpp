// The settings of one scope, between a file and the fields.
#pragma once

#include "opentraces/store/settings.hpp"
#include "store/settings_file.hpp"

namespace opentraces::store {

// What the file does not say keeps its default. Error ConfigInvalid (file, line, key) for another kind of
// value, and with `input` for one that `config set` would refuse.
void read_settings(SettingScope scope, const SettingsFile& file, Settings& settings,
                   const SettingInput* input = nullptr);
// What somebody has just written; Error ConfigInvalid (file, line, key).
void prove_settings(SettingScope scope, const SettingsFile& file, const Settings& settings,
                    const SettingInput& input);
// A value that setting_value() has answered.
void put_value(const Setting& setting, Settings& settings, const json::Value& value);
// Other keys of the file stay. What is neither said nor changed is not written.
void write_settings(SettingScope scope, SettingsFile& file, const Settings& settings);

}  // namespace opentraces::store
