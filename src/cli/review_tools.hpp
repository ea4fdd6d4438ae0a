// What commands about the texts of a project's traces work with.
#pragma once

#include "cli/project_context.hpp"
#include "opentraces/flow/redact.hpp"

namespace opentraces::cli {

// Lives as long as the project and the context.
class OwnReviewTools {
public:
    OwnReviewTools(Context& context, const Project& project);
    flow::ReviewTools tools();

private:
    Context& m_context;
    const Project& m_project;
    flow::CaptureOptions m_options;
    flow::RawCopies m_raw;
};

}  // namespace opentraces::cli
