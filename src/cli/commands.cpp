#include <array>

#include "cli/command.hpp"

namespace opentraces::cli {

// Defined in src/cli/commands/.
Run declare_allow(OptionSet&);
Run declare_annotate(OptionSet&);
Run declare_assess(OptionSet&);
Run declare_auth_status(OptionSet&);
Run declare_capture(OptionSet&);
Run declare_card(OptionSet&);
Run declare_commit(OptionSet&);
Run declare_complete(OptionSet&);
Run declare_completion(OptionSet&);
Run declare_config_edit(OptionSet&);
Run declare_config_get(OptionSet&);
Run declare_config_list(OptionSet&);
Run declare_config_set(OptionSet&);
Run declare_config_unset(OptionSet&);
Run declare_discard(OptionSet&);
Run declare_doctor(OptionSet&);
Run declare_export(OptionSet&);
Run declare_help(OptionSet&);
Run declare_hooks_install(OptionSet&);
Run declare_hooks_status(OptionSet&);
Run declare_hooks_uninstall(OptionSet&);
Run declare_import(OptionSet&);
Run declare_index_rebuild(OptionSet&);
Run declare_init(OptionSet&);
Run declare_key_export(OptionSet&);
Run declare_key_import(OptionSet&);
Run declare_key_status(OptionSet&);
Run declare_list(OptionSet&);
Run declare_log(OptionSet&);
Run declare_login(OptionSet&);
Run declare_logout(OptionSet&);
Run declare_manual(OptionSet&);
Run declare_migrate(OptionSet&);
Run declare_parse(OptionSet&);
Run declare_prune(OptionSet&);
Run declare_pull(OptionSet&);
Run declare_push(OptionSet&);
Run declare_recapture(OptionSet&);
Run declare_redact(OptionSet&);
Run declare_reject(OptionSet&);
Run declare_remote_add(OptionSet&);
Run declare_remote_remove(OptionSet&);
Run declare_remote_set(OptionSet&);
Run declare_remote_show(OptionSet&);
Run declare_remote_use(OptionSet&);
Run declare_remove(OptionSet&);
Run declare_rescan(OptionSet&);
Run declare_reset(OptionSet&);
Run declare_review(OptionSet&);
Run declare_reviewed(OptionSet&);
Run declare_rules_explain(OptionSet&);
Run declare_rules_list(OptionSet&);
Run declare_rules_test(OptionSet&);
Run declare_scan(OptionSet&);
Run declare_schema(OptionSet&);
Run declare_show(OptionSet&);
Run declare_status(OptionSet&);
Run declare_uncommit(OptionSet&);
Run declare_undo(OptionSet&);
Run declare_unredact(OptionSet&);
Run declare_takedown(OptionSet&);
Run declare_usage(OptionSet&);
Run declare_validate(OptionSet&);
Run declare_verify(OptionSet&);
Run declare_whoami(OptionSet&);

namespace {

constexpr std::string_view k_start = "Getting started";
constexpr std::string_view k_review = "Review and publish";
constexpr std::string_view k_dataset = "Datasets";
constexpr std::string_view k_settings = "Settings";
constexpr std::string_view k_plumbing = "Plumbing (no project needed)";

constexpr std::array k_commands{
    Command{"init", k_start, "Make this folder an opentraces project", declare_init},
    Command{"capture", k_start, "Put agent sessions into the inbox, parsed and scrubbed", declare_capture},
    Command{"status", k_start, "Show the project, its stages and what to do next", declare_status},
    Command{"import", k_start, "Put traces of other formats and datasets into the inbox", declare_import},
    Command{"migrate", k_start, "Take over the traces of the Python tool in this project", declare_migrate},
    Command{"remove", k_start, "Take back what init wrote", declare_remove},
    Command{"list", k_review, "List traces, newest first", declare_list},
    Command{"show", k_review, "Show one trace", declare_show},
    Command{"review", k_review, "Look through the inbox in the terminal, and decide", declare_review},
    Command{"recapture", k_review, "Read sessions again from their raw copies, with the rules of today",
            declare_recapture},
    Command{"prune", k_review, "Remove what the project can do without: old raw copies, caches",
            declare_prune},
    Command{"usage", k_review, "Tokens and cost of captured sessions, by day, model, project or agent",
            declare_usage},
    Command{"commit", k_review, "Mark traces as ready to push", declare_commit},
    Command{"uncommit", k_review, "Bring commits that are not pushed back to the inbox", declare_uncommit},
    Command{"reviewed", k_review, "Mark traces as looked at", declare_reviewed},
    Command{"redact", k_review, "Take out of traces what no rule knows", declare_redact},
    Command{"unredact", k_review, "Put back what was redacted by hand", declare_unredact},
    Command{"allow", k_review, "Let a false alarm stay in traces, with a reason", declare_allow},
    Command{"annotate", k_review, "Say by hand how a session ended", declare_annotate},
    Command{"undo", k_review, "Take back the last decision about traces, until it is pushed", declare_undo},
    Command{"assess", k_review, "Score traces for five uses; a gate for CI", declare_assess},
    Command{"push", k_review, "Publish committed traces to a dataset", declare_push},
    Command{"reject", k_review, "Keep traces out of every push", declare_reject},
    Command{"reset", k_review, "Bring committed or rejected traces back to the inbox", declare_reset},
    Command{"discard", k_review, "Delete traces from the inbox for good", declare_discard},
    Command{"log", k_review, "List commits, pushes and pull requests, newest first", declare_log},
    Command{"export", k_review, "Write traces as files of other formats", declare_export},
    Command{"card", k_dataset, "Show, check or write the card of a dataset", declare_card},
    Command{"index rebuild", k_dataset, "Write the index of a dataset anew from its shards",
            declare_index_rebuild},
    Command{"pull", k_dataset, "Copy the shards of a dataset to local files, verified and resumable",
            declare_pull},
    Command{"rescan", k_dataset, "Hold stored and published traces against today's rules", declare_rescan},
    Command{"takedown", k_dataset, "Take traces back from a dataset, and keep them out", declare_takedown},
    Command{"verify", k_dataset, "Hold a dataset against everything it says about itself", declare_verify},
    Command{"session list", k_review, "List traces, newest first", declare_list},
    Command{"session show", k_review, "Show one trace", declare_show},
    Command{"session commit", k_review, "Mark traces as ready to push", declare_commit},
    Command{"session reject", k_review, "Keep traces out of every push", declare_reject},
    Command{"session reset", k_review, "Bring traces back to the inbox", declare_reset},
    Command{"session discard", k_review, "Delete traces from the inbox for good", declare_discard},
    Command{"login", k_settings, "Store a Hub token, once the Hub has accepted it", declare_login},
    Command{"logout", k_settings, "Delete the stored token", declare_logout},
    Command{"whoami", k_settings, "Say whom the token belongs to", declare_whoami},
    Command{"auth login", k_settings, "Store a Hub token, once the Hub has accepted it", declare_login},
    Command{"auth logout", k_settings, "Delete the stored token", declare_logout},
    Command{"auth status", k_settings, "Say where the token comes from and whether the Hub takes it",
            declare_auth_status},
    Command{"remote show", k_settings, "Show the remotes", declare_remote_show},
    Command{"remote list", k_settings, "Show the remotes", declare_remote_show},
    Command{"remote set", k_settings, "Set the default remote", declare_remote_set},
    Command{"remote add", k_settings, "Add a remote under a name", declare_remote_add},
    Command{"remote use", k_settings, "Choose the default remote", declare_remote_use},
    Command{"remote remove", k_settings, "Forget a remote; the dataset stays", declare_remote_remove},
    Command{"config list", k_settings, "Show every setting, and who says so", declare_config_list},
    Command{"config get", k_settings, "Show one setting", declare_config_get},
    Command{"config set", k_settings, "Change a setting", declare_config_set},
    Command{"config unset", k_settings, "Bring a setting back to its default, or take values out of a list",
            declare_config_unset},
    Command{"config edit", k_settings, "Change the settings in an editor", declare_config_edit},
    Command{"key status", k_settings, "Show a fingerprint of the key behind pseudonyms", declare_key_status},
    Command{"key export", k_settings, "Write the key behind pseudonyms, for another machine or a team",
            declare_key_export},
    Command{"key import", k_settings, "Take over a key from another machine, or make it from a passphrase",
            declare_key_import},
    Command{"hooks status", k_settings, "Show the hooks that capture sessions when they end",
            declare_hooks_status},
    Command{"hooks install", k_settings, "Have an agent's sessions captured when they end",
            declare_hooks_install},
    Command{"hooks uninstall", k_settings, "Take an agent's hook back", declare_hooks_uninstall},
    Command{"doctor", k_settings, "Look whether everything is in order, and mend what is safe to mend",
            declare_doctor},
    Command{"parse", k_plumbing, "Session files to scrubbed TraceRecord JSONL on standard output",
            declare_parse},
    Command{"validate", k_plumbing, "Check TraceRecord JSONL", declare_validate},
    Command{"schema", k_plumbing, "Print the JSON Schema of a TraceRecord", declare_schema},
    Command{"scan", k_plumbing, "Find or redact secrets in texts, folders and git's changes", declare_scan},
    Command{"rules list", k_plumbing, "Show the rules of the scanner", declare_rules_list},
    Command{"rules explain", k_plumbing, "Show what a rule finds", declare_rules_explain},
    Command{"rules test", k_plumbing, "Hold rules against their samples, or against a text",
            declare_rules_test},
    Command{"help", k_plumbing, "Explain a command", declare_help},
    Command{"man", k_plumbing, "Print the manual page of a command, or write all of them", declare_manual},
    Command{"completion", k_plumbing, "Print a script that completes commands in a shell",
            declare_completion},
    Command{"manual", k_plumbing, "Print the manual page of a command, or write all of them", declare_manual,
            true},
    Command{"config show", k_settings, "Show every setting, and who says so", declare_config_list, true},
    Command{"complete", k_plumbing, "Say what may stand at a place", declare_complete, true},
};

}  // namespace

std::span<const Command> commands() {
    return k_commands;
}

}  // namespace opentraces::cli
