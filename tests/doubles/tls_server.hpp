// Answers every HTTPS request on a free port with 200 "{}", under a self-signed certificate for localhost.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "loopback_listener.hpp"

namespace opentraces::testing {

class TlsServer {
public:
    TlsServer() {
        make_certificate();
        m_context.reset(SSL_CTX_new(TLS_server_method()));
        SSL_CTX_use_certificate(m_context.get(), m_certificate.get());
        SSL_CTX_use_PrivateKey(m_context.get(), m_key.get());
        m_listener.start([this](int client) { serve(client); });
    }
    ~TlsServer() { m_listener.stop(); }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    std::string url() const { return "https://localhost:" + std::to_string(m_listener.port()); }
    // PEM, for clients that should trust it.
    std::string certificate() const {
        const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
        PEM_write_bio_X509(memory.get(), m_certificate.get());
        char* bytes = nullptr;
        const long size = BIO_get_mem_data(memory.get(), &bytes);
        return {bytes, static_cast<std::size_t>(size)};
    }

private:
    void make_certificate() {
        m_key.reset(EVP_EC_gen("P-256"));
        m_certificate.reset(X509_new());
        X509* certificate = m_certificate.get();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, m_key.get());
        X509_NAME* name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
        X509_add_ext(certificate, names, -1);
        X509_EXTENSION_free(names);
        X509_sign(certificate, m_key.get(), EVP_sha256());
    }

    void serve(int client) {
        const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(m_context.get()), &SSL_free);
        SSL_set_fd(tls.get(), client);
        if (SSL_accept(tls.get()) == 1) answer(tls.get());
        SSL_shutdown(tls.get());
    }

    static void answer(SSL* tls) {
        std::string request;
        char buffer[4096];
        while (request.find("\r\n\r\n") == std::string::npos) {
            const int got = SSL_read(tls, buffer, sizeof buffer);
            if (got <= 0) return;
            request.append(buffer, static_cast<std::size_t>(got));
        }
        const std::string text =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: "
            "close\r\n\r\n{}";
        SSL_write(tls, text.data(), static_cast<int>(text.size()));
    }

    struct Free {
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
        void operator()(X509* certificate) const { X509_free(certificate); }
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    std::unique_ptr<EVP_PKEY, Free> m_key;
    std::unique_ptr<X509, Free> m_certificate;
    std::unique_ptr<SSL_CTX, Free> m_context;
    LoopbackListener m_listener;
};

}  // namespace opentraces::testing
