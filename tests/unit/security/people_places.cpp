// The person behind a session, in every place where sessions name them.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/walk.hpp"
#include "security/rules/pattern.hpp"

using namespace opentraces;
using namespace opentraces::security;

namespace {

// {L} login, {F} first name, {S} surname, {H} machine, {G} account of a forge.
const std::vector<std::string> k_places = {
    // the shell
    "/home/{L}/src/app",
    "cd /home/{L}",
    "\"cwd\": \"/Users/{L}/code\"",
    "C:\\Users\\{L}\\AppData\\Local",
    "C:\\\\Users\\\\{L}\\\\x",
    "/mnt/c/Users/{L}/x",
    "ls ~{L}/src",
    "~/.claude/projects/-home-{L}-src-app",
    "{L}@{H}:~/src$ make",
    "[{L}@{H} src]$ make",
    "{L}@{H} src % make",
    "(venv) {L}@{H}:~/src$ pytest",
    "\\u001b[01;32m{L}@{H}\\u001b[00m:~$",
    "\x1b[32m{L}\x1b[0m is logged in",
    "$ whoami\n{L}\n",
    "$ whoami\\n{L}\\n",
    "{L}",
    "uid=1000({L}) gid=1000({L}) groups=1000({L}),27(sudo)",
    "USER={L}",
    "export USER=\"{L}\"",
    "LOGNAME={L}\nHOME=/home/{L}",
    "\"USER\": \"{L}\", \"SHELL\": \"/bin/zsh\"",
    "SUDO_USER={L}",
    "echo {L} >> users.txt",
    "sudo -u {L} make install",
    "su - {L}",
    "chown {L}:{L} /srv/app",
    "chown -R {L} .",
    "usermod -aG docker {L}",
    "COPY --chown={L}:{L} . /app",
    // listings
    "-rw-r--r--  1 {L} {L}  512 Jan  1 12:00 a.txt",
    "total 8\ndrwxr-xr-x 2 {L} staff 64 Jan 1 x\n-rw-r--r-- 1 {L} staff 6 Jan 1 y",
    "-rw-rw-r-- {L}/{L}     1234 2025-01-01 12:00 app/main.c",
    "Access: (0644/-rw-r--r--)  Uid: ( 1000/  {L})   Gid: ( 1000/  {L})",
    "16777232 4711 -rw-r--r-- 1 {L} staff 0 12 \"Jan  1 12:00:00 2025\" x",
    "USER         PID %CPU %MEM COMMAND\n{L}      4711  0.0  0.1 vim",
    "UID          PID    PPID  C STIME\n{L}     4711       1  0 10:00 vim",
    "{T}+     4711  0.0  0.1 vim",
    "{L}:x:1000:1000:{F} {S},,,:/home/{L}:/bin/bash",
    "{L}   pts/0        2025-01-01 10:00 (:0)",
    "Jan  1 10:00:00 {H} sshd[77]: Accepted publickey for {L} from 10.0.0.1",
    "systemd[1]: Started Session 3 of user {L}.",
    "drwx------ 3 {L} {L} 4096 /tmp/.X-{L}",
    // machines
    "Linux {H} 6.1.0-18-amd64 #1 SMP x86_64 GNU/Linux",
    "HOSTNAME={H}",
    " Static hostname: {H}",
    "ping {H}.local",
    "rsync -a dist/ {H}:/srv/www",
    "ssh {L}@{H}",
    "ssh -i ~/.ssh/id {L}@build.example.org",
    "scp a.txt {L}@10.0.0.2:/tmp/",
    "http://{H}:3000/",
    "{F}'s-MacBook-Pro and {f}s-macbook",
    // git
    "Author: {F} {S} <[REDACTED]>",
    "Author:     {F} {S} <{f}.{s}@firma.pl>\nAuthorDate: x",
    "Commit:     {F} {S} <[REDACTED]>",
    "author {F} {S} <{f}@firma.pl> 1735689600 +0100",
    "Co-authored-by: {F} {S} <{f}@firma.pl>",
    "Signed-off-by: {F} {S} <{f}@firma.pl>",
    "From: {F} {S} <{f}@firma.pl>",
    "Author: {L} <{L}@{H}.local>",
    "Author: {F} {S} <4711+{G}@users.noreply.github.com>",
    "4711+{G}@users.noreply.github.com",
    "https://github.com/{G}/app/pull/7",
    "origin\tgit@github.com:{G}/app.git (fetch)",
    "origin  https://github.com/{L}/app (push)",
    "git config user.name \"{F} {S}\"",
    "user.name={F} {S}",
    "[user]\n\tname = {F} {S}\n\temail = x",
    "GIT_AUTHOR_NAME='{F} {S}' git commit",
    "a1b2c3d ({F} {S} 2025-01-01 12:00:00 +0100 7) int x;",
    "a1b2c3d - {F} {S}, 2 days ago : fix",
    "     7\t{F} {S}",
    "{L}/fix-login",
    "* {L}/fix-login\n  main",
    "git checkout -b {L}/fix-login origin/main",
    "refs/heads/{L}/fix-login",
    "/srv/worktrees/app-{L}",
    "git worktree add ../wt_{L}",
    "Logged in to github.com account {G} (keyring)",
    "Hi {G}! You've successfully authenticated, but GitHub does not provide shell access.",
    // texts
    "// TODO({L}): remove",
    "# FIXME({L}) x",
    "@{L} please look",
    "assigned to {f}.{s}",
    "Copyright (c) 2025 {F} {S}",
    "{S}, {F}",
    "{F} wrote this, ask {F}",
    "Hi, I'm {F} {S}.",
    "Dr. {F} K. {S}",
    "\"author\": \"{F} {S}\"",
    "{F}%20{S}",
    "name={F}+{S}",
    "{f}-{s}",
    "{f}{s}.dev",
    "{f}_{s}_cv.pdf",
    // encoded and addresses
    "file%3A%2F%2F%2Fhome%2F{L}%2Fsrc",
    "?path=%2Fhome%2F{L}%2Fsrc&x=1",
    "?path=%252FUsers%252F{L}%252Fsrc",
    "vscode-remote://wsl%2Bubuntu/home/{L}/src",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx {L}@{H}",
    "256 SHA256:abcdefghijklmnop {L}@{H} (ED25519)",
    "backup-{L}.tar.gz",
    "/var/spool/cron/{L}",
    "/run/user/1000/{L}.sock",
    "/var/folders/zz/{L}/T",
    "{L}_token = 1",
    "DESKTOP-4711\\{L}",
};

const std::string k_login = "mkowalc";
const std::string k_long_login = "martakowalc";

std::string filled(std::string text, const std::string& login) {
    const std::vector<std::pair<std::string, std::string>> parts = {
        {"{L}", login},   {"{T}", login.substr(0, 7)}, {"{F}", "Marta"},          {"{S}", "Kowalczyk"},
        {"{f}", "marta"}, {"{s}", "kowalczyk"},        {"{H}", "thinkpad-mk480"}, {"{G}", "marta-kw"}};
    for (const auto& [sign, value] : parts)
        for (std::size_t at = text.find(sign); at != std::string::npos; at = text.find(sign, at))
            text.replace(at, sign.size(), value);
    return text;
}

trace::Observation answer(std::string id, std::string content) {
    trace::Observation observation;
    observation.source_call_id = std::move(id);
    observation.content = std::move(content);
    return observation;
}

trace::ToolCall call(std::string id, std::string command) {
    trace::ToolCall made;
    made.tool_call_id = std::move(id);
    made.tool_name = "Bash";
    made.input.append("command", std::move(command));
    return made;
}

// A session that gives its person away as sessions do, and then `texts`, one in a result each.
trace::TraceRecord session(const std::vector<std::string>& texts, const std::string& login) {
    trace::TraceRecord record;
    record.trace_id = "6f1c2f0e-8f6b-5e0a-9a3e-0b3a2c1d4e5f";
    record.session_id = "b0a1c2d3-1111-4222-8333-444455556666";
    record.agent.name = "claude-code";
    record.metadata.append("cwd", "/home/" + login + "/src/app");
    trace::Step asked;
    asked.role = trace::Role::Agent;
    asked.tool_calls = {call("c1", "git config user.name && hostname"),
                        call("c2", "gh api user --jq .login")};
    asked.observations = {answer("c1", filled("{F} {S}\n{H}\n", login)),
                          answer("c2", filled("{G}\n", login))};
    record.steps.push_back(asked);
    for (const std::string& text : texts) {
        trace::Step step;
        step.role = trace::Role::Agent;
        step.observations = {answer("x", filled(text, login))};
        record.steps.push_back(step);
    }
    return record;
}

ScrubOptions keyed() {
    ScrubOptions options;
    options.pseudonym_key = "0123456789abcdef0123456789abcdef";
    return options;
}

std::vector<std::string> scrubbed_texts(const std::vector<std::string>& texts, const std::string& login,
                                        const ScrubOptions& options = keyed()) {
    const ScrubbedTrace scrubbed = scrub(session(texts, login), options);
    std::vector<std::string> out;
    for (std::size_t i = 1; i < scrubbed.record().steps.size(); ++i)
        out.push_back(*scrubbed.record().steps[i].observations[0].content);
    return out;
}

bool names_anybody(const std::string& text, const std::string& login) {
    const std::string folded = to_lower_ascii(text);
    const std::vector<std::string> names = {login,       login.substr(0, 7), "marta",
                                            "kowalczyk", "thinkpad-mk480",   "marta-kw"};
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return folded.find(name) != std::string::npos; });
}

}  // namespace

