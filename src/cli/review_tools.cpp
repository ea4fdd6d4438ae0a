#include "cli/review_tools.hpp"

#include "cli/standard_input.hpp"

namespace opentraces::cli {

OwnReviewTools::OwnReviewTools(Context& context, const Project& project)
    : m_context(context),
      m_project(project),
      m_options(capture_options(context, project.config, project.root)),
      m_raw(project.root, context.ports.disk) {}

flow::ReviewTools OwnReviewTools::tools() {
    return {*m_project.store,
            m_options,
            m_raw,
            m_context.ports.disk,
            storage_folder(m_context.ports.environment),
            m_context.progress};
}

}  // namespace opentraces::cli
