#include "security/scrub/names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "opentraces/core/text.hpp"
#include "security/rules/char_class.hpp"
#include "security/scrub/word_data.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_shortest_distinctive = 4;

// Accounts that are roles, services or placeholders.
constexpr std::string_view k_roles =
    " root runner shared public default guest lib admin administrator vscode ubuntu node user username users "
    "you yourname your-username your_username me ec2-user codespace gitpod app dev test tests debian centos "
    "fedora vagrant pi circleci jenkins git linuxbrew jovyan sandbox agent coder appuser container builder "
    "build docker name example someone xxx foo bar redacted nobody daemon www-data postgres mysql nginx "
    "system "
    "home workspace project projects repo src data work code demo develop developer devuser testuser index "
    "staff wheel sudo adm sys bin sync games man mail news proxy backup list irc gnats nogroup systemd "
    "systemd-network systemd-resolve systemd-timesync messagebus syslog sshd ssh ntp polkitd avahi dnsmasq "
    "rtkit colord saned pulse gdm lightdm kernoops whoopsie usbmux tcpdump uuidd landscape lxd fwupd-refresh "
    "elasticsearch elastic kibana logstash grafana prometheus loki rabbitmq redis memcached mongodb mongod "
    "mongo tomcat kafka zookeeper cassandra hadoop hdfs hive spark airflow superset jupyter jupyterhub "
    "anaconda conda mambauser micromamba rails django flask www web webapp http https apache httpd haproxy "
    "varnish squid bind named unbound chrony nfsnobody oracle postgresql mariadb sqlserver mssql minio vault "
    "consul nomad etcd gitlab gitlab-runner github gitea gogs bitbucket actions buildkite travis drone "
    "teamcity "
    "bamboo sonarqube sonar nexus artifactory keycloak odoo magento wordpress nextcloud ghost strapi deno "
    "bun "
    "java golang rust ruby perl python php swift dotnet gradle maven android flutter expo electron "
    "playwright "
    "pptruser chromium chrome firefox selenium seluser cypress browserless ollama claude codex gemini cursor "
    "opencode opentraces openhands devin aider copilot windsurf amazon azure aws gcp google heroku deploy "
    "deployer service svc worker bot ci cd automation ansible terraform packer puppet chef salt core arch "
    "alpine nixbld nix guix steam support info contact team owner member author host localhost local remote "
    "server client owner all unknown none null undefined true false self this that everyone anonymous tester "
    "operator manager mcp api op oper account accounts login logins profile profiles everybody interactive "
    "_www _spotlight _windowserver _mdnsresponder _coreaudiod windowserver ";

// Words of the trade that are in no list of words of the language.
constexpr std::string_view k_trade =
    " async await bool char const enum extern float goto inline impl init json yaml toml html http https "
    "ajax "
    "args argv kwargs param params config configs conf docs util utils tmpl temp todo fixme linux unix "
    "kernel "
    "macos darwin windows ubuntu debian fedora redis kafka mysql sqlite postgres mongo nginx apache caddy "
    "django flask fastapi rails laravel symfony spring kotlin scala swift julia haskell erlang elixir "
    "clojure "
    "ocaml fortran cobol pascal delphi rust ruby perl python golang javascript typescript java node deno "
    "react "
    "redux angular svelte vue vite webpack rollup babel eslint prettier jest mocha jasmine karma cypress "
    "vitest "
    "pytest unittest tox numpy pandas scipy torch keras jax bert llama mistral gemma qwen claude gemini "
    "codex "
    "cursor copilot openai anthropic github gitlab bitbucket heroku vercel netlify fly docker kubectl helm "
    "terraform ansible vagrant consul vault nomad grafana prometheus kibana jenkins travis gradle maven "
    "bazel "
    "cmake ninja meson cargo npm yarn pnpm pip conda poetry hugo jekyll gatsby next nuxt astro remix stripe "
    "twilio slack discord zoom jira notion figma linear sentry datadog auth oauth saml ldap jwt uuid sha256 "
    "base64 utf8 ascii regex regexp grep sed awk bash zsh fish tmux screen vim emacs nano code repo repos "
    "git "
    "wget curl ssh scp rsync sudo chmod chown mkdir rmdir stdin stdout stderr null void uint size_t int32 "
    "int64 "
    "localhost main master head trunk origin upstream feat bugfix hotfix chore refactor wip darcs tokio "
    "serde "
    "axum actix boost qt gtk opencv cuda vulkan opengl metal pixel opus sonnet haiku gpt ollama langchain "
    "faker lorem ipsum dolor foobar foo baz qux quux sandbox playground monorepo backend frontend fullstack "
    "middleware webhook websocket endpoint localstack minikube firefox chrome chromium safari opera webkit "
    "gecko android iphone ipad macbook laptop desktop server worker runner ";

constexpr std::string_view k_no_person =
    " your name test user bot claude github gitlab actions agent codex copilot cursor gemini example unknown "
    "ci "
    "deploy build builder system admin root none null author authors contributors team developers developer "
    "noreply no-reply dependabot renovate automation service account the ";

