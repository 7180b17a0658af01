/*
 * nodelock for C++17: contexts, agents, leases and jobs that clean up after themselves, over nodelock.h.
 *
 *     nodelock::context<8> context;
 *     if (context.init(config) && context.install(file, file_len) && context.granted("routing")) {
 *         start_routing();
 *     }
 *
 * Nothing is allocated or thrown, and nothing is decided here: every call is one call of nodelock.h, where
 * its results, threads and callbacks are described. What is missing here is reached through get().
 */
#ifndef NODELOCK_HPP
#define NODELOCK_HPP

#include "nodelock.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nodelock {

/// What a call gave: true if it did what it is for.
class [[nodiscard]] result {
public:
    constexpr explicit result(nodelock_result code) noexcept : code_(code) {}

    constexpr explicit operator bool() const noexcept { return code_ == NODELOCK_OK; }
    /// NODELOCK_OK or NODELOCK_ERR_...
    constexpr nodelock_result code() const noexcept { return code_; }
    /// What is wrong, for a reader.
    std::string_view text() const noexcept { return nodelock_result_text(code_); }
    /// What the reader can do about it.
    std::string_view remedy() const noexcept { return nodelock_result_remedy(code_); }
    /// The short name, e.g. "unknown-key".
    std::string_view name() const noexcept { return nodelock_result_name(code_); }

    friend constexpr bool operator==(result a, result b) noexcept { return a.code_ == b.code_; }
    friend constexpr bool operator!=(result a, result b) noexcept { return a.code_ != b.code_; }

private:
    nodelock_result code_;
};

/// May it run? Only `granted` is yes; other values than these two are the numbers of denials.
enum class verdict : nodelock_verdict {
    granted = NODELOCK_GRANTED,
    undecided = NODELOCK_UNDECIDED,
};

/// A verdict in words, for a reader.
inline std::string_view text(verdict answer) noexcept
{
    return nodelock_verdict_text(static_cast<nodelock_verdict>(answer));
}

/// What nodelock_agent_install shall do.
enum class intent : std::uint32_t {
    install = NODELOCK_INTENT_INSTALL,
    what_if = NODELOCK_INTENT_WHAT_IF,
};

/// What a REPAIR record repairs.
enum class repair : std::uint32_t {
    rollback = NODELOCK_REPAIR_ROLLBACK,
    damage = NODELOCK_REPAIR_DAMAGE,
    clock = NODELOCK_REPAIR_CLOCK,
};

/// A feature of the catalog, and time since power-on.
using handle = nodelock_handle;
using uptime = nodelock_uptime;
/// A number of units, and who acquires them.
using units = nodelock_units;
using owner = nodelock_owner;

/// nodelock_check_lines; undecided wherever that fails. Links with a library of the profile "check" too, which
/// has nothing else of what is here.
inline verdict check_lines(const nodelock_config &config, std::string_view lines,
                           std::string_view feature, std::uint64_t count = 1) noexcept
{
    nodelock_verdict answer = NODELOCK_UNDECIDED;
    if (nodelock_check_lines(&config, lines.data(), lines.size(), feature.data(), feature.size(), count,
                             &answer) != NODELOCK_OK) {
        return verdict::undecided;
    }
    return static_cast<verdict>(answer);
}

