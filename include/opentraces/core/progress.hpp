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
    // How far a longer piece of work is ("capturing sessions"), told as often as one likes, and at its end
    // with done == total; `total` 0: not known.
    virtual void working(std::string_view /*what*/, std::uint64_t /*done*/, std::uint64_t /*total*/) {}
    // The same in bytes.
    virtual void working_bytes(std::string_view /*what*/, std::uint64_t /*done*/, std::uint64_t /*total*/) {}
};

class SilentProgress final : public Progress {
public:
    void note(std::string_view) override {}
    void warning(std::string_view) override {}
    void upload(std::string_view, std::uint64_t, std::uint64_t) override {}
};

}  // namespace opentraces
