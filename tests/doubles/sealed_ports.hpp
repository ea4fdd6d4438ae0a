// Ports that may not be used: whoever does is told, and it is remembered.
#pragma once

#include <stdexcept>
#include <string>

#include "opentraces/flow/ports.hpp"

namespace opentraces::testing {

class SealedPorts {
public:
    flow::Ports ports() { return {m_disk, m_clock, m_ids, m_transport, m_environment}; }
    // What was used first; empty if nothing was.
    const std::string& used() const { return m_used; }

private:
    struct Seal {
        std::string& used;
        [[noreturn]] void broken(const char* what) const {
            if (used.empty()) used = what;
            throw std::logic_error(std::string("a sealed port was used: ") + what);
        }
    };

    class SealedDisk final : public fs::Disk {
    public:
        explicit SealedDisk(std::string& used) : m_seal{used} {}
        std::unique_ptr<fs::Disk> beneath(const std::string&) override { m_seal.broken("disk"); }
        std::optional<fs::FileInfo> info(const std::string&) override { m_seal.broken("disk"); }
        std::optional<std::string> link_target(const std::string&) override { m_seal.broken("disk"); }
        std::unique_ptr<fs::ReadFile> open(const std::string&) override { m_seal.broken("disk"); }
        std::unique_ptr<fs::NewFile> create(const std::string&, unsigned) override { m_seal.broken("disk"); }
        std::vector<fs::FileInfo> list(const std::string&) override { m_seal.broken("disk"); }
        void make_directories(const std::string&, unsigned) override { m_seal.broken("disk"); }
        void rename(const std::string&, const std::string&) override { m_seal.broken("disk"); }
        bool remove(const std::string&) override { m_seal.broken("disk"); }
        std::vector<std::string> remove_matching(const std::string&,
                                                 const std::function<bool(std::string_view)>&) override {
            m_seal.broken("disk");
        }
        void set_mode(const std::string&, unsigned) override { m_seal.broken("disk"); }
        std::unique_ptr<fs::Lock> lock(const std::string&) override { m_seal.broken("disk"); }
        std::unique_ptr<fs::DeferredSync> defer_folder_syncs() override { m_seal.broken("disk"); }
        std::uint32_t user() override { m_seal.broken("disk"); }

    private:
        Seal m_seal;
    };

    class SealedClock final : public Clock {
    public:
        explicit SealedClock(std::string& used) : m_seal{used} {}
        TimePoint now() override { m_seal.broken("clock"); }
        void sleep(std::chrono::milliseconds) override { m_seal.broken("clock"); }

    private:
        Seal m_seal;
    };

    class SealedIds final : public IdSource {
    public:
        explicit SealedIds(std::string& used) : m_seal{used} {}
        std::uint64_t next_u64() override { m_seal.broken("ids"); }

    private:
        Seal m_seal;
    };

    class SealedTransport final : public net::Transport {
    public:
        explicit SealedTransport(std::string& used) : m_seal{used} {}
        net::Response send(const net::Request&) override { m_seal.broken("transport"); }

    private:
        Seal m_seal;
    };

    std::string m_used;
    SealedDisk m_disk{m_used};
    SealedClock m_clock{m_used};
    SealedIds m_ids{m_used};
    SealedTransport m_transport{m_used};
    Environment m_environment;
};

}  // namespace opentraces::testing
