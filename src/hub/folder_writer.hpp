// Who changes dataset folders: a secret of the user's installation, kept outside of every folder.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::hub {

class FolderWriter {
public:
    // Reads `writer.key` in the user's folder; made on first use.
    FolderWriter(const std::string& user_folder, fs::Disk& disk, Clock& clock, IdSource& ids);
    // Public: tells writers apart.
    const std::string& id() const { return m_id; }
    // What nobody else can put under a text.
    std::string seal(std::string_view text) const;

private:
    std::string m_key;
    std::string m_id;
};

}  // namespace opentraces::hub
