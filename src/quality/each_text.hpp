// Every text of a record without its place: for searches that only ask whether something is there.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/trace/record.hpp"

namespace opentraces::quality {

template <class Visit>
void each_text(const json::Value& value, const Visit& visit);

template <class Visit>
void each_text(const json::Object& object, const Visit& visit) {
    for (const auto& [key, value] : object) {
        visit(std::string_view(key));
        each_text(value, visit);
    }
}

template <class Visit>
void each_text(const json::Value& value, const Visit& visit) {
    if (const std::string* text = value.if_string()) visit(std::string_view(*text));
    if (const json::Object* object = value.if_object()) each_text(*object, visit);
    if (const json::Array* array = value.if_array())
        for (const json::Value& item : *array)
            each_text(item, visit);
}

template <class Visit>
void each_text(const trace::OptText& text, const Visit& visit) {
    if (text) visit(std::string_view(*text));
}

template <class Visit>
void each_text(const trace::Step& step, const Visit& visit) {
    for (const trace::OptText* text :
         {&step.content, &step.reasoning_content, &step.model, &step.system_prompt_hash, &step.agent_role,
          &step.subagent_trajectory_ref, &step.timestamp})
        each_text(*text, visit);
    for (const std::string& tool : step.tools_available)
        visit(std::string_view(tool));
    for (const trace::ToolCall& call : step.tool_calls) {
        visit(std::string_view(call.tool_call_id));
        visit(std::string_view(call.tool_name));
        each_text(call.input, visit);
    }
    for (const trace::Observation& observation : step.observations) {
        visit(std::string_view(observation.source_call_id));
        for (const trace::OptText* text :
             {&observation.content, &observation.output_summary, &observation.error})
            each_text(*text, visit);
    }
    for (const trace::Snippet& snippet : step.snippets) {
        visit(std::string_view(snippet.file_path));
        each_text(snippet.language, visit);
        each_text(snippet.text, visit);
    }
}

template <class Visit>
void each_text(const trace::Attribution& attribution, const Visit& visit) {
    for (const trace::AttributionFile& file : attribution.files) {
        visit(std::string_view(file.path));
        for (const trace::AttributionConversation& conversation : file.conversations) {
            for (const auto& [key, value] : conversation.contributor) {
                visit(std::string_view(key));
                visit(std::string_view(value));
            }
            each_text(conversation.url, visit);
            for (const trace::AttributionRange& range : conversation.ranges)
                each_text(range.content_hash, visit);
        }
    }
}

// `visit` takes std::string_view; keys of free-form objects and maps are visited too, in no promised order.
template <class Visit>
void each_text(const trace::TraceRecord& record, const Visit& visit) {
    for (const std::string* text : {&record.schema_version, &record.trace_id, &record.session_id,
                                    &record.agent.name, &record.outcome.signal_source})
        visit(std::string_view(*text));
    const trace::Vcs& vcs = record.environment.vcs;
    for (const trace::OptText* text :
         {&record.timestamp_start, &record.timestamp_end, &record.task.description, &record.task.source,
          &record.task.repository, &record.task.base_commit, &record.agent.version, &record.agent.model,
          &record.environment.os, &record.environment.shell, &vcs.base_commit, &vcs.branch, &vcs.diff,
          &record.outcome.description, &record.outcome.patch, &record.outcome.commit_sha,
          &record.outcome.reward_source, &record.security.classifier_version})
        each_text(*text, visit);
    for (const std::string& language : record.environment.language_ecosystem)
        visit(std::string_view(language));
    for (const std::string& dependency : record.dependencies)
        visit(std::string_view(dependency));
    for (const auto& [hash, prompt] : record.system_prompts) {
        visit(std::string_view(hash));
        visit(std::string_view(prompt));
    }
    for (const json::Object& definition : record.tool_definitions)
        each_text(definition, visit);
    for (const trace::Step& step : record.steps)
        each_text(step, visit);
    if (record.attribution) each_text(*record.attribution, visit);
    each_text(record.metadata, visit);
}

}  // namespace opentraces::quality