TEST_CASE("the person behind a session stands in none of its places") {
    REQUIRE(k_places.size() >= 85);
    for (const std::string& login : {k_login, k_long_login}) {
        const std::vector<std::string> texts = scrubbed_texts(k_places, login);
        std::size_t clean = 0;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            INFO(filled(k_places[i], login) << "\n-> " << texts[i]);
            CHECK_FALSE(names_anybody(texts[i], login));
            clean += names_anybody(texts[i], login) ? 0 : 1;
        }
        WARN(clean << " of " << texts.size() << " places are clean");
    }
}

TEST_CASE("a place that tells a name by itself needs no other") {
    // Nothing else in the session says who it is.
    for (const std::string place :
         {"/home/{L}/x", "{L}@{H}:~/src$ ls", "uid=1000({L}) gid=1000({L})", "USER={L}", "$ whoami\n{L}\n",
          "{L}:x:1000:1000:,,,:/srv:/bin/sh", "Uid: ( 1000/ {L})", "ssh-ed25519 AAAAC3Nz {L}@{H}",
          "-rw-r--r-- 1 {L} staff 1 Jan 1 x\n", "?x=%2Fhome%2F{L}%2Fy",
          "Hi {L}! You've successfully authenticated"}) {
        trace::TraceRecord record = session({}, "root");
        record.steps.clear();
        trace::Step step;
        step.role = trace::Role::Agent;
        step.observations = {answer("x", filled(place, k_login))};
        record.steps.push_back(step);
        const ScrubbedTrace scrubbed = scrub(record, keyed());
        INFO(filled(place, k_login) << "\n-> " << *scrubbed.record().steps[0].observations[0].content);
        CHECK_FALSE(names_anybody(*scrubbed.record().steps[0].observations[0].content, k_login));
    }
}

