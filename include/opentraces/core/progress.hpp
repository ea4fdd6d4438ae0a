// What a use case tells while it works. Shown on standard error, never part of an answer.
#pragma once

#include <cstdint>
#include <string_view>

namespace opentraces {

class Progress {
public:
    virtual ~Progress() = default;
    virtual void note(std::string_view text) = 0;     // something people should know, one line
    virtual void warning(std::string_view text) = 0;  // something went wrong, but not fatally
    virtual void upload(std::string_view path, std::uint64_t sent, std::uint64_t total) = 0;  // bytes
};

class SilentProgress final : public Progress {
public:
    void note(std::string_view) override {}
    void warning(std::string_view) override {}
    void upload(std::string_view, std::uint64_t, std::uint64_t) override {}
};

}  // namespace opentraces
