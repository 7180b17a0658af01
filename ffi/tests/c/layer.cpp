// The C++ layer: the same answers as the functions below it, and everything given back.
#include "data.h"
#include "nodelock.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            std::fprintf(stderr, "%d: %s\n", __LINE__, #condition);                                \
            return 1;                                                                              \
        }                                                                                          \
    } while (false)

namespace {

const nodelock_trust_anchor anchors[] = {ANCHOR_PRODUCTION};

int32_t read_udi(void *, uint32_t member, nodelock_udi *out)
{
    static const char pid[] = "TEST-4/K9";
    static const char sn[] = "SN0000000001";

    if (member > 0) {
        return NODELOCK_NO_MORE;
    }
    *out = nodelock_udi{pid, std::strlen(pid), sn, std::strlen(sn)};
    return 0;
}

/// The one thing that a library of the profile "check" can do as well.
int lines_in_flash(const nodelock_config &config)
{
    std::string file(reinterpret_cast<const char *>(FILE_COUNTED), sizeof FILE_COUNTED);
    CHECK(nodelock::check_lines(config, file, "voice") == nodelock::verdict::granted);
    CHECK(nodelock::check_lines(config, file, "voice", 24) == nodelock::verdict::granted);
    CHECK(nodelock::check_lines(config, file, "voice", 25) != nodelock::verdict::granted);
    // No NUL behind the name.
    CHECK(nodelock::check_lines(config, file, std::string_view("voiceX").substr(0, 5)) ==
          nodelock::verdict::granted);
    CHECK(nodelock::check_lines(config, {}, "voice") == static_cast<nodelock::verdict>(601));
    CHECK(nodelock::check_lines(config, file, {}) == nodelock::verdict::undecided);
    nodelock_config nobody = config;
    nobody.read_udi = nullptr;
    CHECK(nodelock::check_lines(nobody, file, "voice") == nodelock::verdict::undecided);
    file[10] ^= 1;
    file.resize(file.find('\n'));
    CHECK(nodelock::check_lines(config, file, "voice") != nodelock::verdict::granted);
    return 0;
}

#ifndef ONLY_CHECK

std::map<uint16_t, std::vector<uint8_t>> stored;

int32_t load(void *, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    const auto found = stored.find(key);
    if (found == stored.end()) {
        return NODELOCK_NO_VALUE;
    }
    if (found->second.size() > capacity) {
        return NODELOCK_ERR_STORAGE_FULL;
    }
    std::copy(found->second.begin(), found->second.end(), buffer);
    *len = found->second.size();
    return 0;
}
int32_t store(void *, uint16_t key, const uint8_t *data, size_t len)
{
    stored[key].assign(data, data + len);
    return 0;
}
int32_t forget(void *, uint16_t key)
{
    stored.erase(key);
    return 0;
}

nodelock_now now(void *) { return nodelock_now{}; }

constexpr nodelock::handle ipservices = 0;
constexpr nodelock::handle none = 9;
constexpr nodelock::owner us{7};

uint64_t in_use(const nodelock::agent &agent)
{
    uint64_t units = UINT64_MAX;
    return nodelock_agent_in_use(agent.get(), ipservices, &units) == NODELOCK_OK ? units : UINT64_MAX;
}

int plain(const nodelock_config &config)
{
    nodelock::context<4> context;
    CHECK(context.check("ipservices") == nodelock::verdict::undecided);
    nodelock_config nobody = config;
    nobody.read_udi = nullptr;
    CHECK(context.init(nobody) == nodelock::result(NODELOCK_ERR_NO_READ_UDI));

    CHECK(context.init(config));
    nodelock_tally tally{};
    CHECK(context.install(FILE_PERMANENT, sizeof FILE_PERMANENT, &tally) && tally.installed == 1);
    CHECK(context.granted("ipservices"));
    // No NUL behind the name.
    CHECK(context.granted(std::string_view("ipservicesX").substr(0, 10)));
    CHECK(!context.granted("ipservicesX"));
    CHECK(context.check("voice") == static_cast<nodelock::verdict>(601));
    CHECK(context.check(std::string_view{}) != nodelock::verdict::granted);
    nodelock_explanation why{};
    CHECK(context.explain("voice", 1, why));
    CHECK(nodelock::result(why.reason).name() == nodelock_result_name(NODELOCK_ERR_NO_LICENSE));

    // Initialised again, it has forgotten.
    CHECK(context.init(config));
    CHECK(!context.granted("ipservices"));
    return 0;
}

std::vector<nodelock_job_result> results_of(const nodelock::jobs<2, 4> &jobs, std::uint32_t id)
{
    std::vector<nodelock_job_result> all;
    const nodelock::result done =
        jobs.each_result(id, [&all](const nodelock_job_result &license) { all.push_back(license); });
    return done ? all : std::vector<nodelock_job_result>(99);
}

/// A fleet manager's jobs, on an agent with no lines and room for two.
int with_jobs(nodelock::agent &agent)
{
    nodelock::jobs<2, 4> jobs(now);
    nodelock_job_request request{};
    request.action = NODELOCK_ACTION_INSTALL;
    std::uint32_t id = 9;
    std::uint32_t state = 9;
    CHECK(jobs.create(request, id) == nodelock::result(NODELOCK_ERR_NOT_INITIALIZED));
    CHECK(jobs.each([](const nodelock_job &) {}) == nodelock::result(NODELOCK_ERR_NOT_INITIALIZED));
    CHECK(jobs.init());
    CHECK(jobs.begin(id) && id == 0);
    CHECK(jobs.create(request, id) && id != 0);
    CHECK(agent.perform(jobs, id, NODELOCK_CAUSE_NONE, nullptr, 0, nullptr, state) ==
          nodelock::result(NODELOCK_ERR_JOB_STATE));
    CHECK(jobs.start(id) && jobs.start(id) == nodelock::result(NODELOCK_ERR_JOB_STATE));
    std::uint32_t begun = 0;
    CHECK(jobs.begin(begun) && begun == id);
    CHECK(jobs.remove(id) == nodelock::result(NODELOCK_ERR_JOB_STATE));
    CHECK(agent.perform(jobs, id, NODELOCK_CAUSE_NONE, FILE_COUNTED, sizeof FILE_COUNTED, nullptr,
                        state));
    CHECK(state == NODELOCK_JOB_SUCCESSFUL);
    const auto results = results_of(jobs, id);
    CHECK(results.size() == 2 && results[1].number == 2 &&
          results[1].state == NODELOCK_JOB_SUCCESSFUL);

    // The second job's file could not be fetched.
    std::uint32_t second = 0;
    CHECK(jobs.create(request, second) && jobs.start(second) && jobs.begin(begun));
    CHECK(agent.perform(jobs, begun, NODELOCK_CAUSE_FILE_SERVER_NOT_REACHABLE, nullptr, 0, nullptr,
                        state));
    nodelock_job job{};
    CHECK(state == NODELOCK_JOB_FAILED && jobs.find(second, job) &&
          job.cause == NODELOCK_CAUSE_FILE_SERVER_NOT_REACHABLE);
    CHECK(results_of(jobs, second).empty());

    std::uint32_t third = 0;
    CHECK(jobs.create(request, third) == nodelock::result(NODELOCK_ERR_JOBS_FULL));
    CHECK(jobs.remove(id) && jobs.find(id, job) == nodelock::result(NODELOCK_ERR_NO_SUCH_JOB));
    unsigned seen = 0;
    CHECK(jobs.each([&seen, second](const nodelock_job &one) { seen += one.id == second ? 1 : 100; }));
    CHECK(seen == 1);
    CHECK(jobs.create(request, third));

    // Without room for results, jobs only count.
    nodelock::jobs<1> counting(now);
    CHECK(counting.init() && counting.create(request, id) && counting.start(id) &&
          counting.begin(begun));
    CHECK(agent.perform(counting, id, NODELOCK_CAUSE_NONE, FILE_OTHER, sizeof FILE_OTHER, nullptr,
                        state));
    CHECK(state == NODELOCK_JOB_FAILED && counting.find(id, job) && job.failures == 0 && job.for_others == 1);
    CHECK(job.cause == NODELOCK_CAUSE_LICENSE_NOT_VALID_FOR_DEVICE);
    unsigned kept = 0;
    CHECK(counting.each_result(id, [&kept](const nodelock_job_result &) { kept += 1; }) && kept == 0);
    return 0;
}

/// Memory as a template, deadlines, handles by name, and the levels of an image.
int with_levels(const nodelock_config &base)
{
    static const char *const included[] = {"voice"};
    static nodelock::agent_memory<2, 3, 1, 4, 1, NODELOCK_SCRATCH_MIN> memory;

    stored.clear();
    nodelock_feature catalog[3]{};
    catalog[0].name = "ipbase";
    catalog[1].name = "ipservices";
    catalog[1].rank = 1;
    catalog[1].includes = included;
    catalog[1].include_count = 1;
    catalog[0].module = catalog[1].module = "router";
    catalog[0].package = catalog[1].package = "technology";
    catalog[2].name = "voice";
    nodelock_agent_config config{};
    NODELOCK_AGENT_CONFIG_SET_SIZES(config);
    config.base = &base;
    config.features = catalog;
    config.feature_count = 3;
    config.load = load;
    config.store = store;
    config.remove = forget;

    nodelock::agent agent(now);
    nodelock::uptime deadline{9};
    nodelock::handle found = 9;
    CHECK(agent.next_deadline(deadline) == nodelock::result(NODELOCK_ERR_NOT_INITIALIZED));
    CHECK(agent.find("voice", found) == nodelock::result(NODELOCK_ERR_NOT_INITIALIZED));
    CHECK(deadline.seconds == 9 && found == 9);

    CHECK(agent.boot(config, memory));
    CHECK(agent.next_deadline(deadline) && deadline.seconds == NODELOCK_NO_END);
    CHECK(agent.find("ipservices", found) && found == 1);
    CHECK(agent.find("none", found) == nodelock::result(NODELOCK_ERR_UNKNOWN_FEATURE));
    CHECK(agent.install(FILE_PERMANENT, sizeof FILE_PERMANENT));
    unsigned events = 0;
    CHECK(agent.each_event([&events](const nodelock_event &) { events += 1; }) && events >= 2);

    nodelock::handle level = 9;
    CHECK(agent.booted_level(1, level) && level == 0);
    CHECK(agent.next_level(0, level) && level == 1);
    CHECK(agent.next_level(2, level) && level == NODELOCK_NO_HANDLE);
    CHECK(agent.request_level(2) == nodelock::result(NODELOCK_ERR_NOT_A_LEVEL));
    CHECK(agent.request_level(0) && agent.next_level(1, level) && level == 0);
    CHECK(agent.request_any_level(1) && agent.next_level(1, level) && level == 1);
    CHECK(!agent.granted(1) && !agent.granted(2));
    CHECK(agent.boot(config, memory));
    CHECK(agent.booted_level(0, level) && level == 1);
    CHECK(agent.granted(1) && agent.granted(2));
    nodelock::lease lease;
    CHECK(agent.acquire(2, NODELOCK_UNITS(1), us, lease) && lease);
    stored.clear();
    return 0;
}

int with_agent(const nodelock_config &base)
{
    static nodelock::agent_memory<2, 1, 2> memory;

    nodelock_feature catalog[1]{};
    catalog[0].name = "ipservices";
    nodelock_agent_config config{};
    NODELOCK_AGENT_CONFIG_SET_SIZES(config);
    config.base = &base;
    config.features = catalog;
    config.feature_count = 1;
    config.load = load;
    config.store = store;
    config.remove = forget;
    nodelock::agent agent(now);
    CHECK(agent.check(ipservices) == nodelock::verdict::undecided);
    CHECK(agent.boot(config, memory));
    nodelock_tally tally{};
    CHECK(agent.install(FILE_PERMANENT, sizeof FILE_PERMANENT, nodelock::intent::what_if, &tally));
    CHECK(!agent.granted(ipservices));
    static nodelock::installer file;
    CHECK(file.push(agent, FILE_PERMANENT, 1) == nodelock::result(NODELOCK_ERR_NOT_INITIALIZED));
    CHECK(file.init() && file.push(agent, FILE_PERMANENT, 100, &tally) && tally.installed == 0);
    CHECK(file.push(agent, FILE_PERMANENT + 100, sizeof FILE_PERMANENT - 100));
    CHECK(file.finish(agent, &tally) && tally.installed == 1 && tally.refused == 0);
    CHECK(agent.granted(ipservices));
    CHECK(agent.tick());

    {
        nodelock::lease first;
        CHECK(first.release() == nodelock::result(NODELOCK_ERR_NO_SUCH_LEASE));
        CHECK(agent.acquire(ipservices, NODELOCK_UNITS(3), us, first) && first && in_use(agent) == 3);
        nodelock::lease second(std::move(first));
        CHECK(second && in_use(agent) == 3);
        CHECK(agent.acquire(ipservices, NODELOCK_UNITS(5), us, second) && in_use(agent) == 5);
        CHECK(agent.acquire(none, NODELOCK_UNITS(1), us, first) ==
              nodelock::result(NODELOCK_ERR_UNKNOWN_FEATURE));
        CHECK(!first);
    }
    CHECK(in_use(agent) == 0);
    nodelock::lease third;
    CHECK(agent.acquire(ipservices, NODELOCK_UNITS(1), us,
                        third) && third.release() && !third && in_use(agent) == 0);

    static const std::uint8_t id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    static const std::uint8_t other[10] = {};
    unsigned entries_seen = 0;
    CHECK(agent.history([&entries_seen](const nodelock_history_entry &entry) {
        entries_seen += entry.kind == NODELOCK_HISTORY_INSTALLED && entry.line_id[9] == 1;
    }));
    CHECK(entries_seen == 1);
    std::size_t written = 0;
    const auto count = [&written](std::string_view text) {
        written += text.size();
        return true;
    };
    CHECK(agent.line_text(id, count) && written == sizeof FILE_PERMANENT + 1);
    CHECK(agent.line_text(id, [](std::string_view) { return false; }) ==
          nodelock::result(NODELOCK_ERR_OUTPUT));
    CHECK(agent.line_text(other, count) == nodelock::result(NODELOCK_ERR_NO_SUCH_LINE));
    unsigned events_seen = 0;
    CHECK(agent.each_event([&events_seen](const nodelock_event &) { events_seen += 1; }));
    std::uint64_t number = 9;
    CHECK(agent.repair_number(nodelock::repair::clock, number) && number == 0);
    CHECK(agent.repair_number(nodelock::repair::rollback, number) ==
          nodelock::result(NODELOCK_ERR_NOTHING_TO_REPAIR));
    CHECK(agent.activate(none) == nodelock::result(NODELOCK_ERR_UNKNOWN_FEATURE));
    CHECK(agent.deactivate(none) == nodelock::result(NODELOCK_ERR_UNKNOWN_FEATURE));
    CHECK(agent.accept_eula(ipservices, "the text") == nodelock::result(NODELOCK_ERR_NO_AGREEMENT));
    CHECK(agent.clear(other) == nodelock::result(NODELOCK_ERR_NO_SUCH_LINE));
    CHECK(agent.revoke(id) && !agent.granted(ipservices));

    CHECK(with_jobs(agent) == 0);

    nodelock::flash unmounted;
    std::size_t len = 0;
    std::uint8_t byte = 0;
    CHECK(unmounted.load(1, &byte, 1, &len) == NODELOCK_ERR_FLASH_NOT_MOUNTED);
    CHECK(unmounted.store(1, &byte, 1) == NODELOCK_ERR_FLASH_NOT_MOUNTED);
    CHECK(unmounted.remove(1) == NODELOCK_ERR_FLASH_NOT_MOUNTED);
    nodelock_flash_port port{};
    port.size = sizeof port;
    CHECK(unmounted.mount(port) == nodelock::result(NODELOCK_ERR_NO_STORAGE));
    return 0;
}

#endif

} // namespace

int main()
{
    nodelock_config config{};
    NODELOCK_CONFIG_SET_SIZES(config);
    config.anchors = anchors;
    config.anchor_count = 1;
    config.read_udi = read_udi;
#ifdef ONLY_CHECK
    return lines_in_flash(config);
#else
    return lines_in_flash(config) != 0 || plain(config) != 0 || with_levels(config) != 0 || with_agent(config) != 0;
#endif
}
