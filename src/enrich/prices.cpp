#include "opentraces/enrich/prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "enrich/price_data.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    for (;;) {
        const std::size_t tab = line.find('\t');
        cells.push_back(trim(line.substr(0, tab)));
        if (tab == std::string_view::npos) return cells;
        line.remove_prefix(tab + 1);
    }
}

[[noreturn]] void refuse(std::size_t line, std::string_view why) {
    throw Error(ErrorCode::BadOption, fmt::format("prices, line {}: {}", line, why),
                "docs/outcomes.md describes the columns of a price table.");
}

std::optional<double> price_in(std::string_view cell, std::size_t line) {
    if (cell.empty()) return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value) || value < 0)
        refuse(line, "not a price: '" + printable_line(cell) + "'");
    return value;
}

bool is_date(std::string_view word) {
    return word.size() == 8 && word.starts_with("20") &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "claude-opus-4-5-20251101", "claude-opus-4-5@20251101", "claude-opus-4-5[1m]", "anthropic.claude-...-v1:0"
std::string without_variant(std::string name) {
    for (const std::string_view mark : {"[", ":", "@"})
        name.resize(std::min(name.find(mark), name.size()));
    for (const std::string_view place : {"us.", "eu.", "apac.", "global.", "anthropic."})
        if (name.starts_with(place)) name.erase(0, place.size());
    if (name.ends_with("-v1") || name.ends_with("-v2")) name.resize(name.size() - 3);
    if (name.ends_with("-latest")) name.resize(name.size() - 7);
    const std::size_t dash = name.rfind('-');
    if (dash != std::string::npos && is_date(std::string_view(name).substr(dash + 1))) name.resize(dash);
    return name;
}

// Several vendors sell a model: who made it has its list price.
std::string_view maker_of(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> k_makers = {
        {{"deepseek", "deepseek"},
         {"glm", "zai"},
         {"kimi", "moonshot"},
         {"qwen", "dashscope"},
         {"gpt", "openai"},
         {"grok", "xai"},
         {"minimax", "minimax"},
         {"gemini", "gemini"},
         {"claude", "anthropic"}}};
    for (const auto& [start, maker] : k_makers)
        if (name.starts_with(start)) return maker;
    return {};
}

double dollars(const Price& price, double input, double output, double read, double write,
               double long_write) {
    return input * price.input + output * price.output + read * price.cache_read.value_or(0) +
           write * price.cache_write.value_or(0) +
           long_write * price.long_cache_write.value_or(price.cache_write.value_or(0));
}

}  // namespace

const PriceTable& PriceTable::standard() {
    static const PriceTable table = [] {
        PriceTable made;
        made.read(k_price_data);
        return made;
    }();
    return table;
}

PriceTable PriceTable::over_standard(std::string_view text) {
    PriceTable own;
    own.read(text);
    if (own.m_date.empty()) own.m_date = "pricing_file";
    for (const auto& [name, price] : standard().m_models)
        if (own.m_models.count(name) == 0) own.m_models.emplace(name, price);
    return own;
}

void PriceTable::read(std::string_view text) {
    std::vector<std::string_view> names;
    std::size_t number = 0;
    each_line(text, [&](std::string_view line) {
        ++number;
        if (const std::size_t date = line.find("Date: ");
            line.starts_with('#') && date != std::string_view::npos)
            m_date = line.substr(date + 6, 10);
        if (trim(line).empty() || line.starts_with('#')) return;
        if (names.empty())
            names = cells_of(line);
        else
            read_row(names, line, number);
    });
    if (names.empty()) refuse(number, "there is no line with the names of the columns");
}

