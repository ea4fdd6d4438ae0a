// Siblings of new files that are not committed yet, and what crashes have left of them.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "fs/posix_place.hpp"

namespace opentraces::fs {

std::string temporary_name(const std::string& final_name);

class Sweeper {
public:
    // Removes this user's temporary files that are older than a day from the place's folder, which is open;
    // at most once for each folder. What cannot be removed stays.
    void sweep(const Place& place);

private:
    std::mutex m_mutex;
    std::set<std::string> m_swept;
};

}  // namespace opentraces::fs
