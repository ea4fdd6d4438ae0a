// One request from its head to its answer: faults, the work under the lock, the log.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "faults.hpp"
#include "http_message.hpp"
#include "state.hpp"

namespace hub_emulator {

class Exchange {
public:
    std::mutex mutex;  // guards everything below
    State state;
    FaultBook faults;
    std::deque<LoggedRequest> log;
    std::size_t leaks = 0;

    std::optional<std::uint64_t> body_limit(const HttpRequest& request);
    Reply handle(HttpRequest& request);
    // While set, no fault waits, so that stop() does not take as long as the longest stall.
    void interrupt_waits(bool interrupted);

    // A commit by somebody else; returns its id. The lock must be held.
    std::string commit_files(const std::string& id, const std::map<std::string, std::string>& files,
                             const std::string& author, const std::string& title, const std::string& branch,
                             const std::vector<std::string>& deleted);

private:
    HttpResponse work(const HttpRequest& request);
    void slip_in(const Fault& fault, const std::string& repo_id);
    void wait(std::chrono::milliseconds delay);
    std::size_t open_log(const HttpRequest& request, const std::string& fault_name);
    void close_log(std::size_t number, const Reply& reply);
    void add_common_headers(const HttpRequest& request, HttpResponse& response);
    Reply answer(HttpRequest& request, const std::string& repo_id, const std::vector<Fault>& hits);

    std::condition_variable m_waiting;
    bool m_interrupted = false;
    std::size_t m_next_number = 1;
    std::size_t m_slips = 0;
};

// The routes below /_emulator/ of the Hub origin: state for scripts, outside the Hub's API.
HttpResponse debug_request(Exchange& exchange, const HttpRequest& request);

}  // namespace hub_emulator
