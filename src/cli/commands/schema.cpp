#include "cli/command.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/trace/json_schema.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::cli {
namespace {

Answer run(Context&) {
    json::Object schema = trace::json_schema();
    Answer answer;
    answer.text = json::write_pretty(json::Value(schema)) + "\n";
    answer.fields.append("schema_version", trace::k_schema_version);
    answer.fields.append("schema", std::move(schema));
    return answer;
}

}  // namespace

Run declare_schema(OptionSet& accepted) {
    accepted.footer(
        "Draft 2020-12. What it does not know is allowed: records may carry keys of later versions.");
    accepted.example("opentraces schema > schema.json", "For other tools");
    return run;
}

}  // namespace opentraces::cli
