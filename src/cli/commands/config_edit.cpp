// config edit: one file of settings in the user's editor.
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/editor.hpp"
#include "cli/setting_level.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/settings.hpp"
#include "opentraces/store/settings_edit.hpp"

namespace opentraces::cli {
namespace {

std::string kept(const store::SettingsEdit& edit) {
    return fmt::format("Nothing was changed. Your text is in {}; opentraces config edit goes on with it.",
                       printable_line(edit.copy()));
}

// The same error, with where the text is.
[[noreturn]] void refuse(const Error& error, const store::SettingsEdit& edit) {
    throw Error(error.code(), error.message(), kept(edit));
}

bool edited(Context& context, const LevelFile& file, store::SettingsEdit& edit,
            const std::vector<std::string>& editor) {
    if (edit.resumed()) context.terminal.err("Going on with the text of an earlier edit.\n");
    const int status = run_editor(editor, edit.copy(), context.ports.environment);
    if (status != 0) {
        const bool stays = edit.abandon();
        throw Error(ErrorCode::Interrupted,
                    fmt::format("the editor ended with status {}; nothing was changed", status),
                    stays ? kept(edit) : "Run the command again.");
    }
    try {
        const auto lock = file.lock();
        return edit.finish(flow::setting_input(context.ports.environment, context.ports.disk, file.root()));
    } catch (const Error& error) {
        refuse(error, edit);
    }
}

Answer run(Context& context, const LevelOptions& options) {
    const LevelFile file(context, level_of(options).value_or(store::SettingScope::Project));
    if (!context.terminal.in_is_terminal() || !context.terminal.out_is_terminal())
        throw Error(ErrorCode::BadOption, "there is no terminal to edit on",
                    "Use: opentraces config set KEY VALUE, or opentraces config unset KEY");
    const std::vector<std::string> editor = editor_command(context.ports.environment, context.ports.disk);
    store::SettingsEdit edit(file.scope(), file.folder(), context.ports.disk);
    const bool changed = edited(context, file, edit, editor);
    Answer answer;
    answer.fields.append("level", file.scope() == store::SettingScope::User ? "user" : "project");
    answer.fields.append("path", file.path());
    answer.fields.append("changed", changed);
    answer.text = changed ? fmt::format("Wrote {}\n", printable_line(file.path())) : "Nothing was changed.\n";
    return answer;
}

}  // namespace

Run declare_config_edit(OptionSet& accepted) {
    auto options = std::make_shared<LevelOptions>();
    add_level_options(accepted, *options);
    accepted.footer(setting_help());
    accepted.example("opentraces config edit --user", "What holds in all projects; needs a terminal");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
