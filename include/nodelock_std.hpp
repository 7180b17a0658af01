/*
 * nodelock_std.h for C++17: a directory of license storage that is closed when it goes, over nodelock_std.h and
 * nodelock.hpp.
 *
 *     nodelock::host host;
 *     nodelock::agent agent(nodelock::system_now);
 *
 *     host.keep(base, config);
 *     if (host.open("/var/lib/router/licenses") && agent.boot(config, memory)) {
 *         host.run(agent, "show license", console, done); ...
 *     }
 *
 * Nothing is thrown, and nothing is decided here: every call is one call of nodelock_std.h. What is missing here
 * is reached through get().
 */
#ifndef NODELOCK_STD_HPP
#define NODELOCK_STD_HPP

#include "nodelock.hpp"
#include "nodelock_std.h"

namespace nodelock {

/// nodelock_std_now: the clock of an agent.
inline nodelock_now system_now(void * = nullptr) noexcept
{
    nodelock_now now{};
    nodelock_std_now(&now); // refuses NULL, nothing else
    return now;
}

/// An open directory, and the jobs of its operator. It stays where it is, and outlives the agent: declare it first.
class host {
public:
    host() = default;
    host(const host &) = delete;
    host &operator=(const host &) = delete;
    ~host()
    {
        if (open_) {
            nodelock_std_close(&host_);
        }
    }

    /// nodelock_std_open, after nodelock_std_close if it is open.
    result open(const char *directory, void *user = nullptr) noexcept
    {
        if (open_) {
            const result closed = close();
            if (!closed) {
                return closed;
            }
        }
        why_[0] = '\0';
        const result done(
            nodelock_std_open(&host_, sizeof host_, directory, user, why_, sizeof why_));
        open_ = static_cast<bool>(done);
        return done;
    }

    /// nodelock_std_close.
    result close() noexcept
    {
        const result done(nodelock_std_close(&host_));
        if (done) {
            open_ = false;
        }
        return done;
    }

    /// Lets an agent keep its licenses here. The callbacks of base get the host; see nodelock_std_user.
    void keep(nodelock_config &base, nodelock_agent_config &config) noexcept
    {
        base.user = &host_;
        config.base = &base;
        config.load = nodelock_std_load;
        config.store = nodelock_std_store;
        config.remove = nodelock_std_remove;
    }

    /// nodelock_std_run, now.
    result run(agent &with, const char *command, const nodelock_std_console &console,
               bool &done) noexcept
    {
        const nodelock_now now = system_now();
        std::uint32_t answer = 0;
        const result ran(nodelock_std_run(&host_, with.get(), &now, command, &console, &answer));
        done = ran && answer == 1;
        return ran;
    }

    /// nodelock_std_keep_license_file.
    result keep_license_file(agent &of, const char *file) noexcept
    {
        return result(nodelock_std_keep_license_file(&host_, of.get(), file));
    }

    /// nodelock_std_read_license.
    result read_license(const char *file, std::uint8_t *buffer, std::size_t capacity,
                        std::size_t &len) noexcept
    {
        return result(nodelock_std_read_license(&host_, file, buffer, capacity, &len));
    }

    /// nodelock_std_last_error, or why it could not be opened.
    std::string_view last_error() const noexcept
    {
        return open_ ? nodelock_std_last_error(&host_) : why_;
    }

    nodelock_std_host *get() noexcept { return &host_; }
    const nodelock_std_host *get() const noexcept { return &host_; }

private:
    nodelock_std_host host_{};
    char why_[256]{};
    bool open_ = false;
};

} // namespace nodelock

#endif /* NODELOCK_STD_HPP */
