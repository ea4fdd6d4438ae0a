#include "opentraces/enrich/prices.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "enrich/price_data.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

constexpr std::array<std::string_view, 13> k_columns{
    "provider",   "model",          "input",           "output",
    "cache_read", "cache_write_5m", "cache_write_1h",  "tier_above_k_input_tokens",
    "tier_input", "tier_output",    "tier_cache_read", "tier_cache_write",
    "retired"};

constexpr double k_highest_price = 1e6;  // dollars for a million tokens
constexpr double k_highest_tier = 1e9;   // thousands of tokens
constexpr std::string_view k_date_mark = "Date: ";

std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    for (;;) {
        const std::size_t tab = line.find('\t');
        cells.push_back(trim(line.substr(0, tab)));
        if (tab == std::string_view::npos) return cells;
        line.remove_prefix(tab + 1);
    }
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

bool is_used(const ModelUsage& usage) {
    return usage.input_tokens != 0 || usage.output_tokens != 0 || usage.cache_read_tokens != 0 ||
           usage.cache_write_tokens != 0;
}

SizedUsage beyond_tier(const ModelUsage& usage, const ModelPrice& price) {
    SizedUsage over;
    if (price.tier_above == 0) return over;
    const auto end = usage.by_input_size.end();
    for (auto sized = usage.by_input_size.upper_bound(price.tier_above); sized != end; ++sized) {
        over.input_tokens += sized->second.input_tokens;
        over.output_tokens += sized->second.output_tokens;
        over.cache_read_tokens += sized->second.cache_read_tokens;
        over.cache_write_tokens += sized->second.cache_write_tokens;
    }
    return over;
}

}  // namespace

// Whoever may write the file may put a link in its place: what it says is in no message.
class PriceReader {
public:
    PriceReader(PriceTable& table, const std::string& file) : m_table(table), m_file(file) {}

    void read(std::string_view text) {
        each_line(text, [this](std::string_view line) {
            ++m_line;
            read_line(line);
        });
        if (m_names.empty()) refuse("there is no line with the names of the columns");
    }

private:
    [[noreturn]] void refuse(const std::string& why) const {
        throw Error(
            ErrorCode::ConfigInvalid, fmt::format("{}:{}: {}", m_file, std::max<std::size_t>(m_line, 1), why),
            "Mend the file (docs/outcomes.md has its form), or run: opentraces config unset pricing_file");
    }

    void read_line(std::string_view line) {
        if (line.starts_with('#')) return read_comment(line);
        if (trim(line).empty()) return;
        if (m_names.empty()) return read_names(cells_of(line));
        read_row(cells_of(line));
    }

    void read_comment(std::string_view line) {
        const std::size_t at = line.find(k_date_mark);
        if (at == std::string_view::npos) return;
        const std::string date(line.substr(at + k_date_mark.size(), std::string_view("2026-01-31").size()));
        if (date.size() != std::string_view("2026-01-31").size() || !parse_iso8601(date + "T00:00:00Z"))
            refuse("behind Date: there is no date (YYYY-MM-DD)");
        m_table.m_date = date;
    }

    void read_names(std::vector<std::string_view> names) {
        for (std::size_t at = 0; at < names.size(); ++at) {
            const auto known = std::find(k_columns.begin(), k_columns.end(), names[at]);
            if (known == k_columns.end())
                refuse(fmt::format("column {} has another name than these: {}", at + 1,
                                   fmt::join(k_columns, ", ")));
            if (std::count(names.begin(), names.end(), names[at]) > 1)
                refuse(fmt::format("there are several columns {}", *known));
        }
        for (const std::string_view needed : {"model", "input", "output"})
            if (std::find(names.begin(), names.end(), needed) == names.end())
                refuse(fmt::format("there is no column {}", needed));
        // They are those of k_columns: the text may go.
        for (const std::string_view name : names)
            m_names.push_back(*std::find(k_columns.begin(), k_columns.end(), name));
    }

    std::string_view cell(std::string_view name) const {
        const auto at =
            static_cast<std::size_t>(std::find(m_names.begin(), m_names.end(), name) - m_names.begin());
        return at < m_cells.size() ? m_cells[at] : std::string_view{};
    }

