// Random but repeatable disturbances.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "hub_emulator/emulator.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::testing {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : m_words(seed) {}
    std::uint64_t below(std::uint64_t bound) { return m_words.next_u64() % bound; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

private:
    SeededIds m_words;
};

// A fault at a random request boundary, or a random byte of a body.
hub_emulator::Fault random_fault(Chance& chance, const std::string& repo);

// The client was stopped. No exception of the program, so that nothing handles it by accident.
struct Killed {};

// Does not wait long for an answer that does not come.
std::unique_ptr<net::Transport> impatient_transport();

// Passes on, until the n-th request, before or after which the client is stopped. More patient for no
// request.
class MortalTransport final : public net::Transport {
public:
    explicit MortalTransport(net::Transport& inner) : m_inner(inner) {}

    void kill_at(int request, bool before) {
        m_countdown = request;
        m_before = before;
    }
    void calm() { m_countdown = 0; }

    net::Response send(const net::Request& request) override {
        net::Request impatient = request;
        impatient.patience = std::chrono::seconds(0);
        const bool fatal = m_countdown > 0 && --m_countdown == 0;
        if (fatal && m_before) throw Killed{};
        net::Response response = m_inner.send(impatient);
        if (fatal) throw Killed{};
        return response;
    }

private:
    net::Transport& m_inner;
    std::atomic<int> m_countdown{0};
    bool m_before = true;
};

}  // namespace opentraces::testing