/// A plain context with room for this many licenses. It must not be moved.
template <std::size_t Slots> class context {
    static_assert(Slots > 0, "without slots nothing can be installed");

public:
    context() = default;
    context(const context &) = delete;
    context &operator=(const context &) = delete;
    ~context()
    {
        if (ready_) {
            nodelock_deinit(&context_);
        }
    }

    /// nodelock_init. The configuration and what it points to must outlive the context. A context that is
    /// initialised again forgets its licenses, also if that fails.
    result init(const nodelock_config &config) noexcept
    {
        if (ready_) {
            const result ended(nodelock_deinit(&context_));
            if (!ended) {
                return ended;
            }
            ready_ = false;
        }
        const result done(nodelock_init(&context_, sizeof context_, &config, slots_, Slots));
        ready_ = static_cast<bool>(done);
        return done;
    }

    /// nodelock_install.
    result install(const std::uint8_t *data, std::size_t len, nodelock_tally *tally = nullptr) noexcept
    {
        return result(nodelock_install(&context_, data, len, tally));
    }

    /// nodelock_check; undecided wherever that fails.
    verdict check(std::string_view feature, std::uint64_t count = 1) const noexcept
    {
        nodelock_verdict answer = NODELOCK_UNDECIDED;
        if (nodelock_check(&context_, feature.data(), feature.size(), count, &answer) != NODELOCK_OK) {
            return verdict::undecided;
        }
        return static_cast<verdict>(answer);
    }

    /// Whether the verdict is yes.
    bool granted(std::string_view feature, std::uint64_t count = 1) const noexcept
    {
        return check(feature, count) == verdict::granted;
    }

    /// nodelock_explain.
    result explain(std::string_view feature, std::uint64_t count, nodelock_explanation &out) const noexcept
    {
        return result(nodelock_explain(&context_, feature.data(), feature.size(), count, &out));
    }

    nodelock_ctx *get() noexcept { return &context_; }
    const nodelock_ctx *get() const noexcept { return &context_; }

private:
    nodelock_ctx context_{};
    nodelock_slot slots_[Slots]{};
    bool ready_ = false;
};

class agent;

/// Reads the clocks of the device.
using clock = nodelock_now (*)(void *user);

/// The jobs of a fleet manager: room for this many, and for this many results of licenses. It must not be moved.
template <std::size_t Slots, std::size_t Results = 0> class jobs {
    static_assert(Slots > 0, "without slots there are no jobs");

public:
    explicit jobs(clock now, void *user = nullptr) noexcept : now_(now), user_(user) {}
    jobs(const jobs &) = delete;
    jobs &operator=(const jobs &) = delete;

    /// nodelock_jobs_init. Jobs that are initialised again are forgotten.
    result init() noexcept
    {
        nodelock_jobs_memory memory{};
        NODELOCK_JOBS_MEMORY_SET_SIZES(memory);
        memory.slots = slots_;
        memory.slot_count = Slots;
        memory.results = Results == 0 ? nullptr : results_;
        memory.result_count = Results;
        return result(nodelock_jobs_init(&jobs_, sizeof jobs_, &memory));
    }

    /// nodelock_jobs_create.
    result create(const nodelock_job_request &request, std::uint32_t &id) noexcept
    {
        const nodelock_now now = now_(user_);
        return result(nodelock_jobs_create(&jobs_, &request, &now, &id));
    }

    /// nodelock_jobs_start.
    result start(std::uint32_t id) noexcept { return result(nodelock_jobs_start(&jobs_, id)); }

    /// nodelock_jobs_begin; what is begun is for agent::perform.
    result begin(std::uint32_t &id) noexcept { return result(nodelock_jobs_begin(&jobs_, &id)); }

    /// nodelock_jobs_delete.
    result remove(std::uint32_t id) noexcept { return result(nodelock_jobs_delete(&jobs_, id)); }

    /// nodelock_jobs_get.
    result find(std::uint32_t id, nodelock_job &out) const noexcept
    {
        return result(nodelock_jobs_get(&jobs_, id, &out));
    }

    /// nodelock_jobs_at, for each job: calls take(const nodelock_job &). The callable must not throw, and not
    /// change the jobs.
    template <typename Take> result each(Take take) const noexcept
    {
        nodelock_job job{};
        for (std::size_t index = 0;; index++) {
            const result found(nodelock_jobs_at(&jobs_, index, &job));
            if (!found) {
                return end(found);
            }
            take(static_cast<const nodelock_job &>(job));
        }
    }

    /// nodelock_jobs_result_at, for each license of the job: calls take(const nodelock_job_result &), under
    /// the same conditions. Of a job that is not there no license has a result.
    template <typename Take> result each_result(std::uint32_t id, Take take) const noexcept
    {
        nodelock_job_result license{};
        for (std::size_t index = 0;; index++) {
            const result found(nodelock_jobs_result_at(&jobs_, id, index, &license));
            if (!found) {
                return end(found);
            }
            take(static_cast<const nodelock_job_result &>(license));
        }
    }

    nodelock_jobs *get() noexcept { return &jobs_; }
    const nodelock_jobs *get() const noexcept { return &jobs_; }

private:
    static result end(result found) noexcept
    {
        return found == result(NODELOCK_ERR_NO_SUCH_INDEX) ? result(NODELOCK_OK) : found;
    }

    nodelock_jobs jobs_{};
    nodelock_job_slot slots_[Slots]{};
    nodelock_job_result_slot results_[Results == 0 ? 1 : Results]{};
    clock now_;
    void *user_;
};

