#include "opentraces/json/value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "opentraces/json/writer.hpp"

namespace opentraces::json {
namespace {

const Value k_null;

// Growing by one at first moves members that are 80 bytes long.
constexpr std::size_t k_first_members = 4;

template <class Integer>
Number integer_number(Integer value) {
    return Number{std::to_string(value), false};
}

Number float_number(double value) {
    if (std::isnan(value)) return {"NaN", true};
    if (std::isinf(value)) return {value < 0 ? "-Infinity" : "Infinity", true};
    Number number{{}, true};
    append_compact_double(number.literal, value);
    return number;
}

// from_chars leaves the value alone when it is out of range: decide between 0 and infinity by the exponent of
// the first digit that is not zero.
double out_of_range(std::string_view literal) {
    const std::size_t e = std::min(literal.find_first_of("eE"), literal.size());
    const std::size_t point = std::min(literal.find('.'), e);
    const std::size_t first = literal.find_first_of("123456789");
    const bool below_point = first > point;
    const bool exponent_negative = literal.find('-', e) != std::string_view::npos;
    double exponent = 0;
    const std::size_t digits = literal.find_first_of("0123456789", e);
    const char* end = literal.data() + literal.size();
    if (digits < literal.size() &&
        std::from_chars(literal.data() + digits, end, exponent).ec == std::errc::result_out_of_range)
        exponent = std::numeric_limits<double>::infinity();
    const double places =
        below_point ? -static_cast<double>(first - point) : static_cast<double>(point - first);
    const bool tiny = places + (exponent_negative ? -exponent : exponent) < 0;
    const double magnitude = tiny ? 0.0 : std::numeric_limits<double>::infinity();
    return literal.front() == '-' ? -magnitude : magnitude;
}

}  // namespace

std::optional<std::int64_t> Number::as_int64() const {
    if (is_float) return std::nullopt;
    std::int64_t value = 0;
    const char* end = literal.data() + literal.size();
    const auto [stop, error] = std::from_chars(literal.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

double Number::as_double() const {
    if (literal == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (literal == "Infinity") return std::numeric_limits<double>::infinity();
    if (literal == "-Infinity") return -std::numeric_limits<double>::infinity();
    double value = 0;
    const auto [stop, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
    return error == std::errc::result_out_of_range ? out_of_range(literal) : value;
}

Object::Object() = default;
Object::Object(const Object& other) = default;
Object::Object(Object&& other) noexcept = default;
Object& Object::operator=(const Object& other) = default;
Object& Object::operator=(Object&& other) noexcept = default;
Object::~Object() = default;

bool Object::operator==(const Object& other) const {
    return m_members == other.m_members;
}

const Value* Object::find(std::string_view key) const {
    // Most keys of the same length differ in their first character: that saves a call for each of them.
    for (const Member& member : m_members) {
        const std::string& name = member.first;
        if (name.size() == key.size() && (key.empty() || (name[0] == key[0] && name == key)))
            return &member.second;
    }
    return nullptr;
}

Value* Object::find(std::string_view key) {
    return const_cast<Value*>(static_cast<const Object*>(this)->find(key));
}

void Object::set(std::string key, Value value) {
    if (Value* present = find(key)) {
        *present = std::move(value);
    } else {
        append(std::move(key), std::move(value));
    }
}

bool Object::erase(std::string_view key) {
    return std::erase_if(m_members, [key](const Member& member) { return member.first == key; }) > 0;
}

Value& Object::append(std::string key, Value value) {
    if (m_members.capacity() == 0) m_members.reserve(k_first_members);
    // The reader fills in the value in place.
    if (value.is_null())
        return m_members
            .emplace_back(std::piecewise_construct, std::forward_as_tuple(std::move(key)), std::tuple<>())
            .second;
    return m_members.emplace_back(std::move(key), std::move(value)).second;
}

Value::Value() = default;
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

bool Value::operator==(const Value& other) const {
    return m_data == other.m_data;
}

Value::Value(std::nullptr_t) {}
Value::Value(bool value) : m_data(value) {}
Value::Value(const char* value) : m_data(std::string(value)) {}
Value::Value(std::string_view value) : m_data(std::string(value)) {}
Value::Value(std::string value) : m_data(std::move(value)) {}
Value::Value(Number value) : m_data(std::move(value)) {}
Value::Value(Array value) : m_data(std::move(value)) {}
Value::Value(Object value) : m_data(std::move(value)) {}
Value::Value(int value) : m_data(integer_number(value)) {}
Value::Value(std::int64_t value) : m_data(integer_number(value)) {}
Value::Value(std::uint64_t value) : m_data(integer_number(value)) {}
Value::Value(double value) : m_data(float_number(value)) {}

const Value& Value::operator[](std::string_view key) const {
    const Object* object = if_object();
    const Value* found = object != nullptr ? object->find(key) : nullptr;
    return found != nullptr ? *found : k_null;
}

const Value& Value::at(std::size_t index) const {
    const Array* array = if_array();
    return array != nullptr && index < array->size() ? (*array)[index] : k_null;
}

std::string_view Value::string_or(std::string_view fallback) const {
    const std::string* text = if_string();
    return text != nullptr ? std::string_view(*text) : fallback;
}

std::optional<std::int64_t> Value::integer() const {
    const Number* number = if_number();
    if (number == nullptr) return std::nullopt;
    if (!number->is_float) return number->as_int64();
    const double value = number->as_double();
    if (value != std::trunc(value) || std::abs(value) >= 0x1p63) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

bool Value::bool_or(bool fallback) const {
    const bool* value = if_bool();
    return value != nullptr ? *value : fallback;
}

}  // namespace opentraces::json
