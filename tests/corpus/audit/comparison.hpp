// Two counts of a session, its lines' and its record's, held against one another; the table of what came out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// What the program makes of a file or folder; none where it is left out or refused.
std::vector<json> records_of(const std::string& session);

class Table {
public:
    void add(const std::string& name, long raw, long recorded, long differences, const std::string& session);
    void print(const std::string& agent, int records, int left_out) const;
    long differences() const;

private:
    struct Column {
        long raw = 0;
        long recorded = 0;
        long differences = 0;
    };
    std::map<std::string, Column> m_columns;
};

// `name` is the session's, for what differs.
void compare_record(const Counts& raw, const json& record, const std::string& name, const std::string& agent,
                    Table& table);

}  // namespace opentraces::audit
