#include "card/front_matter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "card/features.hpp"
#include "card/markers.hpp"
#include "card/text_lines.hpp"
#include "card/yaml.hpp"
#include "card/yaml_edit.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::card {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view k_fence = "---";
constexpr std::string_view k_default_config = "default";
constexpr std::string_view k_data_glob = "data/traces_*.jsonl";
constexpr std::string_view k_data_files = "data_files:\n- split: train\n  path: data/traces_*.jsonl\n";
constexpr std::string_view k_flow_config =
    "{config_name: default, data_files: [{split: train, path: data/traces_*.jsonl}]}";
constexpr std::array<std::string_view, 2> k_tags{"opentraces", "agent-traces"};
constexpr std::array<std::string_view, 6> k_score_keys{
    "conformance_score", "training_score", "rl_score", "analytics_score", "domain_score", "overall_quality"};

std::string list_block(std::string_view key, const std::vector<std::string>& items) {
    std::string block = fmt::format("{}:\n", key);
    for (const std::string& item : items)
        block += fmt::format("  - {}\n", yaml_scalar(item));
    return block;
}

bool is_scalar_list(const YamlNode& node) {
    return node.kind == Kind::Sequence && std::all_of(node.items.begin(), node.items.end(),
                                                      [](const YamlNode& item) { return item.is_scalar(); });
}

bool holds_text(const YamlNode& node, std::string_view text) {
    if (node.kind == Kind::Scalar) return node.value == text;
    return std::any_of(node.items.begin(), node.items.end(),
                       [text](const YamlNode& item) { return item.value == text; });
}

// The files of a config: a path, a list of paths, or a list of splits with paths.
bool reads_our_shards(const YamlNode& config) {
    const YamlEntry* files = config.find("data_files");
    if (files == nullptr) return false;
    if (holds_text(files->value, k_data_glob)) return true;
    return std::any_of(files->value.items.begin(), files->value.items.end(), [](const YamlNode& item) {
        const YamlEntry* path = item.find("path");
        return path != nullptr && item.text_of("split") == "train" && holds_text(path->value, k_data_glob);
    });
}

std::string license_in(const YamlNode& root) {
    const YamlEntry* entry = root.find("license");
    if (entry == nullptr || entry->value.is_null()) return {};
    std::string text = entry->value.value;
    for (const YamlNode& item : entry->value.items)
        text += (text.empty() ? "" : ", ") + item.value;
    const std::string_view name = root.text_of("license_name");
    return text == "other" && !name.empty() ? std::string(name) : text;
}

YamlNode parse_front_matter(std::string_view text) {
    try {
        return parse_yaml(text);
    } catch (const YamlError& error) {
        throw_malformed(error.line() + 2,
                        fmt::format("the front matter is not valid YAML: {}", error.what()));
    }
}

class Merger {
public:
    Merger(std::string_view text, std::string_view line_end, const CardInput& input)
        : m_text(text), m_input(input), m_edits(text, line_end), m_root(parse_front_matter(text)) {
        const bool empty = m_root.is_null();
        if (!empty && !m_root.is_block(Kind::Mapping))
            fail(m_root, "the front matter is not a list of keys and values");
        m_column = empty ? 0 : m_root.column;
    }

    std::string merge() {
        merge_choices();
        merge_size();
        merge_configs();
        merge_scores();
        merge_dataset_info();
        m_edits.insert_below(m_text.size(), m_added, m_column);
        return m_edits.apply();
    }

    std::string license() const {
        const std::string said = license_in(m_root);
        return said.empty() || m_license_replaced ? m_input.settings.license : said;
    }

private:
    [[noreturn]] static void fail(const YamlNode& node, std::string_view reason) {
        throw_malformed(node.line + 2, reason);
    }

    // nullptr also for a key without a value, which is taken as missing and replaced.
    const YamlEntry* present(std::string_view key) const {
        const YamlEntry* entry = m_root.find(key);
        if (entry != nullptr && entry->value.kind == Kind::Alias)
            fail(entry->value, "an alias cannot be merged");
        return entry == nullptr || entry->value.is_null() ? nullptr : entry;
    }

    // Writes the entry where its key is, or at the end.
    void put(std::string_view key, std::string_view block) {
        const YamlEntry* entry = m_root.find(key);
        if (entry == nullptr)
            m_added += block;
        else
            m_edits.replace(entry->begin(), entry->end(), block, m_column);
    }

    void put_if_missing(std::string_view key, std::string_view block) {
        if (present(key) == nullptr) put(key, block);
    }