/// Units of a feature that are given back when this goes. It must not outlive the agent.
class lease {
public:
    lease() = default;
    lease(const lease &) = delete;
    lease &operator=(const lease &) = delete;
    lease(lease &&other) noexcept { take(other); }
    lease &operator=(lease &&other) noexcept
    {
        if (this != &other) {
            drop();
            take(other);
        }
        return *this;
    }
    ~lease() { drop(); }

    /// Whether units are held.
    explicit operator bool() const noexcept { return agent_ != nullptr; }

    /// nodelock_agent_release; NODELOCK_ERR_NO_SUCH_LEASE if nothing is held. If it fails, the units are
    /// still held.
    inline result release() noexcept;

private:
    friend class agent;

    void take(lease &other) noexcept
    {
        agent_ = other.agent_;
        lease_ = other.lease_;
        owner_ = other.owner_;
        other.agent_ = nullptr;
    }
    /// A destructor cannot report a failure: call release to learn of one.
    void drop() noexcept
    {
        if (agent_ != nullptr) {
            static_cast<void>(release());
        }
    }

    agent *agent_ = nullptr;
    nodelock_lease lease_{};
    nodelock_owner owner_{};
};

/// The arrays that an agent works in: room for this many licenses with the trials of the catalog, features, leases,
/// events and names in lists of included features. It must outlive the agent, and must not be moved while it is used.
template <std::size_t Lines, std::size_t Features, std::size_t Leases = 0, std::size_t Events = 0,
          std::size_t Names = 0, std::size_t Scratch = NODELOCK_SCRATCH_LEN>
class agent_memory {
    static_assert(Lines > 0, "without lines nothing can be installed");
    static_assert(Features > 0 && Features <= 1024, "a catalog has 1 to 1024 features");
    static_assert(Scratch >= NODELOCK_SCRATCH_MIN, "too little scratch");

public:
    agent_memory() = default;
    agent_memory(const agent_memory &) = delete;
    agent_memory &operator=(const agent_memory &) = delete;

    /// For nodelock_agent_boot.
    nodelock_agent_memory get() noexcept
    {
        nodelock_agent_memory memory{};
        NODELOCK_AGENT_MEMORY_SET_SIZES(memory);
        memory.lines = lines_;
        memory.line_count = Lines;
        memory.features = features_;
        memory.feature_count = Features;
        memory.leases = Leases == 0 ? nullptr : leases_;
        memory.lease_count = Leases;
        memory.events = Events == 0 ? nullptr : events_;
        memory.event_count = Events;
        memory.catalog = catalog_;
        memory.catalog_count = Features;
        memory.names = Names == 0 ? nullptr : names_;
        memory.name_count = Names;
        memory.scratch = scratch_;
        memory.scratch_len = Scratch;
        return memory;
    }

private:
    nodelock_line_slot lines_[Lines]{};
    nodelock_feature_slot features_[Features]{};
    nodelock_lease_slot leases_[Leases == 0 ? 1 : Leases]{};
    nodelock_event_slot events_[Events == 0 ? 1 : Events]{};
    nodelock_catalog_entry catalog_[Features]{};
    nodelock_name_slot names_[Names == 0 ? 1 : Names]{};
    std::uint8_t scratch_[Scratch]{};
};

