#include "capture/opencode/first_messages.hpp"

#include <utility>

namespace opentraces::capture::opencode {
namespace {

void move_member(json::Object& from, json::Object& to, const char* key) {
    if (json::Value* value = from.find(key)) to.set(key, std::move(*value));
}

// What the program noted of the call beside it: title, times, whether it failed, and the tool's own facts.
json::Object state_of(json::Object& call, json::Value facts) {
    json::Object state;
    move_member(call, state, "args");
    if (json::Value* input = state.find("args")) {
        json::Value moved = std::move(*input);
        state.erase("args");
        state.set("input", std::move(moved));
    }
    json::Object* noted = facts.if_object();
    if (noted != nullptr) {
        move_member(*noted, state, "title");
        move_member(*noted, state, "time");
    }
    const json::Value* const said = call.find("state");
    const bool ended = said != nullptr && said->string_or() == "result";
    state.set("status", !ended ? "running" : facts["error"].bool_or(false) ? "error" : "completed");
    if (json::Value* result = ended ? call.find("result") : nullptr) state.set("output", std::move(*result));
    if (noted != nullptr) state.set("metadata", std::move(facts));
    return state;
}

void bring_up_call(json::Object& part, json::Value& calls) {
    json::Value moved = std::move(*part.find("toolInvocation"));
    part.erase("toolInvocation");
    json::Object* call = moved.if_object();
    if (call == nullptr) return;
    const std::string id(moved["toolCallId"].string_or());
    part.set("type", "tool");
    part.set("callID", id);
    part.set("tool", moved["toolName"].string_or());
    json::Value facts;
    if (json::Object* all = calls.if_object())
        if (json::Value* known = all->find(id)) facts = std::move(*known);
    part.set("state", state_of(*call, std::move(facts)));
}

void bring_up_part(json::Value& part, json::Value& calls) {
    json::Object* object = part.if_object();
    if (object == nullptr) return;
    if (part["type"].string_or() == "tool-invocation" && object->find("toolInvocation") != nullptr)
        bring_up_call(*object, calls);
    if (json::Value* kind = object->find("mediaType")) object->set("mime", std::move(*kind));
}

}  // namespace

bool is_message(const json::Value& start) {
    const bool names_session =
        start["sessionID"].if_string() != nullptr || start["metadata"]["sessionID"].if_string() != nullptr;
    return names_session && start["id"].if_string() != nullptr && start["role"].if_string() != nullptr;
}

std::string directory_of_message(const json::Value& message) {
    const json::Value& path = message["path"];
    const json::Value& first_path = message["metadata"]["assistant"]["path"];
    return std::string(path["cwd"].string_or(path.string_or(first_path["cwd"].string_or())));
}

void bring_up(Message& message) {
    json::Object* data = message.data.if_object();
    if (data == nullptr) return;
    json::Value calls;
    if (json::Value* found = data->find("metadata")) {
        json::Value metadata = std::move(*found);
        data->erase("metadata");
        if (json::Object* facts = metadata.if_object()) {
            if (json::Value* tools = facts->find("tool")) calls = std::move(*tools);
            move_member(*facts, *data, "time");
            move_member(*facts, *data, "error");
            json::Value* reply = facts->find("assistant");
            if (json::Object* told = reply == nullptr ? nullptr : reply->if_object())
                for (const char* key :
                     {"system", "modelID", "providerID", "path", "cost", "summary", "tokens"})
                    move_member(*told, *data, key);
        }
    }
    json::Value* inside = data->find("parts");
    json::Array* parts = inside == nullptr || !message.parts.empty() ? nullptr : inside->if_array();
    if (parts == nullptr) return;
    for (json::Value& part : *parts) {
        bring_up_part(part, calls);
        message.parts.push_back(std::move(part));
    }
    data->erase("parts");
}

}  // namespace opentraces::capture::opencode
