// One file of settings while somebody edits a copy of it.
#pragma once

#include <string>

#include "opentraces/fs/disk.hpp"
#include "opentraces/store/settings.hpp"

namespace opentraces::store {

class SettingsEdit {
public:
    // `folder` has the config.json, or gets one. The copy is made beside it, for its owner only, and without
    // the texts to be redacted: editors keep what they have seen. A copy that an earlier edit has left is
    // taken up again.
    SettingsEdit(SettingScope scope, std::string folder, fs::Disk& disk);

    const std::string& path() const { return m_path; }  // of the file
    const std::string& copy() const { return m_copy; }
    bool resumed() const { return m_resumed; }

    // Puts the copy in the place of the file, durably and with the texts to be redacted, and removes it;
    // false when the file says all of it already. Errors SettingsUnreadable and ConfigInvalid (of the copy,
    // with the line) as reading the file, also for a name that no setting has; InvalidState if the file was
    // changed meanwhile. The file is as it was then, and the copy stays.
    bool finish(const SettingInput& input);
    // The copy goes, unless somebody has changed it. True if it stays.
    bool abandon();

private:
    std::string file_text() const;

    SettingScope m_scope;
    std::string m_folder;
    std::string m_path;
    std::string m_copy;
    std::unique_ptr<fs::Disk> m_disk;
    bool m_resumed = false;
    std::string m_before;      // the file
    std::string m_first_copy;  // as it was handed out
};

}  // namespace opentraces::store
