// What Cline and Roo Code put into the messages of a person: the words that were typed stand between tags,
// the program's own around them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace opentraces::capture::cline {

struct UserText {
    std::string typed;
    std::vector<std::pair<std::string_view, std::string>> shown;  // kind and text
    std::string other;      // neither: of the program, of a tool's result, or typed where there are no tags
    bool has_tags = false;  // of a person
};

// Between <task>, <feedback>, <user_message>, <user_input …> and their ends are a person's words; between
// <environment_details>, <file_content …>, <mode_notice> and theirs is what the program shows the model.
UserText read_user_text(std::string_view text);

// Among the texts of a result, those that hold a person's words. Others may be of any file.
bool is_of_person(std::string_view text);

// Said by the program in the person's place.
bool is_of_program(std::string_view text);

// What <environment_details> say: empty where they do not.
struct Surrounding {
    std::string folder;
    std::string mode;
    std::string model;
};
Surrounding read_environment(std::string_view details);

}  // namespace opentraces::capture::cline
