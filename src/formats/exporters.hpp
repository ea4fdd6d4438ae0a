// What formats.cpp lists; each pair is defined in src/formats/<name>*.cpp.
#pragma once

#include <memory>

#include "formats/mappings.hpp"

namespace opentraces::formats {

extern const Mappings k_atif_mappings;
std::unique_ptr<Exporter> open_atif(const ExportOptions& options);

extern const Mappings k_adp_mappings;
std::unique_ptr<Exporter> open_adp(const ExportOptions& options);

extern const Mappings k_agent_trace_mappings;
std::unique_ptr<Exporter> open_agent_trace(const ExportOptions& options);

extern const Mappings k_chat_mappings;
std::unique_ptr<Exporter> open_chat(const ExportOptions& options);

extern const Mappings k_otlp_mappings;
std::unique_ptr<Exporter> open_otlp(const ExportOptions& options);

extern const Mappings k_sharegpt_mappings;
std::unique_ptr<Exporter> open_sharegpt(const ExportOptions& options);

extern const Mappings k_sts_mappings;
std::unique_ptr<Exporter> open_sts(const ExportOptions& options);

extern const Mappings k_pi_mappings;
std::unique_ptr<Exporter> open_pi(const ExportOptions& options);

extern const Mappings k_steps_mappings;
std::unique_ptr<Exporter> open_steps(const ExportOptions& options);

extern const Mappings k_markdown_mappings;
std::unique_ptr<Exporter> open_markdown(const ExportOptions& options);

extern const Mappings k_html_mappings;
std::unique_ptr<Exporter> open_html(const ExportOptions& options);

}  // namespace opentraces::formats
