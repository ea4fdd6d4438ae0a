// The one exception of the program, its codes and what each code means for the exit status.
#pragma once

#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces {

// The kind alone decides the exit status (docs/exit-codes.md).
enum class ErrorKind : int {
    Internal = 1,     // a bug in opentraces
    Usage = 2,        // the command line asks for something impossible
    Config = 3,       // authentication, configuration, not initialised
    Network = 4,      // the Hub could not be reached or failed
    Corrupt = 5,      // data or state cannot be trusted
    NotFound = 6,     // the named thing does not exist
    Busy = 7,         // somebody else holds the lock
    CheckFailed = 8,  // a check said no: gate, secrets found, validation
    Interrupted = 130,
};

// Stable, machine-readable names; error_table() has one row for each, in this order.
enum class ErrorCode {
    Internal,
    BadOption,
    InvalidState,
    InvalidRepoId,
    ConfirmationRequired,
    NotAuthenticated,
    InvalidToken,
    PermissionDenied,
    NotInitialized,
    UntrustedProject,
    SettingsUnreadable,
    ConfigInvalid,
    VisibilityMismatch,
    GatedRepo,
    Offline,
    NetworkFailed,
    RateLimited,
    UploadFailed,
    ShardUnavailable,
    UnexpectedAnswer,
    QuotaExceeded,
    CommitConflict,
    CorruptTrace,
    CorruptStore,
    CorruptDataset,
    CorruptSession,
    NewerSchema,
    CardMalformed,
    DiskFailed,
    UnsafePath,
    ScannerFailed,
    NotFound,
    NoSessions,
    UnknownAgent,
    UnknownFormat,
    Locked,
    SecretsFound,
    GateFailed,
    CheckFailed,
    Interrupted,
};

struct ErrorRow {
    ErrorCode code;
    std::string_view name;  // "NOT_FOUND"
    ErrorKind kind;
    bool retryable;
    std::string_view hint;  // default remedy, may be empty
};

std::span<const ErrorRow> error_table();
const ErrorRow& error_row(ErrorCode code);
// "usage", "auth", "network", …: the spelling in JSON answers.
std::string_view error_kind_name(ErrorKind kind);

// Thrown for every failure. `message` says what happened and where (file and line, record id); it never
// contains trace text or credentials. `hint` says what to do next; empty means the table's default.
class Error : public std::exception {
public:
    Error(ErrorCode code, std::string message, std::string hint = {});

    ErrorCode code() const { return m_code; }
    ErrorKind kind() const { return error_row(m_code).kind; }
    int exit_status() const { return static_cast<int>(kind()); }
    bool retryable() const { return error_row(m_code).retryable; }
    const std::string& message() const { return m_message; }
    std::string hint() const;
    // What the user was doing, innermost first.
    const std::vector<std::string>& context() const { return m_context; }
    Error& add_context(std::string doing);
    // message and context on one line.
    const char* what() const noexcept override { return m_what.c_str(); }

private:
    ErrorCode m_code;
    std::string m_message;
    std::string m_hint;
    std::vector<std::string> m_context;
    std::string m_what;
};

}  // namespace opentraces
