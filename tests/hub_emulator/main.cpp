// opentraces-hub-emulator: the stand-in Hub as a process, for scripts, demonstrations and foreign clients.
#include <csignal>
#include <iostream>
#include <stdexcept>

#include "emulator.hpp"
#include "json.hpp"

namespace {

constexpr const char* k_usage =
    "Usage: opentraces-hub-emulator [options]\n"
    "Serves a Hugging Face Hub look-alike on loopback until SIGTERM or SIGINT; prints one JSON line when "
    "ready.\n"
    "  --port N, --storage-port N     ports (0 = free)\n"
    "  --user NAME                    user the next --token belongs to (default alice)\n"
    "  --token TOKEN                  write token (default hf_test_write); may be repeated\n"
    "  --read-token TOKEN             read-only token of the same user\n"
    "  --org NAME                     organisation the user belongs to; may be repeated\n"
    "  --lfs-threshold BYTES          larger files go to LFS (default 10 MiB)\n"
    "  --multipart-threshold BYTES    larger LFS files are uploaded in parts (default 64 MiB)\n"
    "  --chunk-size BYTES             size of a part (default 16000000)\n"
    "  --page-size N                  entries per page of listings\n"
    "  --redirect-regular yes|no      send regular files through the cache redirect (default no)\n"
    "  --data DIR                     keep repositories in DIR\n"
    "  --fault NAME                   arm a fault for every repository; may be repeated\n"
    "  --list-faults                  print the fault names and exit\n";

struct Account {
    std::string user;
    std::string token;
    std::string role;
};

struct Arguments {
    hub_emulator::Options options;
    std::vector<Account> accounts;
    std::vector<hub_emulator::Membership> orgs;
    std::vector<std::string> faults;
    std::string user = "alice";
};

std::uint64_t number(const std::string& text) {
    std::size_t used = 0;
    const auto value = std::stoull(text, &used);
    if (used != text.size()) {
        throw std::invalid_argument("not a number: " + text);
    }
    return value;
}

void apply(Arguments& arguments, const std::string& option, const std::string& value) {
    auto& options = arguments.options;
    if (option == "--port") {
        options.port = static_cast<int>(number(value));
    } else if (option == "--storage-port") {
        options.storage_port = static_cast<int>(number(value));
    } else if (option == "--user") {
        arguments.user = value;
    } else if (option == "--token" || option == "--read-token") {
        arguments.accounts.push_back({arguments.user, value, option == "--token" ? "write" : "read"});
    } else if (option == "--org") {
        arguments.orgs.push_back({value, "write"});
    } else if (option == "--lfs-threshold") {
        options.lfs_threshold = number(value);
    } else if (option == "--multipart-threshold") {
        options.multipart_threshold = number(value);
    } else if (option == "--chunk-size") {
        options.chunk_size = number(value);
    } else if (option == "--page-size") {
        options.page_size = number(value);
    } else if (option == "--redirect-regular") {
        options.regular_files_redirect = value == "yes";
    } else if (option == "--data") {
        options.data_dir = value;
    } else if (option == "--fault") {
        arguments.faults.push_back(value);
    } else {
        throw std::invalid_argument("unknown option " + option);
    }
}

Arguments parse(const std::vector<std::string>& words) {
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); i += 2) {
        if (i + 1 == words.size()) {
            throw std::invalid_argument(words[i] + " needs a value");
        }
        apply(arguments, words[i], words[i + 1]);
    }
    if (arguments.accounts.empty()) {
        arguments.accounts.push_back({arguments.user, "hf_test_write", "write"});
    }
    return arguments;
}

void serve(const Arguments& arguments) {
    // Blocked before any thread exists, so that only sigwait() sees them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    hub_emulator::HubEmulator emulator;
    bool first = true;
    for (const auto& account : arguments.accounts) {
        emulator.add_user(account.user, account.token, account.role,
                          first ? arguments.orgs : std::vector<hub_emulator::Membership>{});
        first = false;
    }
    for (const auto& name : arguments.faults) {
        const auto fault = hub_emulator::named_fault(name);
        if (!fault) {
            throw std::invalid_argument("unknown fault " + name);
        }
        emulator.add_fault(*fault);
    }
    emulator.script_oauth({"authorization_pending", "ok"}, arguments.accounts.front().token);
    emulator.start(arguments.options);
    std::cout << nlohmann::json{{"hub", emulator.hub_url()},
                                {"storage", emulator.storage_url()},
                                {"user", arguments.accounts.front().user},
                                {"token", arguments.accounts.front().token}}
                     .dump()
              << std::endl;
    int signal = 0;
    sigwait(&signals, &signal);
    emulator.stop();
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) {
        std::cout << k_usage;
        return 0;
    }
    if (!words.empty() && words[0] == "--list-faults") {
        for (const auto& name : hub_emulator::fault_names()) {
            std::cout << name << "\n";
        }
        return 0;
    }
    try {
        serve(parse(words));
        return 0;
    } catch (const std::invalid_argument& error) {
        std::cerr << "opentraces-hub-emulator: " << error.what() << "\n" << k_usage;
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "opentraces-hub-emulator: " << error.what() << "\n";
        return 1;
    }
}
