// Which disturbance, if any, hits a request, and what it does to the answer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator.hpp"
#include "http_message.hpp"

namespace hub_emulator {

class FaultBook {
public:
    void add(Fault fault) { m_armed.push_back({std::move(fault), 0}); }
    void clear();

    // The fault that acts while the body is still being read (k_drop_in_body); `repo_id` may be empty.
    std::optional<Fault> take_for_head(const HttpRequest& request, const std::string& repo_id);
    // Every other kind, in the order they were armed. Counts the request for each matching fault.
    std::vector<Fault> take_for_request(const HttpRequest& request, const std::string& repo_id);

private:
    struct Armed {
        Fault fault;
        int seen = 0;
    };
    void arm_named(const std::string& repo_id);
    std::vector<Fault> take(const HttpRequest& request, const std::string& repo_id, bool in_body);

    std::vector<Armed> m_armed;
    std::map<std::string, bool> m_named;  // repositories whose names have been read
};

// Answer of the kinds that replace the work; nullopt for the others.
std::optional<HttpResponse> answer_instead(const Fault& fault, const HttpRequest& request);
// Changes the answer of a request whose work was done.
void disturb_answer(const Fault& fault, const HttpRequest& request, HttpResponse& response);

}  // namespace hub_emulator
