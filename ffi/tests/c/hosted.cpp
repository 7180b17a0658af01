// nodelock_std.h and nodelock_std.hpp in C++: a directory that is opened, shared with nobody, and given back.
#include "data.h"
#include "nodelock_std.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#define CHECK(condition)                                            \
    do {                                                            \
        if (!(condition)) {                                         \
            std::fprintf(stderr, "%d: %s\n", __LINE__, #condition); \
            return 1;                                               \
        }                                                           \
    } while (false)

namespace {

const nodelock_trust_anchor anchors[] = {ANCHOR_PRODUCTION};
std::string printed;

int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    const char *const sn = static_cast<const char *>(nodelock_std_user(user));

    *out = nodelock_udi{"TEST-4/K9", std::strlen("TEST-4/K9"), sn, std::strlen(sn)};
    return member == 0 ? 0 : NODELOCK_NO_MORE;
}

int32_t print(void *, const char *text, size_t len)
{
    printed.assign(text, len);
    return 0;
}

struct memory {
    nodelock_line_slot lines[4];
    nodelock_feature_slot features[1];
    nodelock_catalog_entry catalog[1];
    uint8_t scratch[NODELOCK_SCRATCH_LEN];

    nodelock_agent_memory given()
    {
        nodelock_agent_memory all{};
        NODELOCK_AGENT_MEMORY_SET_SIZES(all);
        all.lines = lines;
        all.line_count = 4;
        all.features = features;
        all.feature_count = 1;
        all.catalog = catalog;
        all.catalog_count = 1;
        all.scratch = scratch;
        all.scratch_len = sizeof scratch;
        return all;
    }
};

int story(const std::filesystem::path &folder)
{
    static char sn[] = "SN0000000001";
    static memory room;
    const std::string directory = (folder / "licenses").string();
    nodelock_feature feature{};
    feature.name = "voice";
    nodelock_config base{};
    NODELOCK_CONFIG_SET_SIZES(base);
    base.anchors = anchors;
    base.anchor_count = 1;
    base.read_udi = read_udi;
    nodelock_agent_config config{};
    NODELOCK_AGENT_CONFIG_SET_SIZES(config);
    config.features = &feature;
    config.feature_count = 1;
    nodelock_std_console console{};
    console.size = sizeof console;
    console.print = print;

    std::ofstream(folder / "a.lic", std::ios::binary)
        .write(reinterpret_cast<const char *>(FILE_COUNTED), sizeof FILE_COUNTED);
    const std::string install = "license install " + (folder / "a.lic").string();
    for (int boot = 0; boot < 2; boot++) {
        nodelock::host host;
        nodelock::agent agent(nodelock::system_now);
        bool done = false;

        CHECK(host.close().code() == NODELOCK_ERR_NOT_INITIALIZED);
        CHECK(host.open("/dev/null/below").code() == NODELOCK_ERR_SYSTEM);
        CHECK(host.last_error().find("/dev/null/below") != std::string_view::npos);
        host.keep(base, config);
        CHECK(host.open(directory.c_str(), sn) && host.last_error().empty());
        // It is closed before it is opened again.
        CHECK(host.open(directory.c_str(), sn));
        CHECK(agent.boot(config, room.given()));
        CHECK(agent.granted(0) == (boot > 0));
        CHECK(host.run(agent, install.c_str(), console, done) && done && agent.granted(0));
        CHECK(printed.find(boot > 0 ? "2/2 existing" : "2/2 installed") != std::string::npos);
        CHECK(host.run(agent, "nothing", console, done).code() == NODELOCK_ERR_NO_SUCH_COMMAND && !done);
        CHECK(host.keep_license_file(agent, (folder / "now.lic").c_str()));
        CHECK(!host.keep_license_file(agent, (folder / "none/now.lic").c_str()));
        CHECK(host.last_error().find("none/now.lic") != std::string_view::npos);

        nodelock::host other;
        CHECK(other.open(directory.c_str()).code() == NODELOCK_ERR_STORAGE_IN_USE);
        CHECK(other.last_error().find("in use") != std::string_view::npos);
    }
    return 0;
}

} // namespace

int main()
{
    std::string name = (std::filesystem::temp_directory_path() / "nodelock-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        return 2;
    }
    const int status = story(name);
    std::filesystem::remove_all(name);
    return status;
}
