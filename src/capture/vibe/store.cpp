#include "capture/vibe/store.hpp"

#include <algorithm>
#include <set>

#include "capture/documents.hpp"
#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/verdict.hpp"

namespace opentraces::capture::vibe {
namespace {

constexpr std::string_view k_meta = "meta.json";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

bool is_generation(std::string_view name) {
    return name.size() == 16 && std::all_of(name.begin(), name.end(), is_digit);
}
bool is_digest(std::string_view name) {
    return name.size() == 64 && std::all_of(name.begin(), name.end(), is_hex);
}

bool is_folder_itself(const std::string& path, fs::Disk& disk) {
    const auto info = disk.info(path);
    return info && info->is_directory() && !disk.link_target(path);
}

std::vector<fs::FileInfo> journals_of(const std::string& pointer, fs::Disk& disk) {
    const std::string folder = fs::join(fs::parent(pointer), "journal");
    if (!is_folder_itself(folder, disk)) return {};
    std::vector<fs::FileInfo> files = disk.list(folder);
    std::erase_if(files, [&disk](const fs::FileInfo& file) {
        return !is_generation(fs::stem(file.path)) || !file.path.ends_with(".jsonl") ||
               !is_file_itself(file.path, disk);
    });
    std::sort(files.begin(), files.end(),
              [](const fs::FileInfo& one, const fs::FileInfo& other) { return one.path < other.path; });
    return files;
}

class Loader {
public:
    Loader(const std::string& pointer, Sources& sources, ParsedSession& parsed)
        : m_root(fs::parent(pointer)), m_sources(sources), m_parsed(parsed) {}

    std::optional<Store> load(const std::string& pointer) {
        const json::Value current = read_side_document(pointer, m_sources, m_parsed);
        const std::string generation(current["generation"].string_or());
        m_folder = fs::join(fs::join(m_root, "generations"), generation);
        if (!is_pointer(current) || !is_generation(generation) ||
            !is_folder_itself(fs::parent(m_folder), m_sources.disk()) ||
            !is_folder_itself(m_folder, m_sources.disk()))
            return refused("CURRENT names no generation that is there");
        const json::Value manifest =
            read_side_document(fs::join(m_folder, "manifest.json"), m_sources, m_parsed);
        if (manifest["checkpoint"].if_object() == nullptr) return refused("the generation has no manifest");
        Store store;
        store.meta = read_side_document(fs::join(m_root, k_meta), m_sources, m_parsed);
        store.checkpoint = document(manifest["checkpoint"]);
        store.projection = document(manifest["projection_state"]);
        store.runtime = document(manifest["runtime_state"]);
        store.messages = list(manifest["checkpoint"], store.checkpoint["context"]["messages"]);
        store.entries =
            list(manifest["projection_state"], store.projection["snapshot"]["history"]["entries"]);
        find_journals(pointer, fs::file_name(manifest["recovery_journal_segment"]["path"].string_or()),
                      store);
        return store;
    }

private:
    std::optional<Store> refused(std::string reason) {
        refuse(m_parsed, std::move(reason));
        return std::nullopt;
    }

    void skip(std::string words) { m_parsed.report.skipped.push_back({.words = std::move(words)}); }

    json::Value document(const json::Value& stored) {
        const std::string name(stored["path"].string_or());
        if (name.empty() || name.find('/') != std::string::npos || name == "..") return {};
        if (!is_file_itself(fs::join(m_folder, name), m_sources.disk()))
            skip("a document of the generation is missing");
        return read_side_document(fs::join(m_folder, name), m_sources, m_parsed);
    }

    // In versions before the chunks the list stands where it belongs.
    json::Array list(const json::Value& stored, const json::Value& in_place) {
        const json::Array* chunks = stored["chunks"].if_array();
        if (chunks == nullptr) return in_place.if_array() == nullptr ? json::Array() : *in_place.if_array();
        json::Array all;
        std::set<std::string_view> seen;
        for (const json::Value& chunk : *chunks) {
            const std::string_view digest = chunk.string_or();
            if (is_digest(digest) && seen.insert(digest).second) append_chunk(digest, all);
        }
        return all;
    }

    void append_chunk(std::string_view digest, json::Array& to) {
        const std::string folder = fs::join(m_root, "chunks");
        const std::string path = fs::join(folder, std::string(digest) + ".json");
        if (!is_folder_itself(folder, m_sources.disk()) || !is_file_itself(path, m_sources.disk()))
            return skip("a chunk is missing");
        json::Value chunk = read_side_document(path, m_sources, m_parsed);
        json::Array* items = chunk.if_array();
        if (items == nullptr) return;
        std::move(items->begin(), items->end(), std::back_inserter(to));
    }

    void find_journals(const std::string& pointer, const std::string& current, Store& store) {
        for (const fs::FileInfo& file : journals_of(pointer, m_sources.disk())) {
            const std::string name = fs::file_name(file.path);
            if (name == current) store.journal = file.path;
            if (name < current) store.old_journals.push_back(file.path);
        }
    }

    std::string m_root;
    std::string m_folder;  // of the generation
    Sources& m_sources;
    ParsedSession& m_parsed;
};

}  // namespace

bool is_pointer(const json::Value& start) {
    return start["store_format"].string_or().starts_with("mistral.vibe.unified-session-store/") &&
           start["generation"].if_string() != nullptr;
}

std::string project_of_store(const std::string& pointer, Sources& sources) {
    const std::string meta = fs::join(fs::parent(pointer), k_meta);
    if (!is_file_itself(meta, sources.disk())) return {};
    return std::string(start_of_document(meta, sources)["environment"]["working_directory"].string_or());
}

std::string fingerprint_of_store(const std::string& pointer, fs::Disk& disk) {
    Fingerprint fingerprint;
    fingerprint.add(pointer, disk);
    fingerprint.add(fs::join(fs::parent(pointer), k_meta), disk);
    for (const fs::FileInfo& file : journals_of(pointer, disk))
        fingerprint.add(file);
    return fingerprint.finish();
}

std::optional<Store> load_store(const std::string& pointer, Sources& sources, ParsedSession& parsed) {
    return Loader(pointer, sources, parsed).load(pointer);
}

}  // namespace opentraces::capture::vibe
