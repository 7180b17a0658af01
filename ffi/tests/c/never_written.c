/* Memory that nobody has written yet, as it comes from malloc: valgrind must have nothing to say, neither when it is
 * taken for no object, nor when it is made one. */
#include "agent.h"

static board self;
static nodelock_jobs no_jobs;

/* Compilers that knew what it is would warn. */
static void *(*volatile memory)(size_t size) = malloc;

static int32_t read_nothing(void *user, uint32_t address, uint8_t *to, size_t len)
{
    (void)user;
    (void)address;
    memset(to, 0xFF, len);
    return 0;
}

static int32_t write_nothing(void *user, uint32_t address, const uint8_t *data, size_t len)
{
    (void)user;
    (void)address;
    (void)data;
    (void)len;
    return -1;
}

static int32_t erase_nothing(void *user, uint32_t page)
{
    (void)user;
    (void)page;
    return -1;
}

static void contexts(void)
{
    nodelock_ctx *const ctx = memory(sizeof *ctx);
    nodelock_slot *const slots = memory(SLOTS * sizeof *slots);
    uint32_t verdict = NODELOCK_GRANTED;

    CHECK(ctx != NULL && slots != NULL);
    CHECK(nodelock_check(ctx, "voice", 5, 1, &verdict) == NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_granted(ctx, "voice", 1) == NODELOCK_UNDECIDED);
    CHECK(nodelock_last_port_error(ctx) == 0);
    CHECK(nodelock_deinit(ctx) == NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_init(ctx, sizeof *ctx, &self.base_config, slots, SLOTS) == NODELOCK_OK);
    CHECK(nodelock_install(ctx, FILE_PERMANENT, sizeof FILE_PERMANENT, NULL) == NODELOCK_OK);
    CHECK(nodelock_granted(ctx, "ipservices", 1) == NODELOCK_GRANTED);
    CHECK(nodelock_deinit(ctx) == NODELOCK_OK);
    free(slots);
    free(ctx);
}

static void agents(void)
{
    nodelock_agent *const agent = memory(sizeof *agent);
    nodelock_installer *const installer = memory(sizeof *installer);
    uint32_t state = 77;

    CHECK(agent != NULL && installer != NULL);
    self.memory.lines = memory(LINES * sizeof *self.memory.lines);
    self.memory.features = memory(FEATURES * sizeof *self.memory.features);
    self.memory.leases = memory(LEASES * sizeof *self.memory.leases);
    self.memory.events = memory(EVENTS * sizeof *self.memory.events);
    self.memory.catalog = memory(FEATURES * sizeof *self.memory.catalog);
    self.memory.names = memory(COUNT(self.names) * sizeof *self.memory.names);
    self.memory.scratch = memory(NODELOCK_SCRATCH_LEN);
    CHECK(nodelock_agent_tick(agent, &self.now) == NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_agent_granted(agent, VOICE, NODELOCK_UPTIME(0)) == NODELOCK_UNDECIDED);
    CHECK(nodelock_agent_last_port_error(agent) == 0);
    CHECK(nodelock_agent_perform(agent, &no_jobs, 1, NODELOCK_CAUSE_NONE, NULL, 0, NULL, &self.now,
                                 &state) == NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_agent_boot(agent, sizeof *agent, &self.config, &self.memory, &self.now) ==
          NODELOCK_OK);
    self.base.records = 0;
    CHECK(nodelock_agent_install(agent, FILE_COUNTED, sizeof FILE_COUNTED, NODELOCK_INTENT_INSTALL,
                                 &self.now, NULL) == NODELOCK_OK);
    CHECK(nodelock_agent_granted(agent, VOICE, NODELOCK_UPTIME(0)) == NODELOCK_GRANTED);
    CHECK(nodelock_installer_finish(installer, agent, &self.now, NULL) == NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_installer_init(installer, sizeof *installer) == NODELOCK_OK);
    CHECK(nodelock_installer_push(installer, agent, FILE_PERMANENT, sizeof FILE_PERMANENT, &self.now,
                                  NULL) == NODELOCK_OK);
    self.base.records = 0;
    CHECK(nodelock_installer_finish(installer, agent, &self.now, NULL) == NODELOCK_OK);
    CHECK(self.base.records == 1);
    CHECK(nodelock_agent_deinit(agent) == NODELOCK_OK);
    free(installer);
    free(self.memory.lines);
    free(self.memory.features);
    free(self.memory.leases);
    free(self.memory.events);
    free(self.memory.catalog);
    free(self.memory.names);
    free(self.memory.scratch);
    free(agent);
}

static void tables_and_flash(void)
{
    const nodelock_flash_port port = {.size = sizeof port,
                                      .page_len = 4096,
                                      .pages = 2,
                                      .word_len = 8,
                                      .read = read_nothing,
                                      .write = write_nothing,
                                      .erase = erase_nothing};
    nodelock_jobs *const jobs = memory(sizeof *jobs);
    nodelock_job_slot *const slots = memory(2 * sizeof *slots);
    nodelock_job_result_slot *const results = memory(2 * sizeof *results);
    nodelock_flash *const flash = memory(sizeof *flash);
    nodelock_jobs_memory for_jobs;
    uint8_t byte = 0;
    uint32_t id = 77;
    size_t len = 77;

    CHECK(jobs != NULL && slots != NULL && results != NULL && flash != NULL);
    CHECK(nodelock_jobs_begin(jobs, &id) == NODELOCK_ERR_NOT_INITIALIZED);
    for_jobs = jobs_memory(slots, 2, results, 2);
    CHECK(nodelock_jobs_init(jobs, sizeof *jobs, &for_jobs) == NODELOCK_OK);
    CHECK(nodelock_jobs_begin(jobs, &id) == NODELOCK_OK && id == 0);
    CHECK(nodelock_flash_load(flash, 1, &byte, 1, &len) == NODELOCK_ERR_FLASH_NOT_MOUNTED);
    CHECK(nodelock_flash_mount(flash, sizeof *flash, &port) == NODELOCK_OK);
    CHECK(nodelock_flash_load(flash, 1, &byte, 1, &len) == NODELOCK_NO_VALUE && len == 77);
    free(flash);
    free(results);
    free(slots);
    free(jobs);
}

int main(void)
{
    board_make(&self);
    contexts();
    agents();
    tables_and_flash();
    return 0;
}
