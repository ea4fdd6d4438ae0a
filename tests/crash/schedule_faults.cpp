#include "schedule_faults.hpp"

#include <array>
#include <utility>

#include "opentraces/net/curl_transport.hpp"

namespace opentraces::testing {
namespace {

using hub_emulator::Fault;
using hub_emulator::FaultKind;

// Kinds that can hit any request, as often as they should come up.
constexpr std::array k_anywhere = {
    FaultKind::k_drop_before,
    FaultKind::k_drop_before,
    FaultKind::k_drop_after,
    FaultKind::k_drop_after,
    FaultKind::k_status,
    FaultKind::k_status,
    FaultKind::k_status,
    FaultKind::k_error_after,
    FaultKind::k_error_after,
    FaultKind::k_drop_in_body,
    FaultKind::k_drop_in_body,
    FaultKind::k_truncate_answer,
    FaultKind::k_corrupt_body,
    FaultKind::k_html,
    FaultKind::k_presigned_expired,
    FaultKind::k_answer_then_work,
    FaultKind::k_commit_slips_in,
    FaultKind::k_commit_slips_in,
    FaultKind::k_conflict_no_url,
    FaultKind::k_lfs_object_error,
    FaultKind::k_shuffle_preupload,
    FaultKind::k_gzip_text,
    FaultKind::k_extra_fields,
    FaultKind::k_redirect_loop,
};
constexpr std::array k_statuses = {408, 409, 412, 429, 500, 502, 503, 504};
constexpr std::array k_errors_after_work = {408, 500, 502, 503, 504};
constexpr std::array k_commit_answers = {FaultKind::k_drop_after,      FaultKind::k_error_after,
                                         FaultKind::k_truncate_answer, FaultKind::k_answer_then_work,
                                         FaultKind::k_drop_in_body,    FaultKind::k_status};

template <class T, std::size_t N>
T pick(Chance& chance, const std::array<T, N>& from) {
    return from[chance.below(N)];
}

void choose_place(Chance& chance, Fault& fault) {
    fault.nth = 1 + static_cast<int>(chance.below(10));
    switch (fault.kind) {
        case FaultKind::k_commit_slips_in:
            fault.method = "POST";
            fault.path_parts = {"/commit/"};
            fault.nth = 1 + static_cast<int>(chance.below(2));
            break;
        case FaultKind::k_presigned_expired:
            fault.origin = hub_emulator::Origin::k_storage;
            fault.nth = 1 + static_cast<int>(chance.below(3));
            break;
        case FaultKind::k_corrupt_body:
            // Downloads only: a JSON answer that is damaged and still JSON is what TLS is there for.
            fault.method = "GET";
            fault.path_parts = {"/resolve/"};
            fault.nth = 1 + static_cast<int>(chance.below(3));
            break;
        case FaultKind::k_conflict_no_url:
            fault.method = "POST";
            fault.path_parts = {"/api/repos/create"};
            fault.nth = 1;
            break;
        default:
            break;
    }
}

void choose_status(Chance& chance, Fault& fault) {
    fault.status =
        fault.kind == FaultKind::k_status ? pick(chance, k_statuses) : pick(chance, k_errors_after_work);
    if (fault.kind == FaultKind::k_html) fault.status = chance.one_in(2) ? 200 : 502;
    if (fault.status == 429) {
        const bool window = chance.one_in(2);
        fault.headers = {{"RateLimit", window ? "\"api\";r=0;t=7" : "\"api\";r=321;t=7"}};
    }
    if (chance.one_in(5)) fault.headers.emplace_back("Retry-After", "3");
}

}  // namespace

Fault random_fault(Chance& chance, const std::string& repo) {
    Fault fault;
    fault.name = "schedule";
    fault.repo = repo;
    fault.count = chance.one_in(8) ? -1 : 1 + static_cast<int>(chance.below(3));
    if (chance.one_in(3)) {
        // The one request that must never be repeated blindly gets more than its share.
        fault.kind = pick(chance, k_commit_answers);
        fault.method = "POST";
        fault.path_parts = {"/commit/"};
        fault.nth = 1;
    } else if (chance.one_in(60)) {
        fault.kind = chance.one_in(2) ? FaultKind::k_stall : FaultKind::k_stall_after;
        fault.count = 1;
        fault.nth = 1 + static_cast<int>(chance.below(10));
    } else {
        fault.kind = pick(chance, k_anywhere);
        choose_place(chance, fault);
    }
    choose_status(chance, fault);
    const bool stalls = fault.kind == FaultKind::k_stall || fault.kind == FaultKind::k_stall_after;
    fault.delay = std::chrono::milliseconds(stalls ? 3500 : chance.below(20));
    fault.bytes = chance.one_in(2) ? chance.below(4) << 16 : chance.below(3000);
    return fault;
}

std::unique_ptr<net::Transport> impatient_transport() {
    net::CurlOptions options;
    options.limits.stall_seconds = 2;
    return net::curl_transport(std::move(options));
}

}  // namespace opentraces::testing