    void merge_choices() {
        const CardSettings& chosen = m_input.settings;
        const auto write = [&](std::string_view key, const std::string& block) {
            if (m_input.apply_settings)
                put(key, block);
            else
                put_if_missing(key, block);
        };
        m_license_replaced = m_input.apply_settings && !chosen.license.empty();
        if (!chosen.license.empty())
            write("license", fmt::format("license: {}\n", yaml_scalar(chosen.license)));
        if (!chosen.pretty_name.empty())
            write("pretty_name", fmt::format("pretty_name: {}\n", yaml_scalar(chosen.pretty_name)));
        merge_tags();
        put_if_missing("task_categories", list_block("task_categories", {"text-generation"}));
        if (!chosen.languages.empty()) write("language", list_block("language", chosen.languages));
    }

    void merge_tags() {
        std::vector<std::string> wanted(k_tags.begin(), k_tags.end());
        wanted.insert(wanted.end(), m_input.settings.tags.begin(), m_input.settings.tags.end());
        const YamlEntry* entry = present("tags");
        if (entry == nullptr) {
            put("tags", list_block("tags", wanted));
            return;
        }
        const YamlNode& tags = entry->value;
        if (tags.kind == Kind::Scalar) {
            std::vector<std::string> all{tags.value};
            std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(all),
                         [&](const std::string& tag) { return tag != tags.value; });
            put("tags", list_block("tags", all));
            return;
        }
        if (!is_scalar_list(tags)) fail(tags, "\"tags\" is not a list of texts");
        std::vector<std::string> missing;
        for (const std::string& tag : wanted)
            if (!holds_text(tags, tag)) missing.push_back(tag);
        add_items(tags, missing);
    }

    void add_items(const YamlNode& list, const std::vector<std::string>& items) {
        if (items.empty()) return;
        if (!list.flow) {
            for (const std::string& item : items)
                m_edits.insert_below(list.end, fmt::format("- {}\n", yaml_scalar(item)), list.column);
            return;
        }
        std::string text;
        for (const std::string& item : items)
            text += (text.empty() && list.items.empty() ? "" : ", ") + yaml_scalar(item);
        m_edits.insert_at(list.items.empty() ? list.begin + 1 : list.items.back().end, text);
    }

    void merge_size() {
        const std::string_view bucket = size_category(m_input.stats.traces);
        const YamlEntry* entry = present("size_categories");
        const YamlNode* scalar = nullptr;
        if (entry != nullptr && entry->value.kind == Kind::Scalar) scalar = &entry->value;
        if (entry != nullptr && is_scalar_list(entry->value) && entry->value.items.size() == 1)
            scalar = &entry->value.items.front();
        if (scalar == nullptr)
            put("size_categories", fmt::format("size_categories:\n  - {}\n", bucket));
        else if (scalar->value != bucket)
            m_edits.replace_scalar(*scalar, bucket);
    }

    void merge_configs() {
        const YamlEntry* entry = present("configs");
        const std::string config = fmt::format("- config_name: default\n{}", indented(k_data_files, 2, true));
        if (entry == nullptr) {
            put("configs", "configs:\n" + config);
            return;
        }
        const YamlNode& configs = entry->value;
        if (configs.kind != Kind::Sequence) fail(configs, "\"configs\" is not a list");
        for (const YamlNode& item : configs.items) {
            if (item.text_of("config_name") != k_default_config) continue;
            if (!reads_our_shards(item)) set_data_files(item);
            return;
        }
        if (!configs.flow)
            m_edits.insert_below(configs.end, config, configs.column);
        else if (configs.items.empty())
            put("configs", "configs:\n" + config);
        else
            m_edits.insert_at(configs.items.back().end, fmt::format(", {}", k_flow_config));
    }

    void set_data_files(const YamlNode& config) {
        if (config.flow) fail(config, "the default config does not read data/traces_*.jsonl");
        const YamlEntry* files = config.find("data_files");
        if (files == nullptr)
            m_edits.insert_below(config.end, k_data_files, config.column);
        else
            m_edits.replace(files->begin(), files->end(), k_data_files, config.column);
    }

    void merge_scores() {
        std::map<std::string, std::string, std::less<>> scores;
        if (m_input.quality) {
            for (const PersonaScore& persona : m_input.quality->personas)
                scores[persona.name + "_score"] = fmt::format("{:.1f}", persona.average);
            scores["overall_quality"] = fmt::format("{:.1f}", m_input.quality->overall_utility);
        }
        for (const std::string_view key : k_score_keys)
            merge_score(key, scores);
    }

    void merge_score(std::string_view key, const std::map<std::string, std::string, std::less<>>& scores) {
        const auto score = scores.find(key);
        const YamlEntry* entry = m_root.find(key);
        if (score == scores.end()) {
            if (entry != nullptr) m_edits.remove(*entry);
        } else if (entry != nullptr && entry->value.is_scalar()) {
            if (entry->value.value != score->second) m_edits.replace_scalar(entry->value, score->second);
        } else {
            put(key, fmt::format("{}: {}\n", key, score->second));
        }
    }

    // Ours is the entry of the default config; what other tools left there (splits with counts of an earlier
    // state, sizes) would make loading fail.
    void merge_dataset_info() {
        const std::string info = dataset_info_yaml();
        const std::string whole = "dataset_info:\n" + indented(info, 2, true);
        const std::string item = "- " + indented(info, 2, false);
        const YamlEntry* entry = present("dataset_info");
        if (entry == nullptr) {
            put("dataset_info", whole);
            return;
        }
        const YamlNode& node = entry->value;
        if (node.kind == Kind::Mapping && is_default(node)) {
            put("dataset_info", whole);
        } else if (node.is_block(Kind::Mapping)) {
            const std::string other = item_of(node);
            put("dataset_info", "dataset_info:\n" + other + item);
        } else if (node.is_block(Kind::Sequence)) {
            const auto ours = std::find_if(node.items.begin(), node.items.end(), is_default);
            if (ours == node.items.end())
                m_edits.insert_below(node.end, item, node.column);
            else
                m_edits.replace(ours->begin, ours->end, info, ours->column);
        } else {
            fail(node, "\"dataset_info\" is written in a form that cannot be merged");
        }
    }

    static bool is_default(const YamlNode& info) {
        const std::string_view name = info.text_of("config_name");
        return name.empty() || name == k_default_config;
    }

    // A block mapping as an item of a list, lines from column 0.
    std::string item_of(const YamlNode& mapping) const {
        std::string text = "- ";
        for (std::string_view line : lines_of(m_text.substr(mapping.begin, mapping.end - mapping.begin))) {
            if (text.size() > 2) {
                const std::size_t spaces = std::min(line.find_first_not_of(' '), mapping.column);
                line.remove_prefix(std::min(spaces, line.size()));
                if (!is_blank(line)) text += "  ";
            }
            text += without_end(line);
            text += '\n';
        }
        return text;
    }

    std::string_view m_text;
    const CardInput& m_input;
    YamlEdits m_edits;
    YamlNode m_root;
    std::size_t m_column = 0;
    std::string m_added;
    bool m_license_replaced = false;
};

