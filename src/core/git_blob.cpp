#include "opentraces/core/git_blob.hpp"

#include <openssl/evp.h>

#include <array>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces {

struct GitBlobId::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() {
        if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha1(), nullptr) != 1)
            throw Error(ErrorCode::Internal, "SHA-1 is not available");
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { EVP_MD_CTX_free(context); }
};

GitBlobId::GitBlobId(std::uint64_t size) : m_state(std::make_unique<State>()) {
    std::string head = "blob " + std::to_string(size);
    head.push_back('\0');
    update(head);
}
GitBlobId::~GitBlobId() = default;
GitBlobId::GitBlobId(GitBlobId&&) noexcept = default;
GitBlobId& GitBlobId::operator=(GitBlobId&&) noexcept = default;

void GitBlobId::update(std::string_view bytes) {
    EVP_DigestUpdate(m_state->context, bytes.data(), bytes.size());
}

std::string GitBlobId::finish_hex() {
    std::array<std::uint8_t, 20> digest{};
    EVP_DigestFinal_ex(m_state->context, digest.data(), nullptr);
    return hex(digest);
}

}  // namespace opentraces
