#include "capture/cascade_steps.hpp"

#include <algorithm>
#include <array>

namespace opentraces::capture {

std::string cascade_step_name(std::string_view type) {
    std::string name(type);
    for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return name;
}

bool is_cascade_tool(std::string_view name) {
    static constexpr auto k_tools = std::to_array<std::string_view>({
        "ask_question",
        "browser_subagent",
        "capture_browser_screenshot",
        "click_browser_pixel",
        "code_action",
        "code_search",
        "command_status",
        "deploy_web_app",
        "execute_browser_javascript",
        "find",
        "find_by_name",
        "generate_image",
        "generic",
        "git_commit",
        "grep_search",
        "invoke_subagent",
        "list_browser_pages",
        "list_dir",
        "list_directory",
        "list_resources",
        "manage_task",
        "mcp_tool",
        "memory",
        "mquery",
        "notify_user",
        "open_browser_url",
        "propose_code",
        "proxy_web_server",
        "read_browser_page",
        "read_resource",
        "read_terminal",
        "read_url_content",
        "retrieve_memory",
        "run_command",
        "search_in_file",
        "search_knowledge_base",
        "search_web",
        "send_command_input",
        "suggested_responses",
        "task_boundary",
        "todo_list",
        "tool_response",
        "trajectory_search",
        "view_code_item",
        "view_content_chunk",
        "view_file",
        "view_file_outline",
        "write_to_file",
    });
    return std::find(k_tools.begin(), k_tools.end(), name) != k_tools.end();
}

}  // namespace opentraces::capture
