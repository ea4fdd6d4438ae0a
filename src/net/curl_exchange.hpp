// One request and its answer on a libcurl handle.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <exception>
#include <string>
#include <string_view>

#include "opentraces/net/curl_transport.hpp"

namespace opentraces::net {

class CurlExchange {
public:
    CurlExchange(CURL* handle, const CurlOptions& options, const Request& request);
    CurlExchange(const CurlExchange&) = delete;
    CurlExchange& operator=(const CurlExchange&) = delete;
    ~CurlExchange();
    Response run();

private:
    void set_up();
    void set_up_connection();
    void set_up_body();
    void set_up_headers();
    [[noreturn]] void fail(CURLcode code);
    bool may_have_arrived(CURLcode code) const;
    int status() const;
    // False: it is too much.
    bool on_header(std::string_view line);
    std::size_t on_body(std::string_view bytes);
    std::size_t on_read(char* buffer, std::size_t size);
    bool is_late(curl_off_t to_send, curl_off_t sent);
    int on_progress(curl_off_t to_send, curl_off_t sent);

    static std::size_t header_hook(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t body_hook(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t read_hook(char* data, std::size_t size, std::size_t count, void* self);
    static int seek_hook(void* self, curl_off_t offset, int origin);
    static int progress_hook(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t sent);

    CURL* m_handle;
    const CurlOptions& m_options;
    const Request& m_request;
    Response m_response;
    curl_slist* m_headers = nullptr;
    std::array<char, CURL_ERROR_SIZE> m_reason{};
    std::exception_ptr m_thrown;  // by the caller's sink or body source
    bool m_too_large = false;
    bool m_late = false;
    bool m_streaming = false;
    std::size_t m_header_bytes = 0;
    curl_off_t m_sent = -1;
    std::chrono::steady_clock::time_point m_sent_at;  // the last byte of the request
};

}  // namespace opentraces::net
