#include "opentraces/json/document.hpp"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "json/members.hpp"
#include "opentraces/core/overloaded.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/lexer.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::json {
namespace {

using Library = nlohmann::ordered_json;
// The library takes finite numbers only. Their digits are kept as text, so the type says no more than where
// that ends: `long double` leaves room for the integers that records may have.
using WideLibrary = nlohmann::basic_json<nlohmann::ordered_map, std::vector, std::string, bool, std::int64_t,
                                         std::uint64_t, long double>;

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

// Takes the library's events. Each answers whether reading goes on.
class Builder {
public:
    explicit Builder(Value& root) : m_root(root) {}

    bool null() { return put(nullptr); }
    bool boolean(bool value) { return put(value); }
    bool number_unsigned(std::uint64_t value) { return put(value); }
    bool number_integer(std::int64_t value) {
        return value == 0 ? put(Number{"-0", false}) : put(value);  // it comes here with a sign only
    }
    bool number_float(long double, const std::string& literal) {
        const bool is_float = literal.find_first_of(".eE") != std::string::npos;
        if (!is_float && literal.size() - (literal.front() == '-' ? 1 : 0) > k_max_integer_digits)
            return false;
        return put(Number{literal, is_float});
    }
    bool string(std::string& text) { return put(std::move(text)); }
    bool binary(const Library::binary_t&) { return false; }  // not in JSON text
    bool key(std::string& name) {
        m_slot = &m_open.back().members->slot(std::move(name));
        return true;
    }
    bool start_object(std::size_t) { return open(Object()); }
    bool start_array(std::size_t) { return open(Array()); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool parse_error(std::size_t read, const std::string&, const nlohmann::detail::exception&) {
        m_read = read;
        return false;
    }

    std::size_t read() const { return m_read; }  // bytes, when an error was found

private:
    // Values stay where they are while they are open: only the innermost container grows.
    struct Open {
        Array* items = nullptr;
        std::optional<Members> members;
    };

    Value& place() {
        if (m_open.empty()) return m_root;
        Array* const items = m_open.back().items;
        return items != nullptr ? items->emplace_back() : *m_slot;
    }
    bool put(Value value) {
        place() = std::move(value);
        return true;
    }
    bool open(Value container) {
        if (m_open.size() == k_max_depth) return false;
        Value& value = place() = std::move(container);
        Open& open = m_open.emplace_back();
        open.items = value.if_array();
        if (Object* const object = value.if_object()) open.members.emplace(*object);
        return true;
    }
    bool close() {
        m_open.pop_back();
        return true;
    }

    Value& m_root;
    std::vector<Open> m_open;
    Value* m_slot = nullptr;  // of the key that was read last
    std::size_t m_read = 0;
};

// The last number that begins in so many bytes.
std::size_t number_within(std::string_view text, std::size_t bytes) {
    std::size_t begin = 0;
    LocatedTokens in(text);
    for (Token token = in.next(); token != Token::End && in.begin() < bytes; token = in.next()) {
        if (token == Token::Number) begin = in.begin();
    }
    return begin;
}

// Something that the library would spell in another way than writer.hpp: integers beyond 64 bits, some floats
// (1e-05), line separators, bytes that are no UTF-8. A text without characters stands for it.
struct StandIn {
    std::size_t text = 0;  // which of the document's texts (keys, strings) it is, in their order
    std::string spelled;
};

class Converter {
public:
    Library convert(const Value& value) {
        return std::visit(Overloaded{
                              [](std::monostate) { return Library(); },
                              [](bool flag) { return Library(flag); },
                              [this](const Number& number) { return converted(number); },
                              [this](const std::string& text) { return Library(counted(text)); },
                              [this](const Array& array) {
                                  Library items = Library::array();
                                  for (const Value& item : array)
                                      items.push_back(convert(item));
                                  return items;
                              },
                              [this](const Object& object) { return converted(object); },
                          },
                          value.variant());
    }

    const std::vector<StandIn>& stand_ins() const { return m_stand_ins; }

private:
    Library converted(const Object& object) {
        Library members = Library::object();
        auto& list = members.get_ref<Library::object_t&>();
        list.reserve(object.size());
        for (const auto& [key, value] : object) {
            std::string name = counted(key);
            // As in a list: our keys are unique, and the library would look through all of them each time.
            list.emplace_back(std::move(name), convert(value));
        }
        return members;
    }

    Library converted(const Number& number) {
        if (const auto integer = number.as_int64()) return *integer;
        std::string spelled = to_compact(Value(number));
        Library value(number.is_float ? Library(number.as_double()) : Library());
        return value.dump() == spelled ? value : Library(stand_in(std::move(spelled)));
    }

    std::string counted(const std::string& text) {
        if (!is_spelled_alike(text)) return stand_in(to_compact(Value(text)));
        ++m_texts;
        return text;
    }

    std::string stand_in(std::string spelled) {
        m_stand_ins.push_back({m_texts++, std::move(spelled)});
        return {};
    }

    static bool is_spelled_alike(std::string_view text) {
        return is_valid_utf8(text) && text.find("\xC2\x85") == text.npos &&
               text.find("\xE2\x80\xA8") == text.npos && text.find("\xE2\x80\xA9") == text.npos;
    }

    std::size_t m_texts = 0;
    std::vector<StandIn> m_stand_ins;
};

std::string put_in(const std::vector<StandIn>& stand_ins, const std::string& text) {
    std::string out;
    std::size_t from = 0;
    std::size_t texts = 0;
    LocatedTokens in(text);
    for (auto next = stand_ins.begin(); next != stand_ins.end();) {
        const Token token = in.next();
        if ((token != Token::Key && token != Token::String) || texts++ != next->text) continue;
        out.append(text, from, in.begin() - from).append(next->spelled);
        from = in.string().end + 1;
        ++next;
    }
    return out.append(text, from);
}

std::string written(const Value& value, int indent) {
    Converter converter;
    std::string text = converter.convert(value).dump(indent);
    return converter.stand_ins().empty() ? text : put_in(converter.stand_ins(), text);
}

}  // namespace

Value read_document(std::string_view text) {
    Value value;
    Builder builder(value);
    // The library skips a byte order mark, and takes U+0000 for the end.
    const bool is_plain = !text.starts_with(k_byte_order_mark) && text.find('\0') == std::string_view::npos;
    if (is_plain && WideLibrary::sax_parse(text.data(), text.data() + text.size(), &builder)) return value;
    parse(text);  // says what is wrong, and where: the library's words quote the text
    throw SyntaxError(number_within(text, builder.read()), "a number that is not finite");
}

std::string write_document(const Value& value) {
    return written(value, -1);
}

std::string write_pretty(const Value& value) {
    return written(value, 2);
}

}  // namespace opentraces::json
