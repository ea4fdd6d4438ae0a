// Which of a user's two files a command about settings means, and what is in it.
#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"
#include "opentraces/store/settings.hpp"

namespace opentraces::cli {

struct LevelOptions {
    bool user = false;
    bool project = false;
};
// --user and --project, and that only one of them is given.
void add_level_options(OptionSet& accepted, LevelOptions& options);
std::optional<store::SettingScope> level_of(const LevelOptions& options);

// The row of the file that is meant: without a level the project's, if projects may say it. Error BadOption,
// with what was perhaps meant, for a name that no setting has, and for one that this level may not say.
const store::Setting& setting_called(const std::string& key, std::optional<store::SettingScope> level);

// One file's settings, to be changed while no other command changes them.
class LevelFile {
public:
    // Error NotInitialized for that of a project where there is none.
    LevelFile(Context& context, store::SettingScope scope);

    store::SettingScope scope() const { return m_scope; }
    const std::string& folder() const { return m_folder; }  // that has the file
    const std::string& root() const { return m_root; }      // of the project; empty for the user's
    std::string path() const;
    store::Settings load() const;
    void save(const store::Settings& settings);
    // Held while a file is read, changed and written.
    std::unique_ptr<fs::Lock> lock() const;

private:
    Context& m_context;
    store::SettingScope m_scope;
    std::string m_root;  // of the project
    std::string m_folder;
};

// Settings that there are to be set, without doubles, in the table's order.
std::vector<std::string> setting_keys();
// Paragraphs of help about all of them.
std::string setting_help();

}  // namespace opentraces::cli
