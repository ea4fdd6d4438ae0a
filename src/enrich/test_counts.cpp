#include "enrich/test_counts.hpp"

#include <charconv>

#include "opentraces/core/text.hpp"

namespace opentraces::enrich {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

TestCount count_before(std::string_view line, std::string_view words) {
    for (std::size_t at = line.find(words); at != std::string_view::npos; at = line.find(words, at + 1)) {
        std::size_t begin = at;
        while (begin > 0 && is_digit(line[begin - 1]))
            --begin;
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(line.data() + begin, line.data() + at, number);
        if (error == std::errc() && end == line.data() + at) return number;
    }
    return std::nullopt;
}

TestCount count_after(std::string_view line, std::string_view words) {
    const std::size_t at = line.find(words);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = trim(line.substr(at + words.size()));
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    return error == std::errc() ? TestCount(number) : std::nullopt;
}

void add(TestCount& sum, TestCount more) {
    if (more) sum = sum.value_or(0) + *more;
}

}  // namespace opentraces::enrich