bool is_fence(std::string_view line) {
    return without_trailing_space(line) == k_fence;
}

std::size_t first_bad_line(std::string_view text) {
    std::size_t line = 1;
    for (const std::string_view part : lines_of(text)) {
        if (!is_valid_utf8(part) || part.find('\0') != std::string_view::npos) return line;
        ++line;
    }
    return line;
}

}  // namespace

void throw_malformed(std::size_t line, std::string_view reason, std::string hint) {
    throw Error(ErrorCode::CardMalformed, fmt::format("{}:{}: {}", k_card_path, line, reason),
                std::move(hint));
}

CardText split_card(std::string_view text) {
    if (!is_valid_utf8(text) || text.find('\0') != std::string_view::npos)
        throw_malformed(first_bad_line(text), "is not UTF-8 text");
    constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
    CardText card{{}, text, line_end_of(text), false};
    const std::vector<std::string_view> lines = lines_of(text);
    if (lines.empty() || without_end(lines.front()) != k_fence) return card;
    std::size_t at = lines.front().size();
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (is_fence(lines[i])) {
            card.front_matter = text.substr(lines.front().size(), at - lines.front().size());
            card.body = text.substr(at + lines[i].size());
            card.fenced = true;
            return card;
        }
        at += lines[i].size();
    }
    throw_malformed(1, "the front matter that starts here is never closed by a line ---");
}

std::string license_of(std::string_view text) {
    return license_in(parse_front_matter(split_card(text).front_matter));
}

FrontMatter merge_front_matter(std::string_view existing, std::string_view line_end, const CardInput& input) {
    Merger merger(existing, line_end, input);
    const std::string merged = merger.merge();
    try {
        parse_yaml(merged);
    } catch (const YamlError& error) {
        throw_malformed(2, fmt::format("the front matter cannot be merged: {}", error.what()));
    }
    // Ours must come first, and nothing can come before this.
    const std::size_t opening = find_machine_opening(merged);
    if (opening != std::string::npos)
        throw_malformed(count_lines(merged.substr(0, opening)) + 2,
                        "the front matter opens a block of statistics");
    FrontMatter result;
    result.text = fmt::format("{}{}{}{}{}", k_fence, line_end, merged, k_fence, line_end);
    result.license = merger.license();
    return result;
}

}  // namespace opentraces::card
