#include "card.hpp"

#include <yaml.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

namespace hub_emulator {
namespace {

using nlohmann::json;

const std::set<std::string>& licenses() {
    static const std::set<std::string> k_licenses = [] {
        std::istringstream words(
            "apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 "
            "bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause "
            "bsd-3-clause-clear c-uda cc "
            "cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 "
            "cc-by-nc-3.0 "
            "cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 "
            "cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 "
            "epl-2.0 "
            "etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc "
            "h-research "
            "intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0 "
            "openmdw-1.1 "
            "openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license "
            "fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 "
            "grok2-community gemma "
            "unknown other");
        std::set<std::string> set;
        for (std::string word; words >> word;) {
            set.insert(word);
        }
        return set;
    }();
    return k_licenses;
}

const std::set<std::string>& size_categories() {
    static const std::set<std::string> k_sizes = {
        "n<1K",     "1K<n<10K",   "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B",
        "1B<n<10B", "10B<n<100B", "100B<n<1T",  "n>1T",      "unknown",  "other"};
    return k_sizes;
}

json plain_scalar(const std::string& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
        return nullptr;
    }
    if (text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" ||
        text == "FALSE") {
        return text[0] == 't' || text[0] == 'T';
    }
    if (text.find_first_not_of("+-.0123456789eE") == std::string::npos &&
        text.find_first_of("0123456789") != std::string::npos) {
        char* end = nullptr;
        const bool whole = text.find_first_of(".eE") == std::string::npos;
        const json number =
            whole ? json(std::strtoll(text.c_str(), &end, 10)) : json(std::strtod(text.c_str(), &end));
        if (*end == '\0') {
            return number;
        }
    }
    return text;
}

json to_json(yaml_document_t& document, const yaml_node_t& node, int depth);

json node_json(yaml_document_t& document, int index, int depth) {
    const auto* node = yaml_document_get_node(&document, index);
    return node == nullptr || depth > 100 ? json() : to_json(document, *node, depth);
}

std::string key_text(yaml_document_t& document, int index) {
    const auto key = node_json(document, index, 99);
    return key.is_string() ? key.get<std::string>() : key.dump();
}

json to_json(yaml_document_t& document, const yaml_node_t& node, int depth) {
    if (node.type == YAML_SEQUENCE_NODE) {
        json list = json::array();
        for (const auto* item = node.data.sequence.items.start; item < node.data.sequence.items.top; ++item) {
            list.push_back(node_json(document, *item, depth + 1));
        }
        return list;
    }
    if (node.type == YAML_MAPPING_NODE) {
        json map = json::object();
        for (const auto* pair = node.data.mapping.pairs.start; pair < node.data.mapping.pairs.top; ++pair) {
            const auto key = key_text(document, pair->key);
            if (map.contains(key)) {
                throw std::runtime_error("duplicated mapping key: " + key);
            }
            map[key] = node_json(document, pair->value, depth + 1);
        }
        return map;
    }
    const std::string text(reinterpret_cast<const char*>(node.data.scalar.value), node.data.scalar.length);
    return node.data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? plain_scalar(text) : json(text);
}

json parse_yaml(const std::string& text) {
    yaml_parser_t parser;
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    yaml_document_t document;
    if (yaml_parser_load(&parser, &document) == 0) {
        const std::string problem = parser.problem == nullptr ? "cannot be read" : parser.problem;
        const auto line = parser.problem_mark.line + 1;
        yaml_parser_delete(&parser);
        throw std::runtime_error(problem + " (" + std::to_string(line) + ")");
    }
    const auto guard = std::shared_ptr<void>(nullptr, [&](void*) {
        yaml_document_delete(&document);
        yaml_parser_delete(&parser);
    });
    const auto* root = yaml_document_get_root_node(&document);
    return root == nullptr ? json() : to_json(document, *root, 0);
}

// Text between the fences; false if there is no front matter.
bool front_matter(const std::string& content, std::string& yaml) {
    std::istringstream lines(content);
    std::string line;
    if (!std::getline(lines, line) || (line != "---" && line != "---\r")) {
        return false;
    }
    while (std::getline(lines, line)) {
        if (line == "---" || line == "---\r") {
            return true;
        }
        yaml += line + "\n";
    }
    return false;
}

json as_list(const json& value) {
    return value.is_array() ? value : json::array({value});
}

std::string joined(const std::set<std::string>& values) {
    std::string text;
    for (const auto& value : values) {
        text += (text.empty() ? "" : ", ") + value;
    }
    return text;
}

void check_values(const json& metadata, const char* key, const std::set<std::string>& allowed,
                  CardCheck& check) {
    if (!metadata.contains(key) || metadata[key].is_null()) {
        return;
    }
    for (const auto& value : as_list(metadata[key])) {
        if (!value.is_string() || allowed.count(value.get<std::string>()) == 0) {
            check.errors.push_back("\"" + std::string(key) + "\" must be one of [" + joined(allowed) + "]");
            return;
        }
    }
}

void check_types(const json& metadata, CardCheck& check) {
    for (const auto* key : {"tags", "task_categories", "size_categories", "configs"}) {
        if (metadata.contains(key) && !metadata[key].is_array() && !metadata[key].is_null()) {
            check.errors.push_back("\"" + std::string(key) + "\" must be an array");
        }
    }
    if (metadata.contains("pretty_name") && !metadata["pretty_name"].is_string()) {
        check.errors.push_back("\"pretty_name\" must be a string");
    }
    for (const auto& config : metadata.value("configs", json::array())) {
        if (!config.is_object() || !config.contains("config_name") || !config["config_name"].is_string()) {
            check.errors.push_back("\"configs[].config_name\" is required");
        }
    }
    for (const auto& tag : as_list(metadata.value("tags", json::array()))) {
        if (!tag.is_string()) {
            check.errors.push_back("\"tags[]\" must be a string");
        }
    }
}

}  // namespace

CardCheck check_card(const std::string& content) {
    CardCheck check;
    std::string yaml;
    const std::string missing = "empty or missing yaml metadata in repo card";
    if (!front_matter(content, yaml)) {
        check.warnings.push_back(missing);
        return check;
    }
    try {
        check.metadata = parse_yaml(yaml);
    } catch (const std::runtime_error& error) {
        check.errors.push_back(std::string("Invalid metadata in README.md: ") + error.what());
        return check;
    }
    if (check.metadata.is_null()) {
        check.metadata = json::object();
        check.warnings.push_back(missing);
    } else if (!check.metadata.is_object()) {
        check.metadata = json::object();
        check.errors.push_back("Invalid metadata in README.md: must be a mapping");
    } else {
        check_types(check.metadata, check);
        check_values(check.metadata, "license", licenses(), check);
        check_values(check.metadata, "size_categories", size_categories(), check);
    }
    return check;
}

std::vector<std::string> card_tags(const json& metadata) {
    std::vector<std::string> tags;
    for (const auto* key : {"task_categories", "task_ids", "language", "license", "size_categories"}) {
        if (metadata.contains(key) && !metadata[key].is_null()) {
            for (const auto& value : as_list(metadata[key])) {
                tags.push_back(std::string(key) + ":" +
                               (value.is_string() ? value.get<std::string>() : value.dump()));
            }
        }
    }
    for (const auto& tag : metadata.value("tags", json::array())) {
        if (tag.is_string()) {
            tags.push_back(tag.get<std::string>());
        }
    }
    return tags;
}

}  // namespace hub_emulator
