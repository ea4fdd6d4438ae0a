// Values that were split over two texts: blocks of one message, results of one call, items of a list.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "security/scan/scanner.hpp"

namespace opentraces::security {

class Neighbours {
public:
    // Told about the texts put together and what was found across their border, before it is replaced.
    using Seen = std::function<void(std::string_view text, const std::vector<Hit>& hits)>;

    // The parts of a text in which a value may go on or begin.
    struct Ends {
        std::string head;
        std::string tail;
    };
    static Ends ends_of(std::string_view text);

    // Redacts what begins in the last text that was given under this name and ends in this one. `was` are the
    // ends of this text before anything in it was redacted. Texts must stay where they are as long as others
    // are given.
    void redact(std::string_view name, Ends was, std::string& text, const Seen& seen);

private:
    struct Last {
        std::string* text = nullptr;
        std::string tail;
    };
    std::map<std::string, Last, std::less<>> m_last;
};

}  // namespace opentraces::security
