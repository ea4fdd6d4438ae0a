#include "security/planted.hpp"

namespace opentraces::testing {
namespace {

const PlainCarrier k_carriers[] = {
    {"alone", "{V}\n"},
    {"in a sentence", "I set the token to {V}, then ran it again.\n"},
    {"end of a sentence", "The key that the page shows is {V}.\n"},
    {"in brackets", "the answer (it was {V}) came at once\n"},
    {"in backticks", "Use `{V}` as the value of the header.\n"},
    {".env", "# local\nDEBUG=1\nSERVICE_TOKEN={V}\nPORT=8080\n"},
    {".env, quoted", "SERVICE_TOKEN=\"{V}\"\n"},
    {"export", "export SERVICE_TOKEN='{V}' && make deploy\n"},
    {"YAML", "service:\n  token: {V}\n  url: https://service.example.com\n"},
    {"YAML, quoted", "token: \"{V}\" # of the staging account\n"},
    {"JSON", "{\"url\": \"https://service.example.com\", \"token\": \"{V}\", \"retries\": 3}\n"},
    {"JSON in a JSON string", "{\"body\":\"{\\\"token\\\":\\\"{V}\\\"}\"}\n"},
    {"TOML", "[service]\ntoken = \"{V}\"\n"},
    {"INI", "[service]\ntoken = {V}\nregion = eu\n"},
    {"XML", "<service><token>{V}</token></service>\n"},
    {"XML attribute", "<add key=\"ServiceToken\" value=\"{V}\" />\n"},
    {"header", "> GET /v1/items HTTP/1.1\n> X-Service-Token: {V}\n> Accept: */*\n"},
    {"curl", "curl -sS -H 'Authorization: Bearer {V}' https://service.example.com/v1\n"},
    {"query", "GET https://service.example.com/v1?limit=5&token={V}&page=2 200\n"},
    {"option", "$ service login --token {V} --quiet\n"},
    {"option with =", "$ service login --token={V} --quiet\n"},
    {"Python call", "client = Client(token=\"{V}\", timeout=30)\n"},
    {"code, constant", "const TOKEN = '{V}';\n"},
    {"code, list", "tokens = [\"{V}\", None]\n"},
    {"diff", "@@ -1,2 +1,2 @@\n-token = old\n+token = \"{V}\"\n"},
    {"log", "2026-11-28T10:00:00Z INFO service auth ok token={V} user=7\n"},
    {"stack trace", "ValueError: invalid literal for token: '{V}'\n  File \"a.py\", line 3\n"},
    {"table", "| name | value |\n|---|---|\n| token | {V} |\n"},
    {"CSV", "id,name,token\n7,build,{V}\n"},
    {"SQL", "INSERT INTO accounts (id, token) VALUES (7, '{V}');\n"},
    {"Dockerfile", "ENV SERVICE_TOKEN={V}\nRUN make\n"},
    {"line number", "    12\tSERVICE_TOKEN={V}\n    13\tPORT=8080\n"},
    {"grep", "config/service.rb:14:  token: '{V}',\n"},
    {"colours", "\x1b[32mtoken\x1b[0m \x1b[1m{V}\x1b[0m\n"},
    {"comment", "// do not commit: {V}\n"},
    {"percent-encoded", "next=https%3A%2F%2Fservice.example.com%2F%3Ftoken%3D{V}%26x%3D1\n"},
};

}  // namespace

std::span<const PlainCarrier> plain_carriers() {
    return k_carriers;
}

}  // namespace opentraces::testing
