/* Structures that say how large they are, from programs of older and of newer headers: exactly as many bytes as they
 * say, so that the sanitizer sees who reads on. nodelock_config is in wrong_use.c. */
#include "agent.h"

#include <stdlib.h>

#define LARGEST 1024u

static board self;
static nodelock_flash flash;
static nodelock_jobs jobs;
static nodelock_job_slot slots[1];

/* What a header would have, whose structure is of this size: more fields are zero, fewer are not there. */
static uint8_t *of_size(const void *ours, size_t known, uint32_t size)
{
    uint8_t *exact = (uint8_t *)calloc(1, size < 4 ? 4 : size);

    CHECK(exact != NULL);
    memcpy(exact, ours, size < known ? (size < 4 ? 4 : size) : known);
    memcpy(exact, &size, sizeof size);
    return exact;
}

static int32_t memory_of(const void *bytes);

/* Tries every size. Who has all that is needed is taken, whole words only; what comes behind our fields must be zero. */
static void every_size(const void *ours, size_t known, size_t needed, int32_t (*tried)(const void *),
                       int32_t wrong_size)
{
    uint32_t size;

    for (size = 0; size <= LARGEST + 16; size++) {
        uint8_t *exact = of_size(ours, known, size);
        int32_t result = tried(exact);

        if (size < 16 || size % sizeof(void *) != 0 || size > LARGEST) {
            CHECK(result == wrong_size);
        } else if (size < needed) {
            /* The sizes of slots may be what is missing. */
            CHECK(result != NODELOCK_OK && (result != wrong_size || tried == memory_of));
        } else {
            CHECK(result == NODELOCK_OK);
            if (size > known) {
                exact[size - 1] = 1;
                CHECK(tried(exact) == wrong_size);
                exact[size - 1] = 0;
                exact[known] = 0x80;
                CHECK(tried(exact) == wrong_size);
            }
        }
        free(exact);
    }
}

static int32_t boot_with(const nodelock_agent_config *config, const nodelock_agent_memory *memory)
{
    int32_t result = nodelock_agent_boot(&self.agent, sizeof self.agent, config, memory, &self.now);

    if (result == NODELOCK_OK) {
        CHECK(nodelock_agent_granted(&self.agent, IPSERVICES, NODELOCK_UPTIME(0)) == NODELOCK_GRANTED);
    }
    return result;
}

static int32_t config_of(const void *bytes)
{
    return boot_with((const nodelock_agent_config *)bytes, &self.memory);
}

static int32_t memory_of(const void *bytes)
{
    return boot_with(&self.config, (const nodelock_agent_memory *)bytes);
}

static void agents(void)
{
    board_make(&self);
    board_reboot(&self);
    CHECK(nodelock_agent_install(&self.agent, FILE_PERMANENT, sizeof FILE_PERMANENT,
                                 NODELOCK_INTENT_INSTALL, &self.now, NULL) == NODELOCK_OK);
    /* A device secret and an anchor are nothing that the first agents had. */
    every_size(&self.config, sizeof self.config, offsetof(nodelock_agent_config, device_secret),
               config_of, NODELOCK_ERR_AGENT_CONFIG_SIZE);
    every_size(&self.memory, sizeof self.memory, sizeof self.memory, memory_of,
               NODELOCK_ERR_AGENT_MEMORY_SIZE);
}

/* The features of a catalog have the size that the configuration says. */
static void features(void)
{
    uint32_t size;

    for (size = 16; size <= LARGEST; size += 8) {
        uint8_t *all = (uint8_t *)calloc(FEATURES, size);
        uint32_t i;
        int32_t result;

        CHECK(all != NULL);
        board_make(&self);
        for (i = 0; i < FEATURES; i++) {
            memcpy(all + (size_t)i * size, &catalog[i], size < sizeof catalog[0] ? size : sizeof catalog[0]);
        }
        self.config.feature_size = size;
        self.config.features = (const nodelock_feature *)(const void *)all;
        result = board_boot(&self);
        /* Fewer fields are another catalog, which may not hold together. */
        CHECK(result == NODELOCK_OK ||
              (size < sizeof catalog[0] && result != NODELOCK_ERR_AGENT_CONFIG_SIZE));
        if (result == NODELOCK_OK) {
            nodelock_handle handle = 0;

            CHECK(nodelock_agent_find(&self.agent, "lab", 3, &handle) == NODELOCK_OK && handle == LAB);
        }
        if (size > sizeof catalog[0]) {
            all[(size_t)LAB * size + sizeof catalog[0]] = 1;
            CHECK(board_boot(&self) == NODELOCK_ERR_AGENT_CONFIG_SIZE);
        }
        free(all);
    }
}

static int32_t erased(void *user, uint32_t address, uint8_t *to, size_t len)
{
    (void)user;
    (void)address;
    memset(to, 0xFF, len);
    return 0;
}

static int32_t refused(void *user, uint32_t address, const uint8_t *data, size_t len)
{
    (void)user;
    (void)address;
    (void)data;
    (void)len;
    return -1;
}

static int32_t no_erase(void *user, uint32_t page)
{
    (void)user;
    (void)page;
    return -1;
}

static int32_t flash_of(const void *bytes)
{
    return nodelock_flash_mount(&flash, sizeof flash, (const nodelock_flash_port *)bytes);
}

static int32_t job_of(const void *bytes)
{
    const nodelock_jobs_memory memory = jobs_memory(slots, COUNT(slots), NULL, 0);
    nodelock_job_request nothing;
    uint32_t state = 0;
    uint32_t id = 0;

    memset(&nothing, 0, sizeof nothing);
    nothing.action = NODELOCK_ACTION_NO_OP;
    CHECK(nodelock_jobs_init(&jobs, sizeof jobs, &memory) == NODELOCK_OK);
    CHECK(nodelock_jobs_create(&jobs, &nothing, &self.now, &id) == NODELOCK_OK);
    CHECK(nodelock_jobs_start(&jobs, id) == NODELOCK_OK);
    CHECK(nodelock_jobs_begin(&jobs, &id) == NODELOCK_OK);
    return nodelock_agent_perform(&self.agent, &jobs, id, NODELOCK_CAUSE_NONE, NULL, 0,
                                  (const nodelock_job_port *)bytes, &self.now, &state);
}

static void ports(void)
{
    nodelock_flash_port port;
    nodelock_job_port job_port;

    memset(&port, 0, sizeof port);
    port.page_len = 4096;
    port.pages = 4;
    port.word_len = 4;
    port.read = erased;
    port.write = refused;
    port.erase = no_erase;
    every_size(&port, sizeof port, sizeof port, flash_of, NODELOCK_ERR_CONFIG_SIZE);

    board_make(&self);
    board_reboot(&self);
    memset(&job_port, 0, sizeof job_port);
    /* Both its functions may be missing. */
    every_size(&job_port, sizeof job_port, 16, job_of, NODELOCK_ERR_CONFIG_SIZE);
}

int main(void)
{
    agents();
    features();
    ports();
    return 0;
}
