#include "opentraces/net/curl_transport.hpp"

#include <curl/curl.h>

#include <mutex>
#include <utility>
#include <vector>

#include "net/curl_exchange.hpp"
#include "net/sigpipe_guard.hpp"

namespace opentraces::net {
namespace {

class CurlTransport final : public Transport {
public:
    explicit CurlTransport(CurlOptions options) : m_options(std::move(options)) {
        static std::once_flag started;
        std::call_once(started, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    }
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;
    ~CurlTransport() override {
        for (CURL* handle : m_idle)
            curl_easy_cleanup(handle);
    }

    Response send(const Request& request) override {
        const Borrowed borrowed(*this);
        const SigpipeGuard guard;
        return CurlExchange(borrowed.handle, m_options, request).run();
    }

private:
    // A handle keeps its connections after a reset, so handing it on is what reuses them.
    struct Borrowed {
        explicit Borrowed(CurlTransport& owner) : owner(owner), handle(owner.take()) {}
        Borrowed(const Borrowed&) = delete;
        Borrowed& operator=(const Borrowed&) = delete;
        ~Borrowed() { owner.give_back(handle); }
        CurlTransport& owner;
        CURL* handle;
    };

    CURL* take() {
        const std::lock_guard guard(m_mutex);
        if (m_idle.empty()) return curl_easy_init();
        CURL* handle = m_idle.back();
        m_idle.pop_back();
        return handle;
    }

    void give_back(CURL* handle) {
        if (handle == nullptr) return;
        curl_easy_reset(handle);
        const std::lock_guard guard(m_mutex);
        m_idle.push_back(handle);
    }

    CurlOptions m_options;
    std::mutex m_mutex;
    std::vector<CURL*> m_idle;
};

}  // namespace

std::unique_ptr<Transport> curl_transport(CurlOptions options) {
    return std::make_unique<CurlTransport>(std::move(options));
}

}  // namespace opentraces::net