/// An agent, with the clocks of the device. It must not be moved.
class agent {
public:
    using clock = nodelock::clock;

    explicit agent(clock now, void *user = nullptr) noexcept : now_(now), user_(user) {}
    agent(const agent &) = delete;
    agent &operator=(const agent &) = delete;
    ~agent()
    {
        if (ready_) {
            nodelock_agent_deinit(&agent_);
        }
    }

    /// nodelock_agent_boot. The configuration and the memory must outlive the agent.
    result boot(const nodelock_agent_config &config, const nodelock_agent_memory &memory) noexcept
    {
        if (ready_) {
            const result ended(nodelock_agent_deinit(&agent_));
            if (!ended) {
                return ended;
            }
            ready_ = false;
        }
        const nodelock_now now = now_(user_);
        const result done(nodelock_agent_boot(&agent_, sizeof agent_, &config, &memory, &now));
        ready_ = static_cast<bool>(done);
        return done;
    }

    /// nodelock_agent_boot with arrays of a type that knows their sizes.
    template <std::size_t Lines, std::size_t Features, std::size_t Leases, std::size_t Events,
              std::size_t Names, std::size_t Scratch>
    result boot(const nodelock_agent_config &config,
                agent_memory<Lines, Features, Leases, Events, Names, Scratch> &memory) noexcept
    {
        const nodelock_agent_memory arrays = memory.get();
        return boot(config, arrays);
    }

    /// nodelock_agent_install.
    result install(const std::uint8_t *data, std::size_t len, intent what = intent::install,
                   nodelock_tally *tally = nullptr) noexcept
    {
        const nodelock_now now = now_(user_);
        return result(nodelock_agent_install(&agent_, data, len, static_cast<std::uint32_t>(what), &now,
                                             tally));
    }

    /// nodelock_agent_tick.
    result tick() noexcept
    {
        const nodelock_now now = now_(user_);
        return result(nodelock_agent_tick(&agent_, &now));
    }

    /// nodelock_agent_next_deadline; its seconds are NODELOCK_NO_END if time changes nothing.
    result next_deadline(uptime &deadline) const noexcept
    {
        return result(nodelock_agent_next_deadline(&agent_, &deadline));
    }

    /// nodelock_agent_find.
    result find(std::string_view name, handle &feature) const noexcept
    {
        return result(nodelock_agent_find(&agent_, name.data(), name.size(), &feature));
    }

    /// nodelock_agent_request_level.
    result request_level(handle level) noexcept
    {
        return result(nodelock_agent_request_level(&agent_, level));
    }

    /// nodelock_agent_request_any_level.
    result request_any_level(handle level) noexcept
    {
        return result(nodelock_agent_request_any_level(&agent_, level));
    }

    /// nodelock_agent_booted_level; level is NODELOCK_NO_HANDLE if the feature is no level.
    result booted_level(handle feature, handle &level) const noexcept
    {
        return result(nodelock_agent_booted_level(&agent_, feature, &level));
    }

    /// nodelock_agent_next_level; level is NODELOCK_NO_HANDLE if the feature is no level.
    result next_level(handle feature, handle &level) const noexcept
    {
        return result(nodelock_agent_next_level(&agent_, feature, &level));
    }

    /// nodelock_agent_check; undecided wherever that fails.
    verdict check(handle feature) const noexcept
    {
        nodelock_verdict answer = NODELOCK_UNDECIDED;
        if (nodelock_agent_check(&agent_, feature, now_(user_).uptime, &answer) != NODELOCK_OK) {
            return verdict::undecided;
        }
        return static_cast<verdict>(answer);
    }