void PriceTable::read_row(const std::vector<std::string_view>& names, std::string_view line,
                          std::size_t number) {
    const std::vector<std::string_view> cells = cells_of(line);
    const auto cell = [&](std::string_view name) {
        const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
        return at < cells.size() ? cells[at] : std::string_view{};
    };
    const auto price = [&](std::string_view name) { return price_in(cell(name), number); };
    if (cell("model").empty()) refuse(number, "there is no model");
    if (!price("input") || !price("output")) refuse(number, "input and output need a price");
    ModelPrice row;
    row.provider = to_lower_ascii(cell("provider"));
    row.price = {*price("input"), *price("output"), price("cache_read"), price("cache_write_5m"),
                 price("cache_write_1h")};
    row.tier_above = static_cast<std::int64_t>(price("tier_above_k_input_tokens").value_or(0) * 1000);
    if (row.tier_above > 0) {
        row.tier = {price("tier_input").value_or(row.price.input),
                    price("tier_output").value_or(row.price.output), price("tier_cache_read"),
                    price("tier_cache_write"), std::nullopt};
        if (!row.tier.cache_read) row.tier.cache_read = row.price.cache_read;
        if (!row.tier.cache_write) row.tier.cache_write = row.price.cache_write;
        // Keeping for an hour costs as many times more as below the tier.
        const bool scales = row.price.long_cache_write && row.price.cache_write.value_or(0) > 0;
        if (scales)
            row.tier.long_cache_write =
                *row.tier.cache_write * *row.price.long_cache_write / *row.price.cache_write;
    }
    m_models.emplace(to_lower_ascii(cell("model")), std::move(row));
}

const ModelPrice* PriceTable::find_name(const std::string& name, std::string_view provider) const {
    const auto [first, last] = m_models.equal_range(name);
    const ModelPrice* only = nullptr;
    for (auto row = first; row != last; ++row) {
        if (!provider.empty() && row->second.provider == provider) return &row->second;
        if (only == nullptr || row->second.provider == maker_of(name)) only = &row->second;
    }
    return only;
}

const ModelPrice* PriceTable::find(std::string_view model) const {
    std::string name = to_lower_ascii(model);
    std::string provider;
    if (const std::size_t slash = name.rfind('/'); slash != std::string::npos) {
        provider = name.substr(0, name.find('/'));
        name.erase(0, slash + 1);
    }
    if (const ModelPrice* found = find_name(name, provider)) return found;
    name = without_variant(name);
    if (const ModelPrice* found = find_name(name, provider)) return found;
    std::replace(name.begin(), name.end(), '.', '-');
    return find_name(name, provider);
}

std::optional<double> PriceTable::cost_of(const std::vector<ModelUsage>& usage) const {
    double sum = 0;
    for (const ModelUsage& one : usage) {
        if (one.input_tokens == 0 && one.output_tokens == 0 && one.cache_read_tokens == 0 &&
            one.cache_write_tokens == 0)
            continue;
        const ModelPrice* row = find(one.model);
        if (row == nullptr) return std::nullopt;
        if (one.cache_read_tokens > 0 && !row->price.cache_read) return std::nullopt;
        const LongContext over = row->tier_above > 0 ? one.long_context : LongContext{};
        const auto number = [](std::int64_t count) {
            return static_cast<double>(std::max<std::int64_t>(count, 0));
        };
        const double long_write = number(std::min(one.long_cache_write_tokens, one.cache_write_tokens));
        const double share = one.cache_write_tokens > 0 ? long_write / number(one.cache_write_tokens) : 0;
        const double write = number(one.cache_write_tokens - over.cache_write_tokens);
        const double over_write = number(over.cache_write_tokens);
        sum += dollars(row->price, number(one.input_tokens - over.input_tokens),
                       number(one.output_tokens - over.output_tokens),
                       number(one.cache_read_tokens - over.cache_read_tokens), write * (1 - share),
                       write * share);
        sum += dollars(row->tier, number(over.input_tokens), number(over.output_tokens),
                       number(over.cache_read_tokens), over_write * (1 - share), over_write * share);
    }
    if (sum == 0) return std::nullopt;
    return std::round(sum) / 1e6;
}

}  // namespace opentraces::enrich
