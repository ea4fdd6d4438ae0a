#include "capture/heads.hpp"

#include <utility>
#include <vector>

#include "capture/object_lines.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/lexer.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::capture {
namespace {

constexpr int k_most_objects = 40;
constexpr std::size_t k_deepest = 64;

// A value while it is open.
struct Open {
    json::Value value;
    std::string key;  // that it has in the one around it
};

void put(std::vector<Open>& open, std::string key, json::Value value) {
    if (json::Object* object = open.back().value.if_object()) {
        object->set(std::move(key), std::move(value));
    } else {
        open.back().value.if_array()->push_back(std::move(value));
    }
}

void close(std::vector<Open>& open) {
    Open done = std::move(open.back());
    open.pop_back();
    put(open, std::move(done.key), std::move(done.value));
}

json::Value number_of(std::string_view text) {
    std::size_t end = 0;
    return json::parse_prefix(text, end);
}

}  // namespace

bool starts_with_lines(const std::string& path, Sources& sources,
                       const std::function<bool(const json::Value& object)>& is_enough) {
    bool enough = false;
    int seen = 0;
    look_through(sources.head(path), [&](const json::Value& object) {
        enough = is_enough(object);
        return enough || ++seen == k_most_objects;
    });
    return enough;
}

json::Value start_of_document(const std::string& path, Sources& sources) {
    const std::string_view text = trim(sources.head(path));
    if (!text.starts_with('{') && !text.starts_with('[')) return {};
    json::Tokens<std::string> tokens(text, k_deepest);
    std::vector<Open> open;
    std::string key;
    for (bool more = true; more;) {
        switch (tokens.next()) {
            case json::Token::ObjectBegin:
                open.push_back({json::Object(), std::move(key)});
                break;
            case json::Token::ArrayBegin:
                open.push_back({json::Array(), std::move(key)});
                break;
            case json::Token::Key:
                key = std::move(tokens.string());
                break;
            case json::Token::String:
                put(open, std::move(key), std::move(tokens.string()));
                break;
            case json::Token::Number:
                put(open, std::move(key), number_of(tokens.text()));
                break;
            case json::Token::True:
                put(open, std::move(key), true);
                break;
            case json::Token::False:
                put(open, std::move(key), false);
                break;
            case json::Token::Null:
                put(open, std::move(key), {});
                break;
            case json::Token::ObjectEnd:
            case json::Token::ArrayEnd:
                if (open.size() == 1) return std::move(open.front().value);
                close(open);
                break;
            case json::Token::End:
            case json::Token::Bad:
                more = false;
                break;
        }
    }
    while (open.size() > 1)
        close(open);
    return open.empty() ? json::Value() : std::move(open.front().value);
}

}  // namespace opentraces::capture
