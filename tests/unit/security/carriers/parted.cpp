// Values that only their name tells, broken into parts.
#include "unit/security/carriers/carrier.hpp"

namespace opentraces::testing {
namespace {

using enum NamedValue;

const NamedCarrier k_carriers[] = {
    {"plus", Key, "aws_secret_access_key = \"{1}\" + \"{2}\"\n", 95},
    {"plus, password", Password, "password = '{1}' + '{2}';\n", 95},
    {"plus over lines", Key, "const apiKey =\n    \"{1}\" +\n    \"{2}\";\n", 95},
    {"plus, escaped", Key, "{\"code\":\"api_key = \\\"{1}\\\" + \\\"{2}\\\"\"}", 95},
    {"dot", Key, "$api_token = '{1}' . '{2}';\n", 95},
    {"two dots", Key, "api_token = \"{1}\" .. \"{2}\"\n", 95},
    {"ampersand", Password, "password = \"{1}\" & _\n  \"{2}\"\n", 95},
    {"concat", Key, "clientSecret = \"{1}\".concat(\"{2}\");\n", 95},
    {"side by side", Key, "API_TOKEN=\"{1}\"\"{2}\"\n", 95},
    {"continued line", Key, "export API_TOKEN={1}\\\n{2}\n", 95},
    {"continued line in a string", Password, "PASSWORD=\"{1}\\\n{2}\"\n", 95},
    {"template parts", Key, "const apiKey = `{1}${\"\"}{2}`;\n", 95},
    {"wrapped by a terminal", Key, "2026-11-28 10:00:00 the server says: API_TOKEN={1}\n{2}\nDone.\n", 80},
};

}  // namespace

std::span<const NamedCarrier> parted_carriers() {
    return k_carriers;
}

}  // namespace opentraces::testing
