// Random-looking runs without a known form. Precision comes from what generated secrets have and names,
// paths, digests and encoded binary do not.
#include <algorithm>
#include <array>
#include <cstdint>

#include "security/match/strength.hpp"
#include "security/scan/scanner.hpp"
#include "security/scan/views.hpp"

namespace opentraces::security {

namespace {

constexpr std::size_t k_max_run = 120;  // longer ones are encoded data
constexpr double k_min_entropy = 4.0;

// Ids that agents and services put on everything they log.
constexpr std::array<std::string_view, 42> k_id_prefixes = {
    "toolu_", "srvtoolu_",  "tooluse_",  "call_",      "msg_",  "req_", "resp_", "chatcmpl-", "cmpl-",
    "run_",   "thread_",    "asst_",     "file-",      "file_", "rs_",  "fc_",   "ws_",       "item_",
    "sess_",  "ses_",       "evt_",      "step_",      "part_", "prt_", "task_", "batch_",    "org-",
    "user-",  "user_",      "session_",  "ctc_",       "ig_",   "fp_",  "gen-",  "modelcall", "vrtx_",
    "exec_",  "functions.", "chatcmpl_", "container_", "cntr_", "conv_"};

bool known_id(std::string_view text, std::size_t begin, std::string_view run) {
    for (const auto prefix : k_id_prefixes) {
        const std::size_t at = run.find(prefix);
        if (at != std::string_view::npos && (at == 0 || !is<'w'>(run[at - 1]))) return true;
    }
    // sha256-…=, sha512:…, base64,… and other digests and data say so right before them.
    const std::string_view before =
        text.substr(begin < 24 ? 0 : begin - 24, std::min<std::size_t>(begin, 24));
    const std::string_view near = run.substr(0, std::min<std::size_t>(run.size(), 8));
    for (const std::string_view sign :
         {"sha1", "sha256", "sha384", "sha512", "SHA1", "SHA256", "SHA384", "SHA512", "md5"})
        if (before.find(sign) != std::string_view::npos || near.find(sign) != std::string_view::npos)
            return true;
    for (const std::string_view sign : {"public", "Public", "PUBLIC", "pubkey", "fingerprint", "equestId",
                                        "equestid", "equest_id", "equest-id", "challenge", "c_hash"})
        if (before.find(sign) != std::string_view::npos) return true;
    // Public keys of SSH.
    for (const std::string_view sign : {"AAAAB3NzaC1", "AAAAC3NzaC1", "AAAAE2VjZHNh", "AAAAG"})
        if (run.starts_with(sign)) return true;
    // Alphabets.
    for (const std::string_view sign : {"0123456789", "abcdefghij", "ABCDEFGHIJ"})
        if (run.find(sign) != std::string_view::npos) return true;
    if (run.starts_with("code_challenge=")) return true;
    // Node ids of GitHub's interface.
    if (run.find("_kwDO") != std::string_view::npos || run.starts_with("MDQ6")) return true;
    // What SOPS encrypts: ENC[AES256_GCM,data:…,iv:…,tag:…,type:str]
    for (const std::string_view sign : {"AES256_GCM,data:", ",iv:", ",tag:"})
        if (before.ends_with(sign)) return true;
    return before.ends_with("base64,") || before.ends_with("h1:");
}

struct Mix {
    std::size_t lower = 0;
    std::size_t upper = 0;
    std::size_t digits = 0;
};

Mix mix_of(std::string_view run) {
    static constexpr auto k_kinds = [] {
        std::array<std::uint8_t, 256> kinds{};
        for (std::size_t c = 0; c < kinds.size(); ++c)
            kinds[c] = class_holds('a', static_cast<unsigned char>(c))   ? 1
                       : class_holds('A', static_cast<unsigned char>(c)) ? 2
                       : class_holds('d', static_cast<unsigned char>(c)) ? 3
                                                                         : 0;
        return kinds;
    }();
    std::array<std::size_t, 4> counts{};
    for (const char c : run)
        ++counts[k_kinds[static_cast<unsigned char>(c)]];
    return {counts[1], counts[2], counts[3]};
}

bool is_mixed(const Mix& mix) {
    return mix.lower >= 3 && mix.upper >= 3 && mix.digits >= 2;
}

// The longest part between slashes, hyphens and underscores must carry the randomness by itself.
std::string_view longest_part(std::string_view run, std::string_view separators) {
    std::string_view longest;
    for (std::size_t at = 0; at <= run.size();) {
        const std::size_t end = std::min(run.find_first_of(separators, at), run.size());
        if (end - at > longest.size()) longest = run.substr(at, end - at);
        at = end + 1;
    }
    return longest;
}

bool looks_secret(std::string_view text, std::size_t begin, std::string_view run) {
    if (!is_mixed(mix_of(run))) return false;
    const bool path_like =
        run.find('/') != std::string_view::npos && (run.front() == '/' || word_likeness(run) > 0.5);
    if (path_like) return false;
    const std::string_view core = longest_part(run, "-_=");
    if (core.size() < 16 || longest_part(core, "/").size() < 10) return false;
    if (is_digest_or_uuid(run) || is_digest_or_uuid(core)) return false;
    if (!is_mixed(mix_of(core))) return false;
    if (shannon_entropy(core) < k_min_entropy || word_likeness(core) > 0.55) return false;
    if (!looks_generated(core) || known_id(text, begin, run) || is_placeholder(run)) return false;
    // Encoded text has been read by then; if it held a secret, it is known.
    return !decode_base64_text(run);
}

}  // namespace

bool is_random_run(std::string_view text, Span run) {
    return run.end - run.begin <= k_max_run &&
           looks_secret(text, run.begin, text.substr(run.begin, run.end - run.begin));
}

}  // namespace opentraces::security
