// A language model behind an HTTP endpoint as a judge of traces.
#pragma once

#include <string>

#include "opentraces/flow/assess.hpp"
#include "opentraces/security/scrub.hpp"

namespace opentraces::flow {

struct JudgeEndpoint {
    std::string url;  // of the request itself; ending in /messages: the Anthropic form, else the OpenAI form
    std::string key;  // empty: none is sent
    std::string model;  // haiku, sonnet, opus, or the endpoint's own name
};

// OPENTRACES_JUDGE_URL and OPENTRACES_JUDGE_KEY. Error ConfigInvalid when there is no usable URL.
JudgeEndpoint judge_endpoint(const Environment& environment, const std::string& model);

// One request per persona and trace. What is sent is scrubbed and bounded; whatever fails skips the persona
// and says why in its judgement.
Judge http_judge(Ports& ports, JudgeEndpoint endpoint, security::ScrubOptions scrub);

}  // namespace opentraces::flow
