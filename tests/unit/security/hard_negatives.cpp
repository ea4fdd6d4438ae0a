// What looks random and is no secret stays whole, class by class.
#include <string>

#include "catch.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/security/scrub.hpp"
#include "security/rules/pattern.hpp"

using namespace opentraces::security;

namespace {

struct Negative {
    std::string_view kind;
    std::string_view text;  // in the language of expand_sample()
};

const Negative k_negatives[] = {
    {"tool-call id", "\"id\": \"toolu_01{w22}\""},
    {"tool-call id", "\"tool_call_id\": \"call_{w24}\""},
    {"tool-call id", "\"call_id\":\"call_{w24}\",\"name\":\"shell\""},
    {"tool-call id", "\"tool_use_id\": \"tooluse_{b22}\""},
    {"tool-call id", "id=tool_{h32}"},
    {"tool-call id", "\"id\":\"fc_{h50}\""},
    {"signature", "\"signature\": \"{B344}\""},
    {"signature", "\"thoughtSignature\": \"{B480}==\""},
    {"signature", "\"thought_signature\":\"C{B120}\""},
    {"signature", "\"encrypted_content\": \"gAAAAAB{b400}==\""},
    {"request id", "\"requestId\": \"req_011C{w20}\""},
    {"request id", "x-request-id: {h8}-{h4}-{h4}-{h4}-{h12}"},
    {"request id", "\"request_id\": \"{h32}\""},
    {"request id", "cf-ray: {h16}-FRA"},
    {"certificate", "-----BEGIN CERTIFICATE-----\n{B64}\n{B64}\n{B64}\n{B30}==\n-----END CERTIFICATE-----"},
    {"certificate", "certificate-authority-data: {B400}=="},
    {"certificate", "\"x5c\": [\"MII{B800}\"]"},
    {"public key", "-----BEGIN PUBLIC KEY-----\n{B64}\n{B64}\n{B30}==\n-----END PUBLIC KEY-----"},
    {"public key",
     "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{B64}\n{B64}\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----"},
    {"public key", "-----BEGIN PGP SIGNATURE-----\n\n{B64}\n{B64}\n=abcd\n-----END PGP SIGNATURE-----"},
    {"public key", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{B340}= build"},
    {"public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{B43} build"},
    {"public key", "SHA256:{B43}"},
    {"public key", "public_key = \"{B43}=\""},
    {"image", "data:image/png;base64,iVBORw0KGgo{B600}=="},
    {"image", "\"data\": \"iVBORw0KGgoAAAANSUhEUg{B600}\""},
    {"image", "\"source\":{\"type\":\"base64\",\"media_type\":\"image/jpeg\",\"data\":\"/9j/4AAQ{B600}\"}"},
    {"image in lines", "iVBORw0KGgoAAAANSUhEUg{B54}\n{B76}\n{B76}\n{B76}\n{B50}=="},
    {"image in lines", "data:image/png;base64,\n    {B64}\n    {B64}\n    {B64}\n    {B40}"},
    {"font in lines",
     "src: url(data:font/woff2;base64,d09GMgABAAAA{B60}\n{B76}\n{B76}\n{B32}) format('woff2')"},
    {"font", "d09GMgABAAAA{B500}"},
    {"address", "ping 192.0.2.17 and 198.51.100.4, 203.0.113.9"},
    {"address", "curl http://[2001:db8::1]:8080/ 2001:db8:85a3::8a2e:370:7334"},
    {"address",
     "mail alice@example.com, bob@example.org, carol@example.net, d@host.test, e@x.example, f@g.invalid"},
    {"OID", "1.3.6.1.4.1.311.21.20"},
    {"OID", "extendedKeyUsage = 1.3.6.1.5.5.7.3.2, 2.16.840.1.113730.4.1"},
    {"OID", "password: 1.2.840.113549.1.9.7"},
    {"OID", "id-ce-basicConstraints 2.5.29.19, id-at-commonName 2.5.4.3, 2.5.29.37"},
    {"OID", "ED25519 = ObjectIdentifier(\"1.3.101.112\")"},
    {"section", "see clause 43.4.2.25, section 8.14.26.1 and (43.4.2.42 in the 802.3ad standard)"},
    {"reversed address", "42.2.0.192.in-addr.arpa"},
    {"remote", "git clone deploy@forge.example.dev:owner/repo and git@github.com:owner/repo.git"},
    {"remote", "url = ssh://deploy@forge.corp.io/owner/repo.git"},
    {"algorithm", "chacha20-poly1305@openssh.com,hmac-sha2-256-etm@openssh.com,curve25519-sha256@libssh.org"},
    {"message id", "Message-ID: <20260101120000.12345@mail.corp.io>"},
    {"number of an example", "ssn 111-22-3333, 078-05-1120"},
    {"encrypted", "password: ENC[AES256_GCM,data:{B24},iv:{B43}=,tag:{B22}==,type:str]"},
    {"encrypted", "kind: SealedSecret\nspec:\n  encryptedData:\n    password: AgB{B700}=="},
    {"encrypted",
     "db_password: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          {h80}\n          {h80}\n"},
    {"reference", "kind: Secret\nstringData:\n  entry: {{ .Values.entry }}\n"},
    {"reference", "kind: Secret\ndata:\n  username: YWRtaW4=\n  ca.crt: LS0tLS1CRUdJTiBDRVJU{B300}\n"},
    {"reference",
     "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db\n      key: password\n"},
    {"code", "password = \"user_\" + name + \"_suffix\"\ntoken = \"Bearer \" + token\n"},
    {"code", "api_key = get(\"API_\" + \"KEY\")\nsecret_name = \"prod-\" + \"db\"\n"},
    {"key of a build", "#define FIPS_KEY_STRING \"{h64}\""},
    {"method", "token_endpoint_auth_method: client_secret_basic"},
    {"method", "\"token_endpoint_auth_method\": \"private_key_jwt\""},
    {"method", "password_auth_method = scram_sha_256"},
    {"code", "password = *envFlags.PWD"},
    {"code", "const apiKey = process.env.X"},
    {"code", "api_key: process.env.OPENAI_API_KEY!,"},
    {"code", "token = os.environ[\"GITHUB_TOKEN\"]"},
    {"code", "password: ${DB_PASSWORD}"},
    {"code", "password=\"$(pass show db/prod1)\""},
    {"code", "let token = self.tokens[i2].value;"},
    {"code", "secret := cfg.Get(\"key1\")"},
    {"code", "std::string token = tokens2.next();"},
    {"code", "auth_token: ${{ secrets.NPM_TOKEN2 }}"},
    {"code", "password = getpass.getpass()"},
    {"code", "api_key=settings.OPENAI_KEY_V2"},
    {"code", "token = generate_token(32)"},
    {"code", "if (token == TOKEN_EOF2) return;"},
    {"code", "key = jax.random.PRNGKey(42)"},
    {"CSS", "--token-color-2: #1a2b3c4d;"},
    {"CSS", "background: #0f172a; color: rgba(15,23,42,.8)"},
    {"CSS", ".css-1a2b3c4d5e-MuiButton-root{color:#a1b2c3}"},
    {"CSS", "class=\"sc-{w6} {w6} token2\""},
    {"test name", "task_test_{h8}_{h8}"},
    {"test name", "task_test_password_reset_2fa_flow"},
    {"test name", "test_token_refresh_v2_with_expired_session_3"},
    {"lock file", "\"integrity\": \"sha512-{B86}==\""},
    {"lock file", "checksum = \"{h64}\""},
    {"lock file", "    {file = \"x-1.0.tar.gz\", hash = \"sha256:{h64}\"},"},
    {"lock file", "golang.org/x/net v0.17.0 h1:{B43}="},
    {"lock file", "resolved \"https://registry.npmjs.org/x/-/x-1.0.0.tgz#{h40}\""},
    {"lock file", "  checksum: 10c0/{h128}"},
    {"UUID", "{h8}-{h4}-4{h3}-a{h3}-{h12}"},
    {"UUID", "\"uuid\":\"{h8}-{h4}-4{h3}-a{h3}-{h12}\",\"parentUuid\":null"},
    {"UUID", "sessionId: {h8}-{h4}-7{h3}-b{h3}-{h12}"},
    {"request id", "'RequestId': '{w52}', 'HTTPStatusCode': 200"},
    {"code", "#include <pwd.h>\n#include <signal.h>\n"},
    {"code", "DenseMap<Pass *, Pass *> LastUser2;"},
    {"code", "OID_CLIENT_AUTH = ExtendedKeyUsageOID.CLIENT_AUTH"},
    {"code", "NO_ACCEPTABLE_AUTH = SOCKS_NO_ACCEPTABLE_AUTH"},
    {"code", "flags = napi_writable | napi_configurable"},
    {"alphabet", "\"-+xX0123456789abcdef0123456789ABCDEF\""},
    {"alphabet", "\"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\""},
    {"section", "// 27.4.5.1 basic_ios constructors, [23.3.4.2]/9"},
    {"prose", "The buffer is identified by a 'cookie' returned by it."},
    {"prose", "columns identified by the \"aOrderBy\" field"},
    {"prose", "url=\"socks5h://<username>:<password>@proxy-host\""},
    {"words", "'border-left', 'border-left-color', 'border-left-style', 'border-radius', 'border-right'"},
    {"commit", "commit {h40}\nAuthor"},
    {"commit", "index {h7}..{h7} 100644"},
    {"commit", "heroku_commit={h40}"},
    {"vendor's name", "mistral_sha: {h32}"},
    {"vendor's name", "\"sentry_version\": \"{h64}\""},
    {"vendor's name", "travis_build_id = {l22}"},
};

}  // namespace

TEST_CASE("what is no secret stays whole") {
    for (const Negative& negative : k_negatives) {
        for (std::uint64_t variant = 0; variant < 8; ++variant) {
            const std::string text = expand_sample(negative.text, variant * 7919);
            const RedactedText redacted = redact_text("x\n" + text + "\ny\n");
            CAPTURE(negative.kind, negative.text, variant);
            for (const Finding& finding : redacted.findings)
                UNSCOPED_INFO(finding.rule << " at " << finding.offset << "+" << finding.length);
            CHECK(redacted.findings.empty());
        }
    }
}

TEST_CASE("lines of base64 that nothing says to be public do not stay") {
    const auto left = [](const std::string& sample) {
        const std::string text = redact_text("the key:\n" + expand_sample(sample) + "\nend\n").text;
        CHECK(text.starts_with("the key:\n"));
        CHECK(text.ends_with("\nend\n"));
        return text.size();
    };
    // Private keys that have lost their frame, or their first line too.
    for (const std::string head :
         {"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz", "MIIEpAIBAAKCAQEA{B48}",
          "MHcCAQEEI{B55}", "MIIEvgIBADANBgkqhkiG9w0BAQEFAASC{B32}"})
        CHECK(left(head + "\n{B64}\n{B64}\n{B40}") < 60);
    CHECK(left("{B64}\n{B64}\n{B64}\n{B40}") < 120);
    // Whatever stands around a public block.
    CHECK(left("-----BEGIN CERTIFICATE-----\n{B64}\n{B64}\n{B32}\n-----END CERTIFICATE-----\n{B64}\n{B64}") <
          300);
    CHECK(left("-----BEGIN ACME PRIVATE BOX-----\n{B64}\n{B64}\n{B32}") < 170);
    CHECK(left("-----BEGIN RSA PRIVATE KEY-----\n{B64}\n{B64}\n{B32}") < 60);
}
