// key status, key export, key import: one key behind the pseudonyms of several machines.
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/confirmation.hpp"
#include "cli/standard_input.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/store/user_config.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_longest_input = 4096;

std::string user_folder(const Context& context) {
    return context.ports.environment.opentraces_home();
}

Answer status(Context& context) {
    const auto key = store::stored_pseudonym_key(user_folder(context), context.ports.disk);
    const std::string fingerprint = key ? store::key_fingerprint(*key) : "";
    Answer answer;
    answer.fields.append("exists", key.has_value());
    answer.fields.append("fingerprint", text_or_null(fingerprint));
    answer.text = key ? fmt::format("Key {}\n", fingerprint)
                      : "There is no key yet. The first capture makes one; key import brings one.\n";
    return answer;
}

struct ExportOptions {
    std::string output;
    bool yes = false;
};

void write_key(Context& context, const ExportOptions& given, const std::string& key) {
    fs::Disk& disk = context.ports.disk;
    const std::string path = fs::absolute(given.output, context.ports.environment, disk);
    if (disk.info(path) && !given.yes)
        confirm(context, given.output + " exists already", given.output + " exists. Replace it?",
                "nothing was written");
    disk.replace(path, key + "\n", 0600);
}

Answer export_key(Context& context, const ExportOptions& given) {
    const bool to_output = given.output.empty() || given.output == "-";
    if (to_output && context.terminal.out_is_terminal() && !given.yes)
        throw Error(ErrorCode::ConfirmationRequired, "the key would be shown on this terminal",
                    "Write it to a file with -o FILE, pipe it on, or repeat the command with --yes.");
    const std::string key = store::pseudonym_key(user_folder(context), context.ports.disk, context.ports.ids);
    if (!to_output) write_key(context, given, key);
    Answer answer;
    answer.fields.append("fingerprint", store::key_fingerprint(key));
    answer.fields.append("path", to_output ? json::Value() : json::Value(given.output));
    answer.fields.append("pseudonym_key", to_output ? json::Value(key) : json::Value());
    answer.text = to_output ? key + "\n"
                            : fmt::format(
                                  "Wrote key {} to {}. Whoever has it can guess the names behind "
                                  "your pseudonyms.\n",
                                  store::key_fingerprint(key), given.output);
    return answer;
}

struct ImportOptions {
    std::string source;
    bool passphrase = false;
    bool yes = false;
};

std::string without_line_end(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
}

std::string hidden(Context& context, const char* question) {
    return context.terminal.ask_hidden(question).value_or("");
}

std::string read_passphrase(Context& context) {
    if (!context.terminal.in_is_terminal())
        return without_line_end(read_standard_input(context.terminal, k_longest_input));
    std::string passphrase = hidden(context, "Passphrase (input is hidden): ");
    if (hidden(context, "The same again: ") != passphrase)
        throw Error(ErrorCode::BadOption, "the two passphrases differ; nothing was changed");
    return passphrase;
}

std::string read_key(Context& context, const std::string& source) {
    if (!source.empty() && source != "-") {
        std::string text;
        const json::ByteSource read = open_input(context, source);
        char buffer[512];
        while (const std::size_t count = read(buffer, sizeof buffer)) {
            text.append(buffer, count);
            if (text.size() > k_longest_input) throw Error(ErrorCode::BadOption, source + " is not a key");
        }
        return std::string(trim(text));
    }
    if (context.terminal.in_is_terminal())
        return std::string(trim(hidden(context, "Key (input is hidden): ")));
    return std::string(trim(read_standard_input(context.terminal, k_longest_input)));
}

Answer import_key(Context& context, const ImportOptions& given) {
    const std::string folder = user_folder(context);
    const std::string key = given.passphrase ? store::key_from_passphrase(read_passphrase(context))
                                             : read_key(context, given.source);
    const auto before = store::stored_pseudonym_key(folder, context.ports.disk);
    const std::string old_fingerprint = before ? store::key_fingerprint(*before) : "";
    const bool changed = before != key;
    if (before && changed && !given.yes)
        confirm(context, fmt::format("key {} would be replaced", old_fingerprint),
                fmt::format("Replace key {}? Pseudonyms change from now on.", old_fingerprint),
                "nothing was changed");
    if (changed) store::set_pseudonym_key(folder, key, context.ports.disk);
    Answer answer;
    answer.fields.append("changed", changed);
    answer.fields.append("fingerprint", store::key_fingerprint(key));
    answer.fields.append("replaced_fingerprint", text_or_null(changed ? old_fingerprint : ""));
    answer.text = fmt::format("Key {}{}\n", store::key_fingerprint(key), changed ? "" : ", as before");
    if (before && changed)
        answer.text +=
            "Names in paths get other pseudonyms from now on; traces that are there keep theirs.\n";
    return answer;
}

}  // namespace

Run declare_key_status(OptionSet& accepted) {
    accepted.example("opentraces key status", "Compare two machines by it");
    return status;
}

Run declare_key_export(OptionSet& accepted) {
    auto options = std::make_shared<ExportOptions>();
    accepted.add_option("-o,--output", options->output, "Write to this file, for its owner only")
        .type_name("FILE");
    accepted.add_flag("-y,--yes", options->yes,
                      "Replace the file, or show the key on a terminal, without asking");
    accepted.example("opentraces key export -o key.txt", "For another machine; keep it secret");
    return [options](Context& context) { return export_key(context, *options); };
}

Run declare_key_import(OptionSet& accepted) {
    auto options = std::make_shared<ImportOptions>();
    accepted.add_option("FILE", options->source, "What key export has written; - or nothing: standard input");
    accepted.add_flag("--passphrase", options->passphrase,
                      "Make the key from a passphrase, asked for or read from standard input");
    accepted.add_flag("-y,--yes", options->yes, "Replace a key that is there without asking");
    accepted.check([options] {
        if (options->passphrase && !options->source.empty())
            throw Error(ErrorCode::BadOption, "--passphrase takes no file",
                        "The passphrase is asked for, or read from standard input.");
    });
    accepted.example("opentraces key import key.txt", "From another machine");
    return [options](Context& context) { return import_key(context, *options); };
}

}  // namespace opentraces::cli
