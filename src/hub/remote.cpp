#include "opentraces/hub/remote.hpp"

#include "opentraces/core/digest.hpp"

namespace opentraces::hub {

std::string_view name_of(Visibility visibility) {
    return visibility == Visibility::Public ? "public" : "private";
}

std::string_view name_of(Gating gating) {
    switch (gating) {
        case Gating::Off:
            return "off";
        case Gating::Auto:
            return "auto";
        case Gating::Manual:
            return "manual";
    }
    return "off";
}

bool is_result_of(const FileChange& change, const RemoteFile& file, fs::Disk& disk) {
    if (change.path != file.path || file.folder) return false;
    if (change.local_path.empty()) {
        if (file.size != change.content.size()) return false;
        return file.digest == (file.large ? sha256_hex(change.content) : git_blob_id(change.content));
    }
    if (file.size != change.size) return false;
    if (file.large) return file.digest == change.sha256;
    return file.digest ==
           (change.git_blob.empty() ? git_blob_id(disk.read_all(change.local_path)) : change.git_blob);
}

}  // namespace opentraces::hub
