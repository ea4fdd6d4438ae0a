#include "client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

#include "hub_emulator/digest.hpp"

namespace hub_emulator::testing {
namespace {

struct Place {
    int port = 0;
    std::string target;
};

Place place_of(const std::string& url) {
    const auto start = url.find("://") + 3;
    const auto colon = url.find(':', start);
    const auto slash = url.find('/', colon);
    return {std::stoi(url.substr(colon + 1)), slash == std::string::npos ? "/" : url.substr(slash)};
}

int connect_to(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Not REQUIRE: clients also run in threads, where Catch's assertions race.
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("cannot connect");
    }
    return fd;
}

std::string unchunk(const std::string& bytes, bool& complete) {
    std::string body;
    for (std::size_t at = 0;;) {
        const auto end = bytes.find("\r\n", at);
        if (end == std::string::npos) {
            return body;
        }
        const auto size = std::stoul(bytes.substr(at, end - at), nullptr, 16);
        if (size == 0) {
            complete = true;
            return body;
        }
        body += bytes.substr(end + 2, size);
        at = end + 2 + size + 2;
    }
}

Answer parse_answer(const std::string& bytes, bool head) {
    Answer answer;
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string::npos) {
        return answer;
    }
    answer.status = std::stoi(bytes.substr(9, 3));
    for (auto at = bytes.find("\r\n") + 2; at < end + 2;) {
        const auto line_end = bytes.find("\r\n", at);
        const auto colon = bytes.find(": ", at);
        answer.headers.emplace_back(bytes.substr(at, colon - at),
                                    bytes.substr(colon + 2, line_end - colon - 2));
        at = line_end + 2;
    }
    answer.body = bytes.substr(end + 4);
    if (answer.header("Transfer-Encoding") == "chunked") {
        answer.body = unchunk(answer.body, answer.complete);
    } else {
        answer.complete = head || answer.header("Content-Length") == std::to_string(answer.body.size());
    }
    return answer;
}

}  // namespace

std::string Answer::header(const std::string& name) const {
    for (const auto& [key, value] : headers) {
        if (strcasecmp(key.c_str(), name.c_str()) == 0) {
            return value;
        }
    }
    return "";
}

std::string send_raw(const std::string& url, const std::string& bytes) {
    const int fd = connect_to(place_of(url).port);
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const auto now = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (now <= 0) {
            break;
        }
        sent += static_cast<std::size_t>(now);
    }
    std::string answer;
    char buffer[65536];
    for (ssize_t got = 0; (got = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
        answer.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(fd);
    return answer;
}

Answer send(const Call& call) {
    std::string head =
        call.method + " " + place_of(call.url).target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    for (const auto& [name, value] : call.headers) {
        head += name + ": " + value + "\r\n";
    }
    if (!call.body.empty() || call.method == "PUT" || call.method == "POST") {
        head += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
    }
    return parse_answer(send_raw(call.url, head + "\r\n" + call.body), call.method == "HEAD");
}

Options Hub::small() {
    Options options;
    options.lfs_threshold = 1000;
    options.max_regular_size = 5000;
    options.multipart_threshold = 3000;
    options.chunk_size = 1024;
    return options;
}

Hub::Hub(Options options) {
    emulator.add_user("alice", "hf_alice", "write", {{"acme", "write"}, {"readers", "read"}});
    emulator.add_token("alice", {"hf_alice_read", "read", {}, "reader"});
    emulator.add_user("bob", "hf_bob");
    emulator.start(options);
}

Answer Hub::request(const std::string& method, const std::string& path, const std::string& body,
                    const std::string& token, const std::string& type) {
    Call call{method, emulator.hub_url() + path, body, {{"Content-Type", type}}};
    if (!token.empty()) {
        call.headers.emplace_back("Authorization", "Bearer " + token);
    }
    return send(call);
}

Answer Hub::get(const std::string& path, const std::string& token) {
    return request("GET", path, "", token);
}

Answer Hub::post(const std::string& path, const nlohmann::json& body, const std::string& token) {
    return request("POST", path, body.dump(), token);
}

Answer Hub::commit(const std::string& id, const std::vector<nlohmann::json>& operations,
                   const std::string& parent, const std::string& query) {
    nlohmann::json header = {{"summary", "A commit"}};
    if (!parent.empty()) {
        header["parentCommit"] = parent;
    }
    std::string body = nlohmann::json{{"key", "header"}, {"value", header}}.dump();
    for (const auto& operation : operations) {
        body += "\n" + operation.dump();
    }
    return request("POST", "/api/datasets/" + id + "/commit/main" + query, body, "hf_alice",
                   "application/x-ndjson");
}

std::string Hub::create(const std::string& name, bool is_private) {
    const auto answer =
        post("/api/repos/create",
             {{"type", "dataset"}, {"name", name}, {"visibility", is_private ? "private" : "public"}});
    REQUIRE(answer.status == 200);
    return "alice/" + name;
}

std::string Hub::upload_lfs(const std::string& id, const std::string& bytes) {
    const auto oid = sha256_hex(bytes);
    const auto batch = post("/datasets/" + id + ".git/info/lfs/objects/batch",
                            {{"operation", "upload"},
                             {"transfers", {"basic"}},
                             {"objects", nlohmann::json::array({{{"oid", oid}, {"size", bytes.size()}}})}});
    REQUIRE(batch.status == 200);
    const auto object = batch.json().at("objects").at(0);
    if (object.contains("actions")) {
        const auto put = send({"PUT", object.at("actions").at("upload").at("href"), bytes, {}});
        REQUIRE(put.status == 200);
    }
    return oid;
}

nlohmann::json file_op(const std::string& path, const std::string& bytes) {
    return {{"key", "file"},
            {"value", {{"path", path}, {"content", base64_encode(bytes)}, {"encoding", "base64"}}}};
}

nlohmann::json lfs_op(const std::string& path, const std::string& sha256, std::uint64_t size) {
    return {{"key", "lfsFile"},
            {"value", {{"path", path}, {"algo", "sha256"}, {"oid", sha256}, {"size", size}}}};
}

}  // namespace hub_emulator::testing
