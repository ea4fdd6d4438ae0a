#include "capture/heads.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "capture/object_lines.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/lexer.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::capture {
namespace {

constexpr std::size_t k_most_objects = 40;
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

std::shared_ptr<Start> start_of(const std::string& path, Sources& sources) {
    if (!sources.start || sources.start->path != path) {
        sources.start = std::make_shared<Start>();
        sources.start->path = path;
    }
    return sources.start;
}

json::Value document_in(std::string_view text) {
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

}  // namespace

bool starts_with_lines(const std::string& path, Sources& sources,
                       const std::function<bool(const json::Value& object)>& is_enough) {
    const std::shared_ptr<Start> start = start_of(path, sources);
    for (std::size_t at = 0; at < k_most_objects; ++at) {
        while (at == start->objects.size()) {
            const std::string_view text = sources.head(path);
            if (start->length >= text.size()) return false;
            start->length += take_line(text.substr(start->length), start->objects);
        }
        if (is_enough(start->objects[at])) return true;
    }
    return false;
}

const json::Value& start_of_document(const std::string& path, Sources& sources) {
    const std::shared_ptr<Start> start = start_of(path, sources);
    if (!start->document) start->document = document_in(trim(sources.head(path)));
    return *start->document;
}

}  // namespace opentraces::capture
