// Which kinds of personal data go; secrets and the user's own texts always do.
#pragma once

namespace opentraces::security {

struct PersonalData {
    bool names = true;   // logins and full names become pseudonyms
    bool hosts = true;   // so do names of machines
    bool emails = true;  // addresses are redacted
    bool ips = true;
    bool phones = true;
    // Owner and name of the session's repository become pseudonyms, and its commits go.
    bool repos = false;
    bool operator==(const PersonalData&) const = default;
};

}  // namespace opentraces::security
