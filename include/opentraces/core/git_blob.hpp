// Git's id of a file as its bytes come.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace opentraces {

// git_blob_id() of a content whose size is known beforehand.
class GitBlobId {
public:
    explicit GitBlobId(std::uint64_t size);
    ~GitBlobId();
    GitBlobId(GitBlobId&&) noexcept;
    GitBlobId& operator=(GitBlobId&&) noexcept;
    void update(std::string_view bytes);
    // Finishes; the object must not be used afterwards.
    std::string finish_hex();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace opentraces