    std::optional<double> number(std::string_view name, double highest) const {
        const std::string_view text = cell(name);
        if (text.empty()) return std::nullopt;
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole = error == std::errc() && end == text.data() + text.size();
        if (!whole || !(value >= 0) || value > highest)
            refuse(fmt::format("{} is no number from 0 to {:.0f}", name, highest));
        return value;
    }

    std::optional<double> price(std::string_view name) const { return number(name, k_highest_price); }

    void read_row(std::vector<std::string_view> cells) {
        m_cells = std::move(cells);
        if (m_cells.size() > m_names.size()) refuse("there are more values than columns");
        const std::string model = to_lower_ascii(cell("model"));
        if (model.empty()) refuse("there is no model");
        if (!price("input") || !price("output")) refuse("input and output need a price");
        ModelPrice row;
        row.provider = to_lower_ascii(cell("provider"));
        row.price = {*price("input"), *price("output"), price("cache_read"), price("cache_write_5m"),
                     price("cache_write_1h")};
        read_tier(row);
        const auto [first, last] = m_table.m_models.equal_range(model);
        if (std::any_of(first, last,
                        [&](const auto& other) { return other.second.provider == row.provider; }))
            refuse("this model of this provider was in a line before");
        m_table.m_models.emplace(model, std::move(row));
    }

    void read_tier(ModelPrice& row) const {
        const double above = number("tier_above_k_input_tokens", k_highest_tier).value_or(0);
        if (above != std::floor(above)) refuse("tier_above_k_input_tokens is no whole number");
        row.tier_above = static_cast<std::int64_t>(above);
        if (row.tier_above == 0) return;
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

    PriceTable& m_table;
    const std::string& m_file;
    std::size_t m_line = 0;
    std::vector<std::string_view> m_names;
    std::vector<std::string_view> m_cells;
};

const PriceTable& PriceTable::standard() {
    static const PriceTable table = [] {
        PriceTable made;
        const std::string file = "prices.tsv";
        PriceReader(made, file).read(k_price_data);
        return made;
    }();
    return table;
}

PriceTable PriceTable::over_standard(std::string_view text, const std::string& file) {
    PriceTable own;
    own.m_under = &standard();
    PriceReader(own, file).read(text);
    return own;
}

const ModelPrice* PriceTable::find_name(const std::string& name, std::string_view provider) const {
    const auto [first, last] = m_models.equal_range(name);
    const ModelPrice* only = nullptr;
    for (auto row = first; row != last; ++row) {
        const std::string& sold_by = row->second.provider;
        if (!provider.empty() && sold_by == provider) return &row->second;
        // What somebody has agreed with one vendor says nothing of another.
        if (m_under != nullptr && !provider.empty() && !sold_by.empty()) continue;
        if (only == nullptr || row->second.provider == maker_of(name)) only = &row->second;
    }
    return only;
}

const ModelPrice* PriceTable::find_own(std::string_view model) const {
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

const ModelPrice* PriceTable::find(std::string_view model) const {
    const ModelPrice* const own = find_own(model);
    return own != nullptr || m_under == nullptr ? own : m_under->find(model);
}

std::string PriceTable::own_source() const {
    if (m_under == nullptr) return "prices of " + m_date;
    return m_date.empty() ? "prices of pricing_file" : "prices of pricing_file, " + m_date;
}

std::string PriceTable::source_of(const std::vector<ModelUsage>& usage) const {
    const auto is_own = [this](const ModelUsage& one) {
        return is_used(one) && find_own(one.model) != nullptr;
    };
    const auto is_other = [this](const ModelUsage& one) {
        return is_used(one) && find_own(one.model) == nullptr;
    };
    const bool none = std::none_of(usage.begin(), usage.end(), is_own);
    if (m_under == nullptr) return own_source();
    if (none) return m_under->source_of(usage);
    if (std::none_of(usage.begin(), usage.end(), is_other)) return own_source();
    return own_source() + "; " + m_under->own_source();
}

std::optional<double> PriceTable::cost_of(const std::vector<ModelUsage>& usage) const {
    double sum = 0;
    for (const ModelUsage& one : usage) {
        if (!is_used(one)) continue;
        const ModelPrice* row = find(one.model);
        if (row == nullptr) return std::nullopt;
        if (one.cache_read_tokens > 0 && !row->price.cache_read) return std::nullopt;
        const SizedUsage over = beyond_tier(one, *row);
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