    /// nodelock_agent_granted.
    bool granted(handle feature) const noexcept
    {
        return nodelock_agent_granted(&agent_, feature, now_(user_).uptime) == NODELOCK_GRANTED;
    }

    /// nodelock_agent_explain.
    result explain(handle feature, units count, nodelock_answer &out) const noexcept
    {
        return result(nodelock_agent_explain(&agent_, feature, count, &out));
    }

    /// nodelock_agent_explain_words. An array of NODELOCK_WORDS_SIZE is always large enough.
    template <std::size_t Size>
    result explain_words(handle feature, units count, std::uint32_t which, char (&words)[Size]) const noexcept
    {
        return result(nodelock_agent_explain_words(&agent_, feature, count, which, words, Size));
    }

    /// nodelock_agent_acquire. What the lease held before is given back first.
    result acquire(handle feature, units count, owner who, lease &out) noexcept
    {
        out = lease();
        const nodelock_now now = now_(user_);
        nodelock_lease taken{};
        const result done(nodelock_agent_acquire(&agent_, feature, count, who, &now, &taken));
        if (done) {
            out.agent_ = this;
            out.lease_ = taken;
            out.owner_ = who;
        }
        return done;
    }

    /// nodelock_agent_activate.
    result activate(handle feature) noexcept
    {
        const nodelock_now now = now_(user_);
        return result(nodelock_agent_activate(&agent_, feature, &now));
    }

    /// nodelock_agent_deactivate.
    result deactivate(handle feature) noexcept
    {
        const nodelock_now now = now_(user_);
        return result(nodelock_agent_deactivate(&agent_, feature, &now));
    }

    /// nodelock_agent_accept_eula.
    result accept_eula(handle feature, std::string_view text) noexcept
    {
        const nodelock_now now = now_(user_);
        return result(
            nodelock_agent_accept_eula(&agent_, feature, text.data(), text.size(), &now));
    }

    /// nodelock_agent_clear.
    result clear(const std::uint8_t (&line_id)[NODELOCK_LINE_ID_LEN]) noexcept
    {
        const nodelock_now now = now_(user_);
        return result(nodelock_agent_clear(&agent_, line_id, &now));
    }

    /// nodelock_agent_revoke.
    result revoke(const std::uint8_t (&line_id)[NODELOCK_LINE_ID_LEN]) noexcept
    {
        const nodelock_now now = now_(user_);
        return result(nodelock_agent_revoke(&agent_, line_id, &now));
    }

    /// nodelock_agent_repair_number.
    result repair_number(repair what, std::uint64_t &number) noexcept
    {
        return result(
            nodelock_agent_repair_number(&agent_, static_cast<std::uint32_t>(what), &number));
    }

    /// nodelock_agent_poll_event, for each event that waits: calls take(const nodelock_event &). The
    /// callable must not throw.
    template <typename Take> result each_event(Take take) noexcept
    {
        for (;;) {
            nodelock_event event{};
            const result polled(nodelock_agent_poll_event(&agent_, &event));
            if (!polled || event.kind == NODELOCK_EVENT_NONE) {
                return polled;
            }
            take(static_cast<const nodelock_event &>(event));
        }
    }

    /// nodelock_agent_history: calls take(const nodelock_history_entry &). The callable must not throw, and
    /// not call the agent.
    template <typename Take> result history(Take take) noexcept
    {
        auto *const each = +[](void *user, const nodelock_history_entry *entry) {
            (*static_cast<Take *>(user))(*entry);
        };
        return result(nodelock_agent_history(&agent_, each, &take));
    }

