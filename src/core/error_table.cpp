#include <array>

#include "opentraces/core/error.hpp"

namespace opentraces {
namespace {

using enum ErrorCode;
using Kind = ErrorKind;

constexpr std::array k_table{
    ErrorRow{Internal, "INTERNAL", Kind::Internal, false,
             "This is a bug in opentraces: please report it with the command you ran."},
    ErrorRow{BadOption, "BAD_OPTION", Kind::Usage, false, "Run the command with --help to see its options."},
    ErrorRow{InvalidState, "INVALID_STATE", Kind::Usage, false, "Run: opentraces list"},
    ErrorRow{InvalidRepoId, "INVALID_REPO_ID", Kind::Usage, false,
             "Give owner/name for a Hub dataset, or a path such as ./folder for a dataset folder."},
    ErrorRow{ConfirmationRequired, "CONFIRMATION_REQUIRED", Kind::Usage, false,
             "Repeat the command with --yes to confirm."},
    ErrorRow{NotAuthenticated, "NOT_AUTHENTICATED", Kind::Config, false,
             "Run: opentraces login, or set HF_TOKEN to a token with write access."},
    ErrorRow{InvalidToken, "INVALID_TOKEN", Kind::Config, false,
             "Create a token with write access in the Hub's settings, then run: opentraces login"},
    ErrorRow{PermissionDenied, "PERMISSION_DENIED", Kind::Config, false,
             "Use a token with write access to this dataset: opentraces login"},
    ErrorRow{NotInitialized, "NOT_INITIALIZED", Kind::Config, false, "Run: opentraces init"},
    ErrorRow{UntrustedProject, "UNTRUSTED_PROJECT", Kind::Config, false,
             "Look at .opentraces, then run: opentraces init --adopt"},
    ErrorRow{SettingsUnreadable, "SETTINGS_UNREADABLE", Kind::Corrupt, false,
             "Repair the file by hand; opentraces does not overwrite what it cannot read."},
    ErrorRow{ConfigInvalid, "CONFIG_INVALID", Kind::Config, false,
             "Run: opentraces config list --show-origin"},
    ErrorRow{VisibilityMismatch, "VISIBILITY_MISMATCH", Kind::Config, false,
             "To make a private dataset public run: opentraces push --publish"},
    ErrorRow{GatedRepo, "GATED_REPO", Kind::Config, false, "Ask for access on the dataset's page."},
    ErrorRow{Offline, "OFFLINE", Kind::Network, true, "Unset HF_HUB_OFFLINE to allow network access."},
    ErrorRow{NetworkFailed, "NETWORK_FAILED", Kind::Network, true,
             "Check the connection and HF_ENDPOINT, then try again."},
    ErrorRow{RateLimited, "RATE_LIMITED", Kind::Network, true, "Wait, then run the command again."},
    ErrorRow{UploadFailed, "UPLOAD_FAILED", Kind::Network, true,
             "Run: opentraces push again; nothing was published."},
    ErrorRow{ShardUnavailable, "SHARD_UNAVAILABLE", Kind::Network, true,
             "Try again; a push never ignores a shard it cannot read."},
    ErrorRow{UnexpectedAnswer, "UNEXPECTED_ANSWER", Kind::Network, true,
             "Check that HF_ENDPOINT names a Hugging Face Hub."},
    ErrorRow{QuotaExceeded, "QUOTA_EXCEEDED", Kind::Network, false,
             "Free storage on the Hub or upgrade the plan, then push again."},
    ErrorRow{CommitConflict, "COMMIT_CONFLICT", Kind::Network, true,
             "Others are pushing to this dataset; run: opentraces push again."},
    ErrorRow{CorruptTrace, "CORRUPT_TRACE", Kind::Corrupt, false,
             "Capture the session again: opentraces capture SESSION-FILE"},
    ErrorRow{CorruptStore, "CORRUPT_STORE", Kind::Corrupt, false,
             "Move .opentraces/store.db aside; the traces stay in .opentraces/traces."},
    ErrorRow{CorruptDataset, "CORRUPT_DATASET", Kind::Corrupt, false, "Run: opentraces verify"},
    ErrorRow{CorruptSession, "CORRUPT_SESSION", Kind::Corrupt, false, ""},
    ErrorRow{NewerSchema, "NEWER_SCHEMA", Kind::Corrupt, false,
             "Install a newer opentraces: this one would lose data."},
    ErrorRow{CardMalformed, "CARD_MALFORMED", Kind::Corrupt, false,
             "Repair README.md, or push with --card-reset (keeps a backup of it)."},
    ErrorRow{DiskFailed, "DISK_FAILED", Kind::Corrupt, false,
             "Check the file's permissions and the free space."},
    ErrorRow{UnsafePath, "UNSAFE_PATH", Kind::Corrupt, false,
             "Links in folders that others may have filled are not followed: put the real file in its place, "
             "or remove it."},
    ErrorRow{ScannerFailed, "SCANNER_FAILED", Kind::Corrupt, false,
             "Nothing was stored or sent. Please report this."},
    ErrorRow{NotFound, "NOT_FOUND", Kind::NotFound, false, ""},
    ErrorRow{NoSessions, "NO_SESSIONS", Kind::NotFound, false,
             "Give a session file or a folder: opentraces capture PATH"},
    ErrorRow{UnknownAgent, "UNKNOWN_AGENT", Kind::Usage, false, ""},
    ErrorRow{UnknownFormat, "UNKNOWN_FORMAT", Kind::Usage, false, ""},
    ErrorRow{Locked, "LOCKED", Kind::Busy, true,
             "Another opentraces is working here; try again when it has finished."},
    ErrorRow{SecretsFound, "SECRETS_FOUND", Kind::CheckFailed, false,
             "Look at them with: opentraces show ID, then: opentraces reject ID"},
    ErrorRow{GateFailed, "GATE_FAILED", Kind::CheckFailed, false, "Run: opentraces assess --checks"},
    ErrorRow{CheckFailed, "CHECK_FAILED", Kind::CheckFailed, false, ""},
    ErrorRow{Interrupted, "INTERRUPTED", Kind::Interrupted, true, ""},
};

constexpr bool rows_follow_the_codes() {
    for (std::size_t i = 0; i < k_table.size(); ++i) {
        if (static_cast<std::size_t>(k_table[i].code) != i) return false;
    }
    return k_table.size() == static_cast<std::size_t>(Interrupted) + 1;
}
static_assert(rows_follow_the_codes());

}  // namespace

std::span<const ErrorRow> error_table() {
    return k_table;
}

const ErrorRow& error_row(ErrorCode code) {
    return k_table[static_cast<std::size_t>(code)];
}

std::string_view error_kind_name(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::Internal:
            return "internal";
        case ErrorKind::Usage:
            return "usage";
        case ErrorKind::Config:
            return "config";
        case ErrorKind::Network:
            return "network";
        case ErrorKind::Corrupt:
            return "corrupt";
        case ErrorKind::NotFound:
            return "not_found";
        case ErrorKind::Busy:
            return "busy";
        case ErrorKind::CheckFailed:
            return "check";
        case ErrorKind::Interrupted:
            return "interrupted";
    }
    return "internal";
}

}  // namespace opentraces