TEST_CASE("one person is one pseudonym, and nothing keeps both") {
    const std::vector<std::string> texts =
        scrubbed_texts({"/home/{L}/x", "{L} wrote", "TODO({L})", "{F} {S}", "{f}.{s}"}, k_login);
    const std::string login = texts[0].substr(6, 9);
    CHECK(texts[1] == login + " wrote");
    CHECK(texts[2] == "TODO(" + login + ")");
    CHECK(texts[3] == texts[4]);
    CHECK(texts[3].size() == 9);
}

TEST_CASE("scrubbing what names of people have left changes nothing") {
    const ScrubbedTrace once = scrub(session(k_places, k_login), keyed());
    const std::string line = trace::encode(once.record());
    const ScrubbedTrace twice = scrub(once.record(), keyed());
    CHECK(trace::encode(twice.record()) == line);
}

TEST_CASE("words, roles, services and parts of words stay whole") {
    struct Case {
        std::string login;
        std::vector<std::string> texts;
    };
    const std::vector<Case> cases = {
        {"mark",
         {"mark_safe(x)", "mark the test", "bookmark", "Mark all as read", "src/mark/sweep.c", "benchmark",
          "let mark = 1;", "question mark"}},
        {"will", {"it will work", "Will it?", "will-change: transform"}},
        {"grace", {"grace period", "graceful", "gracePeriodSeconds: 30"}},
        {"root", {"root@host:~# ls", "/root/x", "the root of it", "uid=0(root) gid=0(root)"}},
        {"ubuntu", {"FROM ubuntu:22.04", "ubuntu@ip-10-0-0-1:~$ ls", "/home/ubuntu/x"}},
        {"node", {"node index.js", "/home/node/app", "node_modules"}},
        {"git", {"git@github.com:owner/repo.git", "git status"}},
        {"admin", {"admin.py", "/admin/login", "is_admin"}},
        {"docker", {"docker run", "/home/docker/x"}},
        {"max", {"max(a, b)", "Math.max", "max-width: 3px", "int max = 0;"}},
        {"elasticsearch",
         {"drwxr-xr-x 2 elasticsearch elasticsearch 4096 Jan 1 data", "curl elasticsearch:9200"}},
        {"jane", {"janet", "trojanes", "Janeway"}},
        {"sanna", {"savannah", "sannas2x", "osanna", "0sanna"}},
    };
    for (const Case& each : cases) {
        const std::vector<std::string> texts = scrubbed_texts(each.texts, each.login);
        for (std::size_t i = 0; i < texts.size(); ++i)
            CHECK(texts[i] == each.texts[i]);
    }
}

