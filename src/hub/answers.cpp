#include "hub/answers.hpp"

#include <algorithm>
#include <charconv>

#include "hub/api_error.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/hub/remote_spec.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::hub {
namespace {

std::optional<std::uint64_t> decimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// What the Hub calls things goes into addresses and to terminals.
bool holds(void (*check)(std::string_view), const std::string& name) {
    try {
        check(name);
        return true;
    } catch (const Error&) {
        return false;
    }
}

const json::Array& array_of(const json::Value& value, const net::Response& response, std::string_view doing) {
    const json::Array* array = value.if_array();
    if (array == nullptr) throw unexpected(response, doing, "something that is not a list");
    return *array;
}

void add_scopes(Identity& identity, const json::Value& scoped) {
    const json::Array* scopes = scoped.if_array();
    if (scopes == nullptr) return;
    for (const json::Value& scope : *scopes) {
        const json::Array* permissions = scope["permissions"].if_array();
        if (permissions == nullptr) continue;
        const bool writes =
            std::any_of(permissions->begin(), permissions->end(),
                        [](const json::Value& name) { return name.string_or() == "repo.write"; });
        if (writes) identity.writable.emplace_back(scope["entity"]["name"].string_or());
    }
}

}  // namespace

json::Value json_of(const net::Response& response, std::string_view doing) {
    try {
        return json::read_document(response.body);
    } catch (const json::SyntaxError&) {
        throw unexpected(response, doing, "something that is not JSON");
    }
}

Identity identity_of(const net::Response& response, std::string_view doing) {
    const json::Value body = json_of(response, doing);
    Identity identity;
    identity.name = body["name"].string_or();
    identity.kind = body["type"].string_or("user");
    const json::Value& token = body["auth"]["accessToken"];
    identity.token_name = net::server_words(token["displayName"].string_or());
    identity.token_role = token["role"].string_or();
    if (!holds(check_owner, identity.name))
        throw unexpected(response, doing, "an answer without a usable name");
    if (const json::Array* orgs = body["orgs"].if_array()) {
        for (const json::Value& org : *orgs)
            identity.organisations.push_back({net::server_words(org["name"].string_or()),
                                              net::server_words(org["roleInOrg"].string_or())});
    }
    add_scopes(identity, token["fineGrained"]["scoped"]);
    return identity;
}

RepoInfo repo_info_of(const net::Response& response, std::string_view doing) {
    const json::Value body = json_of(response, doing);
    RepoInfo info;
    info.id = body["id"].string_or();
    info.head = body["sha"].string_or();
    const bool* is_private = body["private"].if_bool();
    if (!holds(check_repo_id, info.id) || !is_lower_hex(info.head, 40) || is_private == nullptr)
        throw unexpected(response, doing, "an answer that lacks the dataset's state");
    info.is_private = *is_private;
    info.disabled = body["disabled"].bool_or(false);
    const std::string_view gated = body["gated"].string_or();
    if (gated == "manual")
        info.gating = Gating::Manual;
    else if (gated == "auto" || body["gated"].bool_or(false))
        info.gating = Gating::Auto;
    return info;
}

std::vector<RemoteFile> files_of(const net::Response& response, std::string_view doing) {
    const json::Value body = json_of(response, doing);
    std::vector<RemoteFile> files;
    for (const json::Value& entry : array_of(body, response, doing)) {
        RemoteFile file;
        file.path = entry["path"].string_or();
        file.folder = entry["type"].string_or() == "directory";
        file.digest = entry["oid"].string_or();
        file.size = static_cast<std::uint64_t>(entry["size"].integer().value_or(0));
        if (entry["lfs"].if_object() != nullptr) {
            file.large = true;
            file.digest = entry["lfs"]["oid"].string_or();
            file.size = static_cast<std::uint64_t>(entry["lfs"]["size"].integer().value_or(0));
        }
        // A gated dataset's listing masks digests with asterisks for those without access.
        if (file.path.empty() || !is_lower_hex(file.digest, file.large ? 64 : 40))
            throw unexpected(response, doing, "a listing without usable digests");
        files.push_back(std::move(file));
    }
    return files;
}

std::vector<std::string> commit_ids_of(const net::Response& response, std::string_view doing) {
    const json::Value body = json_of(response, doing);
    std::vector<std::string> ids;
    for (const json::Value& entry : array_of(body, response, doing))
        ids.emplace_back(entry["id"].string_or());
    return ids;
}

std::vector<ListedDataset> datasets_of(const net::Response& response, std::string_view doing) {
    const json::Value body = json_of(response, doing);
    std::vector<ListedDataset> datasets;
    for (const json::Value& entry : array_of(body, response, doing)) {
        ListedDataset dataset;
        dataset.id = entry["id"].string_or();
        dataset.is_private = entry["private"].bool_or(false);
        dataset.last_modified = entry["lastModified"].string_or();
        dataset.downloads = entry["downloads"].integer().value_or(0);
        if (const json::Array* tags = entry["tags"].if_array())
            for (const json::Value& tag : *tags)
                dataset.tags.emplace_back(tag.string_or());
        datasets.push_back(std::move(dataset));
    }
    return datasets;
}

std::map<std::string, UploadPlan> upload_plans_of(const net::Response& response, std::string_view doing) {
    const json::Value body = json_of(response, doing);
    std::map<std::string, UploadPlan> plans;
    for (const json::Value& entry : array_of(body["files"], response, doing)) {
        const std::string_view mode = entry["uploadMode"].string_or();
        if (mode != "lfs" && mode != "regular") throw unexpected(response, doing, "an unknown upload mode");
        UploadPlan plan;
        plan.large = mode == "lfs";
        plan.ignored = entry["shouldIgnore"].bool_or(false);
        plan.remote_digest = entry["oid"].string_or();
        plans[std::string(entry["path"].string_or())] = std::move(plan);
    }
    return plans;
}

Receipt receipt_of(const net::Response& response, std::string_view doing) {
    const json::Value body = json_of(response, doing);
    Receipt receipt{
        std::string(body["commitOid"].string_or()), net::server_words(body["commitUrl"].string_or()), {}};
    if (!is_lower_hex(receipt.oid, 40)) throw unexpected(response, doing, "an answer without a commit id");
    return receipt;
}

std::vector<LfsAction> lfs_actions_of(const net::Response& response, std::string_view doing) {
    const json::Value body = json_of(response, doing);
    std::vector<LfsAction> actions;
    for (const json::Value& entry : array_of(body["objects"], response, doing)) {
        LfsAction action;
        action.sha256 = entry["oid"].string_or();
        if (entry["error"].if_object() != nullptr) {
            action.error = entry["error"]["message"].string_or("refused");
        }
        const json::Value& upload = entry["actions"]["upload"];
        action.href = upload["href"].string_or();
        action.verify_href = entry["actions"]["verify"]["href"].string_or();
        action.part_size = decimal(upload["header"]["chunk_size"].string_or()).value_or(0);
        if (const json::Object* header = upload["header"].if_object();
            header != nullptr && action.part_size) {
            std::map<std::uint64_t, std::string> parts;
            for (const auto& [key, url] : *header)
                if (const auto number = decimal(key)) parts[*number] = url.string_or();
            for (auto& [number, url] : parts)
                action.part_urls.push_back(std::move(url));
        }
        actions.push_back(std::move(action));
    }
    return actions;
}

}  // namespace opentraces::hub
