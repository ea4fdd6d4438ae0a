// Token counts as providers of models answer them, which some agents log untouched.
#pragma once

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture {

// Of a "usage" object of OpenAI's Chat Completions (prompt_tokens with the cached ones,
// prompt_tokens_details.cached_tokens, completion_tokens with reasoning) or Responses (input_tokens,
// input_tokens_details.cached_tokens, output_tokens), of LiteLLM (the former with
// cache_read_input_tokens and cache_creation_input_tokens as parts of prompt_tokens), or of Anthropic's
// Messages (input_tokens without the cached ones). Zeros where there is nothing.
enrich::ModelUsage usage_of_provider(const json::Value& usage);

}  // namespace opentraces::capture
