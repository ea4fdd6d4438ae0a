// JSON values that keep what the text said: key order, integer digits, the spelling kind of numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace opentraces::json {

// A number as written. `literal` is RFC 8259 number text, or NaN, Infinity, -Infinity.
struct Number {
    std::string literal;
    bool is_float = false;  // the literal has '.', 'e' or 'E', or is one of the three words

    bool operator==(const Number&) const = default;
    std::optional<std::int64_t> as_int64() const;  // integers that fit
    double as_double() const;                      // nearest binary64; out of range gives infinity or zero
};

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;

// Members in order of first occurrence; keys are unique (the last value given for a key wins).
class Object {
public:
    // Special members are in value.cpp: here every file that knows a Value would compile them again.
    Object();
    Object(const Object& other);
    Object(Object&& other) noexcept;
    Object& operator=(const Object& other);
    Object& operator=(Object&& other) noexcept;
    ~Object();
    const Value* find(std::string_view key) const;
    Value* find(std::string_view key);
    // Replaces in place or appends.
    void set(std::string key, Value value);
    bool erase(std::string_view key);
    // Appends without looking for an equal key: the caller knows that there is none. Answers the value in
    // place.
    Value& append(std::string key, Value value);
    std::size_t size() const;
    bool empty() const;
    auto begin() const;
    auto end() const;
    auto begin();
    auto end();
    bool operator==(const Object& other) const;

private:
    std::vector<Member> m_members;
};

class Value {
public:
    using Variant = std::variant<std::monostate, bool, Number, std::string, Array, Object>;

    Value();
    Value(const Value& other);
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other);
    Value& operator=(Value&& other) noexcept;
    ~Value();

    Value(std::nullptr_t);
    Value(bool value);
    Value(int value);
    Value(std::int64_t value);
    Value(std::uint64_t value);
    Value(double value);  // always written as a float
    Value(const char* value);
    Value(std::string_view value);
    Value(std::string value);
    Value(Number value);
    Value(Array value);
    Value(Object value);

    bool is_null() const { return std::holds_alternative<std::monostate>(m_data); }
    const bool* if_bool() const { return std::get_if<bool>(&m_data); }
    const Number* if_number() const { return std::get_if<Number>(&m_data); }
    const std::string* if_string() const { return std::get_if<std::string>(&m_data); }
    const Array* if_array() const { return std::get_if<Array>(&m_data); }
    const Object* if_object() const { return std::get_if<Object>(&m_data); }
    bool* if_bool() { return std::get_if<bool>(&m_data); }
    Number* if_number() { return std::get_if<Number>(&m_data); }
    std::string* if_string() { return std::get_if<std::string>(&m_data); }
    Array* if_array() { return std::get_if<Array>(&m_data); }
    Object* if_object() { return std::get_if<Object>(&m_data); }

    // Lookups that answer null for a missing key or another kind of value, for lenient readers.
    const Value& operator[](std::string_view key) const;
    const Value& at(std::size_t index) const;
    std::string_view string_or(std::string_view fallback = {}) const;
    std::optional<std::int64_t> integer() const;  // integers, and floats without fraction, that fit
    bool bool_or(bool fallback) const;

    const Variant& variant() const { return m_data; }
    Variant& variant() { return m_data; }
    bool operator==(const Value& other) const;

private:
    Variant m_data;
};

// Not inside the class: a member whose body touches the elements needs Value to be complete.
inline std::size_t Object::size() const {
    return m_members.size();
}
inline bool Object::empty() const {
    return m_members.empty();
}
inline auto Object::begin() const {
    return m_members.begin();
}
inline auto Object::end() const {
    return m_members.end();
}
inline auto Object::begin() {
    return m_members.begin();
}
inline auto Object::end() {
    return m_members.end();
}

}  // namespace opentraces::json
