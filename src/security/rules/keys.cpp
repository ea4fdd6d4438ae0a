// Private keys.
#include "security/match/matchers.hpp"
#include "security/rules/sources.hpp"

namespace opentraces::security {

std::span<const Rule> key_rules() {
    static const Rule k_rules[] = {
        {.id = "private_key",
         .description = "Private key block",
         .anchors = "---BEGIN |--- BEGIN |-----BEGIN\t",
         .glued = true,
         .matcher = match_pem,
         .hits = {"-----BEGIN {}RSA PRIVATE KEY-----\n{B64}\n{B64}\n{B40}=\n-----END {}RSA PRIVATE KEY-----",
                  "-----BEGIN {}ENCRYPTED PRIVATE KEY-----\n{B64}\n-----END {}ENCRYPTED PRIVATE KEY-----",
                  "-----BEGIN {}PGP PRIVATE KEY BLOCK-----\n\n{B64}\n=abcd\n-----END {}PGP PRIVATE KEY "
                  "BLOCK-----",
                  "-----BEGIN {}OPENSSH PRIVATE KEY-----\\n{B64}\\n{B20}\\n-----END {}OPENSSH PRIVATE "
                  "KEY-----\\n",
                  "-----BEGIN {}PRIVATE KEY-----\n{B64}\n{B30}",
                  "[\"-----BEGIN {}RSA PRIVATE KEY-----\",\n  \"{B64}\",\n  \"{B20}==\"]",
                  "-----BEGIN {}RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
                  "AES-128-CBC,{h32}\n\n{B64}\n{B64}",
                  "---- BEGIN {}SSH2 ENCRYPTED PRIVATE KEY ----\n{B64}\n---- END {}SSH2 ENCRYPTED PRIVATE "
                  "KEY ----"},
         .misses = {"-----BEGIN {}PRIVATE KEY-----",
                    "-----BEGIN CERTIFICATE-----\n{B64}\n-----END CERTIFICATE-----",
                    "-----BEGIN {}PUBLIC KEY-----\n{B64}\n-----END PUBLIC KEY-----",
                    "looks for -----BEGIN {}RSA PRIVATE KEY----- in the file"}},
        {.id = "private_key_tail",
         .description = "Private key block whose beginning is missing",
         .anchors = "---END |--- END ",
         .glued = true,
         .matcher = match_pem_tail,
         .hits = {"{B64}\n{B64}\n{B20}==\n-----END {}RSA PRIVATE KEY-----"},
         .misses = {"-----END {}RSA PRIVATE KEY-----", "words -----END {}PRIVATE KEY-----"}},
        {.id = "putty_key",
         .description = "PuTTY private key",
         .origin = {"PuTTY", "https://tartarus.org/~simon/putty-snapshots/htmldoc/AppendixC.html"},
         .anchors = "PuTTY-User-Key-File-",
         .glued = true,
         .matcher = match_putty,
         .hits =
             {"PuTTY-User-{}Key-File-3: ssh-rsa\nEncryption: none\nPublic-Lines: 1\n{B64}\nPrivate-Lines: "
              "2\n{B64}\n{B64}\nPrivate-MAC: {h64}",
              "PuTTY-User-{}Key-File-2: ssh-rsa\nPrivate-Lines: 2\n{B64}\n{B64}\n"},
         .misses = {"PuTTY-User-{}Key-File-2 is a format"}},
        {.id = "age_secret_key",
         .description = "age secret key",
         .origin = {"age", k_gitleaks},
         .anchors = "AGE-SECRET-KEY-",
         .glued = true,
         .after = "{n0-3}{u50+}",
         .hits = {"AGE-SECRET-KEY-1{}{u58}"},
         .misses = {"AGE-SECRET-KEY-"}},
        {.id = "wireguard_key",
         .description = "WireGuard private or preshared key",
         .origin = {"WireGuard", "https://www.wireguard.com/quickstart/"},
         .anchors = "privatekey|presharedkey",
         .any_case = true,
         .after = "{B43}=",
         .value = ValueKind::Exact,
         .matcher = match_assignment,
         .hits = {"PrivateKey = {B43}=", "PresharedKey={B43}="},
         .misses = {"PrivateKey = key"}},
        {.id = "kube_client_key",
         .description = "Key in a kubeconfig",
         .origin = {"Kubernetes", "https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/"},
         .anchors = "client-key-data",
         .any_case = true,
         .after = "{e40+}",
         .value = ValueKind::Exact,
         .matcher = match_assignment,
         .hits = {"client-key-data: {B120}="},
         .misses = {"client-key-data: none"}},
        {.id = "jwk_private_key",
         .description = "Private part of a JSON web key",
         .anchors = "\"d\": \"|\"d\":\"",
         .after = "{b40+}",
         .min_entropy = 4.0,
         .hits = {"\"kty\":\"EC\",\"d\":\"{b43}\""},
         .misses = {"\"d\": \"2020-01-01\""}},
    };
    return k_rules;
}

}  // namespace opentraces::security