TEST_CASE("who is no person of the session stays") {
    const std::vector<std::string> harmless = {
        "Co-Authored-By: Claude <noreply@anthropic.com>",
        "Author: dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "git@github.com:torvalds/linux.git",
        "https://github.com/gin-gonic/gin",
        "POSTGRES_USER=app_owner",
        "mysql  4711  0.0 mysqld",
        "@app.route('/x')",
        "import numpy as np",
        "template <class T> void f(T x)",
        "int a <b>",
        "Linux 5.15 is a kernel",
        "HTTP_HOST=example.com",
        "hostname: db.example.com",
        "user: nobody",
    };
    const std::vector<std::string> texts = scrubbed_texts(harmless, k_login);
    for (std::size_t i = 0; i < texts.size(); ++i)
        CHECK(texts[i] == harmless[i]);
}

TEST_CASE("a home directory that is hardly mentioned beside another is an example") {
    std::vector<std::string> texts(20, "/home/{L}/src");
    texts.emplace_back("mkdir -p /home/zoltar/x");
    texts.emplace_back("the zoltar machine");
    const std::vector<std::string> out = scrubbed_texts(texts, k_login);
    CHECK(out[20].find("zoltar") == std::string::npos);
    CHECK(out[21] == "the zoltar machine");
}

TEST_CASE("each kind of personal data has a switch") {
    const std::vector<std::string> texts = {"/home/{L}/x and {F} {S}", "ping {H}",
                                            "mail {f}@"
                                            "firma.pl",
                                            expand_sample("host 93.184{}.216.34 up"),
                                            expand_sample("call 415-{}555-0132 now")};
    using Switch = bool PersonalData::*;
    const std::vector<Switch> switches = {&PersonalData::names, &PersonalData::hosts, &PersonalData::emails,
                                          &PersonalData::ips, &PersonalData::phones};
    for (std::size_t off = 0; off < switches.size(); ++off) {
        ScrubOptions options = keyed();
        options.personal.*switches[off] = false;
        const std::vector<std::string> out = scrubbed_texts(texts, k_login, options);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            INFO(off << " off: " << out[i]);
            // The name in an address is a name, too.
            const bool whole = out[i] == filled(texts[i], k_login);
            if (i == off && off != 2) CHECK(whole);
            if (i == off && off == 2) CHECK(out[i].find("@firma.pl") != std::string::npos);
            if (i != off) CHECK_FALSE(whole);
        }
        ScrubOptions looking;
        looking.personal.*switches[off] = false;
        CHECK(scan_text(texts[4], looking).empty() == (off == 4));
    }
    PersonalData none;
    none.emails = false;
    CHECK(rule_set_digest(nullptr, none) != rule_set_digest());
}

TEST_CASE("the repository goes when that is asked for") {
    const std::vector<std::string> texts = {"git clone https://github.com/acmecorp/zappletron.git",
                                            "cd /srv/zappletron && make", "acmecorp/zappletron#7",
                                            "see github.com/gin-gonic/gin"};
    for (const bool off : {true, false}) {
        ScrubOptions options = keyed();
        options.personal.repos = !off;
        trace::TraceRecord record = session(texts, k_login);
        record.task.repository = "acmecorp/zappletron";
        record.task.base_commit = std::string(40, 'a');
        record.environment.vcs.base_commit = record.task.base_commit;
        record.outcome.commit_sha = record.task.base_commit;
        const ScrubbedTrace scrubbed = scrub(record, options);
        const std::string line = trace::encode(scrubbed.record());
        CHECK((line.find("zappletron") == std::string::npos) == !off);
        CHECK((line.find("acmecorp") == std::string::npos) == !off);
        CHECK((line.find(std::string(40, 'a')) == std::string::npos) == !off);
        CHECK(line.find("gin-gonic/gin") != std::string::npos);
    }
}