constexpr std::string_view k_kinds_of_host =
    " localhost localdomain ubuntu debian fedora centos arch alpine raspberrypi macbook macbook-pro "
    "macbook-air mac mbp mba imac mac-mini laptop desktop server host box pc workstation vm dev devbox "
    "devcontainer "
    "container docker runner sandbox codespace codespaces node master worker web app api db database cache "
    "redis postgres mysql github gitlab bitbucket prod staging test home local remote machine computer kali "
    "manjaro archlinux nixos penguin wsl buildkitsandbox version kernel mint gateway bastion jump jumphost "
    "penguin cloudshell workspace hostname name ";

constexpr std::array<std::string_view, 14> k_page_endings = {".html", ".htm",  ".php", ".js", ".ts",
                                                             ".tsx",  ".jsx",  ".css", ".py", ".md",
                                                             ".vue",  ".json", ".svg", ".png"};

// The lists have a blank on either side of each word.
bool in_list(std::string_view list, std::string_view word) {
    return word.find(' ') == std::string_view::npos && !word.empty() &&
           list.find(" " + std::string(word) + " ") != std::string_view::npos;
}

bool in_word_data(std::string_view word) {
    const std::string_view all = k_word_data;
    std::size_t low = 0;
    std::size_t high = all.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        const std::size_t before = middle == 0 ? std::string_view::npos : all.rfind('\n', middle - 1);
        const std::size_t line = before == std::string_view::npos ? 0 : before + 1;
        const std::size_t end = std::min(all.find('\n', line), all.size());
        const int order = all.substr(line, end - line).compare(word);
        if (order == 0) return true;
        if (order < 0) {
            low = end + 1;
        } else {
            high = line;
        }
    }
    return false;
}

// A word of the language, inflected or not.
bool is_word(std::string_view name) {
    if (in_word_data(name)) return true;
    constexpr std::array<std::string_view, 8> k_endings = {"s", "es", "ed", "d", "ing", "er", "r", "ly"};
    return std::any_of(k_endings.begin(), k_endings.end(), [&](std::string_view ending) {
        if (!name.ends_with(ending) || name.size() < ending.size() + 3) return false;
        const std::string stem(name.substr(0, name.size() - ending.size()));
        return in_word_data(stem) || in_word_data(stem + "e");
    });
}

bool has_letter(std::string_view name) {
    return std::any_of(name.begin(), name.end(),
                       [](char c) { return is<'y'>(c) || static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

bool is_name_char(char c) {
    return is<'v'>(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_pseudonym(std::string_view name) {
    return name.size() == 9 && (name[0] == 'u' || name[0] == 'h' || name[0] == 'r') &&
           run_end<'h'>(name, 1) == 9;
}

bool is_personal_name(std::string_view name) {
    // A bracket tells a program: "renovate[bot]".
    if (name.size() < 2 || is_pseudonym(name) || name.find('[') != std::string_view::npos) return false;
    const std::string folded = to_lower_ascii(name);
    if (in_list(k_roles, folded) || folded == "all users" || folded == "default user" ||
        folded == "defaultuser0")
        return false;
    if (folded.find("your") != std::string::npos || folded.find("xxx") != std::string::npos) return false;
    if (!has_letter(folded)) return false;
    return std::none_of(k_page_endings.begin(), k_page_endings.end(),
                        [&](std::string_view ending) { return folded.ends_with(ending); });
}

bool is_personal_full_name(std::string_view name) {
    const std::string folded = to_lower_ascii(name);
    if (folded.find(' ') == std::string::npos) return is_personal_name(name) && !in_list(k_no_person, folded);
    if (folded.find("[bot]") != std::string::npos || folded.find('@') != std::string::npos) return false;
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        const std::string_view word = std::string_view(folded).substr(at, end - at);
        if (in_list(k_no_person, word) || is_pseudonym(word)) return false;
        at = end + 1;
    }
    return has_letter(folded);
}

bool is_personal_host(std::string_view name) {
    const std::string folded = to_lower_ascii(name);
    if (folded.size() < 4 || is_pseudonym(folded) || !has_letter(folded)) return false;
    const std::string first = folded.substr(0, folded.find('.'));
    if (in_list(k_kinds_of_host, first) || in_list(k_roles, first)) return false;
    // Ids of containers, addresses of clouds.
    if (run_end<'h'>(first, 0) == first.size() && first.size() >= 8) return false;
    return !first.starts_with("ip-") && !first.starts_with("runner-") && !first.starts_with("codespaces-") &&
           !first.starts_with("fv-az") && !first.starts_with("github") && !first.starts_with("gitlab");
}

bool is_distinctive_name(std::string_view name) {
    if (code_points(name) < k_shortest_distinctive) return false;
    if (in_list(k_trade, name) || in_list(k_roles, name) || in_list(k_kinds_of_host, name)) return false;
    return !is_word(name);
}

}  // namespace opentraces::security
