// A raw HTTP client for these tests: it reports what really arrived, cut connections included.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "hub_emulator/emulator.hpp"
#include "hub_emulator/json.hpp"

namespace hub_emulator::testing {

struct Answer {
    int status = 0;  // 0: no answer
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;       // as received, chunks joined
    bool complete = false;  // the whole announced body arrived

    std::string header(const std::string& name) const;
    nlohmann::json json() const { return nlohmann::json::parse(body); }
};

struct Call {
    std::string method = "GET";
    std::string url;  // absolute
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

Answer send(const Call& call);
// Writes `bytes` as they are to the origin of `url` and reads until the server closes.
std::string send_raw(const std::string& url, const std::string& bytes);

// An emulator with the users alice (write), her read token, and bob; small LFS limits.
class Hub {
public:
    explicit Hub(Options options = small());
    static Options small();

    HubEmulator emulator;

    Answer get(const std::string& path, const std::string& token = "hf_alice");
    Answer post(const std::string& path, const nlohmann::json& body, const std::string& token = "hf_alice");
    Answer request(const std::string& method, const std::string& path, const std::string& body,
                   const std::string& token = "hf_alice", const std::string& type = "application/json");
    // Commits `operations` to main of `id`; `parent` may be empty.
    Answer commit(const std::string& id, const std::vector<nlohmann::json>& operations,
                  const std::string& parent = "", const std::string& query = "");
    std::string create(const std::string& name, bool is_private = false);
    // Batch, PUT and verify; returns the sha256.
    std::string upload_lfs(const std::string& id, const std::string& bytes);
};

nlohmann::json file_op(const std::string& path, const std::string& bytes);
nlohmann::json lfs_op(const std::string& path, const std::string& sha256, std::uint64_t size);

}  // namespace hub_emulator::testing