    /// nodelock_agent_line_text: calls write(std::string_view), which returns whether to go on. The callable
    /// must not throw, and not call the agent.
    template <typename Write>
    result line_text(const std::uint8_t (&line_id)[NODELOCK_LINE_ID_LEN], Write write) noexcept
    {
        auto *const piece = +[](void *user, const char *text, std::size_t len) -> std::int32_t {
            return (*static_cast<Write *>(user))(std::string_view(text, len)) ? 0 : 1;
        };
        return result(nodelock_agent_line_text(&agent_, line_id, piece, &write));
    }

    /// nodelock_agent_perform: carries out a job that was begun, with what was fetched for it.
    template <std::size_t Slots, std::size_t Results>
    result perform(jobs<Slots, Results> &begun, std::uint32_t id, std::uint32_t fetched,
                   const std::uint8_t *file, std::size_t len, const nodelock_job_port *port,
                   std::uint32_t &state) noexcept
    {
        const nodelock_now now = now_(user_);
        return result(nodelock_agent_perform(&agent_, begun.get(), id, fetched, file, len, port, &now,
                                             &state));
    }

    nodelock_agent *get() noexcept { return &agent_; }
    const nodelock_agent *get() const noexcept { return &agent_; }

private:
    friend class installer;
    friend class lease;

    nodelock_agent agent_{};
    clock now_;
    void *user_;
    bool ready_ = false;
};

inline result lease::release() noexcept
{
    if (agent_ == nullptr) {
        return result(NODELOCK_ERR_NO_SUCH_LEASE);
    }
    const nodelock_now now = agent_->now_(agent_->user_);
    const result done(nodelock_agent_release(&agent_->agent_, lease_, owner_, &now));
    if (done) {
        agent_ = nullptr;
    }
    return done;
}

/// A license file that comes in pieces. It takes the clocks of the agent.
class installer {
public:
    installer() = default;

    /// nodelock_installer_init: nothing has come yet. What came before is forgotten.
    result init() noexcept { return result(nodelock_installer_init(&installer_, sizeof installer_)); }

    /// nodelock_installer_push; tally counts from the start of the file.
    result push(agent &to, const std::uint8_t *data, std::size_t len,
                nodelock_tally *tally = nullptr) noexcept
    {
        const nodelock_now now = to.now_(to.user_);
        return result(nodelock_installer_push(&installer_, to.get(), data, len, &now, tally));
    }

    /// nodelock_installer_finish.
    result finish(agent &to, nodelock_tally *tally = nullptr) noexcept
    {
        const nodelock_now now = to.now_(to.user_);
        return result(nodelock_installer_finish(&installer_, to.get(), &now, tally));
    }

    nodelock_installer *get() noexcept { return &installer_; }

private:
    nodelock_installer installer_{};
};

/// Values in raw flash. It stays where it is; an agent's callbacks reach it through user.
class flash {
public:
    flash() = default;
    flash(const flash &) = delete;
    flash &operator=(const flash &) = delete;

    /// nodelock_flash_mount.
    result mount(const nodelock_flash_port &port) noexcept
    {
        return result(nodelock_flash_mount(&flash_, sizeof flash_, &port));
    }

    /// nodelock_flash_load, for the callback of an agent.
    std::int32_t load(std::uint16_t key, std::uint8_t *buffer, std::size_t capacity,
                      std::size_t *len) noexcept
    {
        return nodelock_flash_load(&flash_, key, buffer, capacity, len);
    }

    /// nodelock_flash_store, for the callback of an agent.
    std::int32_t store(std::uint16_t key, const std::uint8_t *data, std::size_t len) noexcept
    {
        return nodelock_flash_store(&flash_, key, data, len);
    }

    /// nodelock_flash_remove, for the callback of an agent.
    std::int32_t remove(std::uint16_t key) noexcept { return nodelock_flash_remove(&flash_, key); }

    nodelock_flash *get() noexcept { return &flash_; }

private:
    nodelock_flash flash_{};
};

} // namespace nodelock

#endif /* NODELOCK_HPP */
