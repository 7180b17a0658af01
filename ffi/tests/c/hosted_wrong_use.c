/* nodelock_std.h gets every wrong argument, calls from its callbacks, and a system that refuses. */
#include "hosted.h"

static hosted self;

static const char *command_text(size_t len)
{
    static char text[5000];

    CHECK(len < sizeof text);
    memset(text, 'x', len);
    text[len] = 0;
    return text;
}

/* Calls everything that takes a host; each must give this result and write nothing. */
static void all_calls_give(nodelock_std_host *host, int32_t result)
{
    nodelock_agent *const agent = &self.board.agent;
    const uint32_t prints = self.prints;
    uint8_t buffer[16];
    size_t len = 77;
    size_t i;
    uint32_t done = 77;

    memset(buffer, 0xEE, sizeof buffer);
    CHECK(nodelock_std_load(host, 1, buffer, sizeof buffer, &len) == NODELOCK_ERR_STORAGE_NOT_OPEN);
    CHECK(nodelock_std_store(host, 1, buffer, sizeof buffer) == NODELOCK_ERR_STORAGE_NOT_OPEN);
    CHECK(nodelock_std_remove(host, 1) == NODELOCK_ERR_STORAGE_NOT_OPEN);
    CHECK(nodelock_std_keep_license_file(host, agent, hosted_path(&self, "no.lic")) == result);
    CHECK(nodelock_std_read_license(host, "no.lic", buffer, sizeof buffer, &len) == result);
    CHECK(nodelock_std_run(host, agent, &self.board.now, "help", &self.console, &done) == result);
    CHECK(nodelock_std_close(host) == result);
    CHECK(nodelock_std_user(host) == NULL);
    CHECK(strcmp(nodelock_std_last_error(host), "") == 0);
    CHECK(len == 77 && done == 77 && self.prints == prints);
    for (i = 0; i < sizeof buffer; i++) {
        CHECK(buffer[i] == 0xEE);
    }
}

static void hosts(void)
{
    static const uint8_t fills[] = {0x00, 0xFF, 0xA5, 0x01, 0xEE};
    nodelock_std_host other;
    size_t i;

    hosted_boot(&self);
    for (i = 0; i < COUNT(fills); i++) {
        memset(&other, fills[i], sizeof other);
        all_calls_give(&other, NODELOCK_ERR_NOT_INITIALIZED);
    }
    all_calls_give(NULL, NODELOCK_ERR_NULL_ARGUMENT);
    all_calls_give((nodelock_std_host *)(void *)((uint8_t *)&other + 1), NODELOCK_ERR_ALIGNMENT);

    /* A closed one, whose agent goes on: it can store nothing, and says so. */
    CHECK(nodelock_std_close(&self.host) == NODELOCK_OK);
    all_calls_give(&self.host, NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_agent_request_level(&self.board.agent, IPSERVICES) == NODELOCK_ERR_STORAGE_FAILED);
    CHECK(nodelock_agent_last_port_error(&self.board.agent) == NODELOCK_ERR_STORAGE_NOT_OPEN);
    hosted_boot(&self);
    CHECK(nodelock_agent_request_level(&self.board.agent, IPSERVICES) == NODELOCK_OK);
    hosted_end(&self);
}

static void opening(void)
{
    nodelock_std_host *const host = &self.host;
    const char *const directory = hosted_path(&self, "opening");
    char why[4] = "abc";
    char long_why[400];

    memset(host, 0, sizeof *host);
    CHECK(nodelock_std_open(NULL, sizeof *host, directory, NULL, why, sizeof why) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_open((nodelock_std_host *)(void *)((uint8_t *)host + 1), sizeof *host, directory,
                            NULL, why, sizeof why) == NODELOCK_ERR_ALIGNMENT);
    CHECK(nodelock_std_open(host, sizeof *host - 1, directory, NULL, why, sizeof why) ==
          NODELOCK_ERR_CTX_SIZE);
    CHECK(nodelock_std_open(host, 0, directory, NULL, why, sizeof why) == NODELOCK_ERR_CTX_SIZE);
    CHECK(nodelock_std_open(host, sizeof *host, NULL, NULL, why, sizeof why) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_open(host, sizeof *host, "", NULL, why, sizeof why) == NODELOCK_ERR_EMPTY);
    CHECK(nodelock_std_open(host, sizeof *host, command_text(4096), NULL, why, sizeof why) ==
          NODELOCK_ERR_TEXT_TOO_LONG);
    CHECK(nodelock_std_open(host, sizeof *host, directory, NULL, NULL, 1) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_open(host, sizeof *host, directory, NULL, why, SIZE_MAX) ==
          NODELOCK_ERR_LENGTH);
    CHECK(strcmp(why, "abc") == 0);
    all_calls_give(host, NODELOCK_ERR_NOT_INITIALIZED);

    /* The system has no such long names; its words are cut to what there is room for. */
    CHECK(nodelock_std_open(host, sizeof *host, command_text(4095), NULL, why, sizeof why) ==
          NODELOCK_ERR_SYSTEM);
    CHECK(strcmp(why, "can") == 0);
    CHECK(nodelock_std_open(host, sizeof *host, command_text(4095), NULL, why, 1) ==
          NODELOCK_ERR_SYSTEM);
    CHECK(strcmp(why, "") == 0);
    CHECK(nodelock_std_open(host, sizeof *host, command_text(4095), NULL, NULL, 0) ==
          NODELOCK_ERR_SYSTEM);

    /* A file, and what cannot be below one. */
    hosted_write(&self, "file", FILE_PERMANENT, 1);
    CHECK(nodelock_std_open(host, sizeof *host, hosted_path(&self, "file"), NULL, long_why,
                            sizeof long_why) == NODELOCK_ERR_SYSTEM);
    CHECK(strcmp(nodelock_result_name(NODELOCK_ERR_SYSTEM), "system") == 0);
    CHECK(strstr(long_why, "cannot open the license storage") && strstr(long_why, "/file: "));
    CHECK(nodelock_std_open(host, sizeof *host, hosted_path(&self, "file/below"), NULL, long_why,
                            sizeof long_why) == NODELOCK_ERR_SYSTEM);
    CHECK(strstr(long_why, strerror(20 /* ENOTDIR */)) != NULL);
    all_calls_give(host, NODELOCK_ERR_NOT_INITIALIZED);
}

/* The storage is not connected: boot says so, as it does of raw flash that is not mounted. */
static void not_connected(void)
{
    nodelock_std_host never_opened = {0};
    void *const users[] = {NULL, &never_opened, &self};
    board *const it = &self.board;
    size_t i;

    hosted_boot(&self);
    CHECK(nodelock_agent_deinit(&it->agent) == NODELOCK_OK);
    for (i = 0; i < COUNT(users); i++) {
        it->base_config.user = users[i];
        CHECK(nodelock_agent_boot(&it->agent, sizeof it->agent, &it->config, &it->memory, &it->now) ==
              NODELOCK_ERR_STORAGE_NOT_OPEN);
        CHECK(nodelock_agent_last_port_error(&it->agent) == NODELOCK_ERR_STORAGE_NOT_OPEN);
    }
    CHECK(strstr(nodelock_result_remedy(NODELOCK_ERR_STORAGE_NOT_OPEN), "nodelock_std_open") != NULL);
    it->base_config.user = &self.host;
    CHECK(nodelock_agent_boot(&it->agent, sizeof it->agent, &it->config, &it->memory, &it->now) ==
          NODELOCK_OK);
    hosted_end(&self);
}

/* A directory that this user must not write to; root is nobody for it. */
static void without_permission(void)
{
    /* None to write at all; a lock that was made before; a value that belongs to somebody else. */
    static const mode_t modes[] = {0555, 0555, 0777};
    static const char *const inside[] = {NULL, "closed1/lock", "closed2/0003"};
    size_t i;

    CHECK(chmod(self.folder, 0755) == 0);
    for (i = 0; i < COUNT(modes); i++) {
        char name[] = "closed0";
        char why[400] = "";
        int status = 0;
        pid_t child;

        name[6] = (char)('0' + i);
        CHECK(mkdir(hosted_path(&self, name), 0755) == 0);
        if (inside[i] != NULL) {
            hosted_write(&self, inside[i], (const uint8_t *)"x", 1);
            CHECK(chmod(hosted_path(&self, inside[i]), i == 1 ? 0666 : 0) == 0);
        }
        CHECK(chmod(hosted_path(&self, name), modes[i]) == 0);
        child = fork();
        if (child == 0) {
            if (geteuid() == 0 && seteuid(65534) != 0) {
                _exit(2);
            }
            _exit(nodelock_std_open(&self.host, sizeof self.host, hosted_path(&self, name), NULL, why,
                                    sizeof why) == NODELOCK_ERR_SYSTEM &&
                          strstr(why, strerror(13 /* EACCES */)) != NULL
                      ? 0
                      : 1);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
        CHECK(WEXITSTATUS(status) != 1);
    }
}

/* A license where a command is expected, as people paste it; and what must not be removed. */
static void pasted(void)
{
    static char mail[sizeof FILE_PERMANENT + 64];
    static const char *const not_files[] = {"/dev/null", "/tmp"};
    size_t i;

    hosted_boot(&self);
    memcpy(mail, "Dear customer,\n> ", 17);
    memcpy(mail + 17, FILE_PERMANENT, sizeof FILE_PERMANENT);
    mail[17 + sizeof FILE_PERMANENT] = 0;
    for (i = 17; i < 17 + sizeof FILE_PERMANENT; i++) {
        mail[i] = mail[i] == 0 ? '\n' : mail[i];
    }
    CHECK(hosted_command(&self, mail, "1/1 installed") == 1);
    for (i = 0; i < COUNT(not_files); i++) {
        CHECK(nodelock_std_keep_license_file(&self.host, &self.board.agent, not_files[i]) ==
              NODELOCK_ERR_SYSTEM);
        CHECK(strstr(nodelock_std_last_error(&self.host), "no regular file") != NULL);
        CHECK(strstr(nodelock_std_last_error(&self.host), "remove") == NULL);
    }
    hosted_end(&self);
}

static void storage(void)
{
    nodelock_std_host *const host = &self.host;
    uint8_t buffer[2049] = {0};
    size_t len = 77;

    hosted_boot(&self);
    CHECK(nodelock_std_load(host, 7, buffer, sizeof buffer, &len) == NODELOCK_NO_VALUE && len == 77);
    CHECK(nodelock_std_load(host, 7, NULL, 0, &len) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_load(host, 7, buffer, 1, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_load(host, 7, buffer, SIZE_MAX, &len) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_std_store(host, 7, NULL, 0) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_store(host, 7, buffer, SIZE_MAX) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_std_remove(host, 7) == NODELOCK_OK);

    /* Of every length up to the longest. */
    CHECK(nodelock_std_store(host, 7, buffer, 0) == NODELOCK_OK);
    CHECK(nodelock_std_load(host, 7, buffer, 0, &len) == NODELOCK_OK && len == 0);
    memset(buffer, 0x5A, sizeof buffer);
    CHECK(nodelock_std_store(host, 7, buffer, 2049) == NODELOCK_ERR_STORAGE_FULL);
    CHECK(nodelock_std_store(host, 7, buffer, 2048) == NODELOCK_OK);
    memset(buffer, 0, sizeof buffer);
    CHECK(nodelock_std_load(host, 7, buffer, 2047, &len) == NODELOCK_ERR_STORAGE_FULL && len == 0);
    CHECK(buffer[0] == 0);
    CHECK(nodelock_std_load(host, 7, buffer, sizeof buffer, &len) == NODELOCK_OK && len == 2048);
    CHECK(buffer[0] == 0x5A && buffer[2047] == 0x5A && buffer[2048] == 0);
    CHECK(strcmp(nodelock_std_last_error(host), "") == 0);

    /* A damaged file, and what is none. */
    hosted_write(&self, "var/licenses/0007", buffer, 100);
    CHECK(nodelock_std_load(host, 7, buffer, sizeof buffer, &len) == NODELOCK_ERR_STORAGE_CORRUPTED);
    CHECK(nodelock_std_remove(host, 7) == NODELOCK_OK);
    CHECK(mkdir(hosted_path(&self, "var/licenses/0007"), 0755) == 0);
    CHECK(nodelock_std_load(host, 7, buffer, sizeof buffer, &len) == NODELOCK_ERR_STORAGE_CORRUPTED);
    CHECK(nodelock_std_store(host, 7, buffer, 1) == NODELOCK_ERR_STORAGE_FAILED);
    CHECK(nodelock_std_remove(host, 7) == NODELOCK_ERR_STORAGE_FAILED);
    CHECK(rmdir(hosted_path(&self, "var/licenses/0007")) == 0);
    hosted_end(&self);
}

/* No file may become longer than this. */
static void limit_files(rlim_t len)
{
    struct rlimit limit;

    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = len;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void full_disk(void)
{
    const char *const why = strerror(27 /* EFBIG */);
    char command[400];
    struct rlimit limit;
    size_t len = 0;

    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0 && signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    hosted_write(&self, "counted.lic", FILE_COUNTED, sizeof FILE_COUNTED);
    CHECK(snprintf(command, sizeof command, "license install %s", hosted_path(&self, "counted.lic")) > 0);
    hosted_boot(&self);
    limit_files(1);
    CHECK(hosted_command(&self, command, "2/2 failed") == 0);
    CHECK(nodelock_agent_last_port_error(&self.board.agent) == NODELOCK_ERR_STORAGE_FULL);
    CHECK(strstr(nodelock_std_last_error(&self.host), why) != NULL);
    CHECK(nodelock_std_keep_license_file(&self.host, &self.board.agent,
                                         hosted_path(&self, "full.lic")) == NODELOCK_ERR_SYSTEM);
    CHECK(strstr(nodelock_std_last_error(&self.host), "full.lic: ") != NULL);
    CHECK(strstr(nodelock_std_last_error(&self.host), why) != NULL);
    CHECK(access(hosted_path(&self, "full.lic"), F_OK) != 0);

    /* With room again everything works, and what it said before is remembered. */
    limit_files(limit.rlim_cur);
    CHECK(hosted_command(&self, command, "2/2 installed") == 1);
    CHECK(nodelock_std_keep_license_file(&self.host, &self.board.agent,
                                         hosted_path(&self, "full.lic")) == NODELOCK_OK);
    CHECK(strstr(nodelock_std_last_error(&self.host), "full.lic: ") != NULL);
    CHECK(nodelock_std_keep_license_file(&self.host, &self.board.agent,
                                         hosted_path(&self, "nowhere/a.lic")) == NODELOCK_ERR_SYSTEM);
    CHECK(nodelock_std_read_license(&self.host, "nowhere.lic", NULL, 0, &len) == NODELOCK_ERR_SYSTEM);
    CHECK(strstr(nodelock_std_last_error(&self.host), "cannot read nowhere.lic: ") != NULL);
    CHECK(nodelock_std_read_license(&self.host, "a", NULL, 1, &len) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_read_license(&self.host, "a", NULL, 0, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_keep_license_file(&self.host, &self.board.agent, "") == NODELOCK_ERR_EMPTY);
    CHECK(nodelock_std_keep_license_file(&self.host, &self.board.agent, NULL) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_keep_license_file(&self.host, NULL, "a") == NODELOCK_ERR_NULL_ARGUMENT);
    hosted_end(&self);
}

/* A command with this console. */
#define RUNS(change, result)                                                                  \
    do {                                                                                      \
        console = self.console;                                                               \
        change;                                                                               \
        done = 77;                                                                            \
        CHECK(nodelock_std_run(&self.host, agent, now, "help", &console, &done) == (result)); \
        CHECK(done == ((result) == NODELOCK_OK ? 1 : 77));                                    \
    } while (0)

static void commands(void)
{
    nodelock_agent *const agent = &self.board.agent;
    const nodelock_now *const now = &self.board.now;
    const nodelock_now bad = {{0}, 0, 7, 0};
    struct {
        nodelock_std_console known;
        uint64_t more[4];
    } later = {0};
    nodelock_std_console console;
    uint32_t done = 77;

    hosted_boot(&self);
    self.prints = 0;
    CHECK(nodelock_std_run(&self.host, NULL, now, "help", &self.console, &done) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_run(&self.host, agent, NULL, "help", &self.console, &done) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_run(&self.host, agent, now, NULL, &self.console, &done) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_run(&self.host, agent, now, "help", NULL, &done) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_run(&self.host, agent, now, "help", &self.console, NULL) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_std_run(&self.host, agent, &bad, "help", &self.console, &done) ==
          NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_std_run(&self.host, agent, now, command_text(4096), &self.console, &done) ==
          NODELOCK_ERR_TEXT_TOO_LONG);
    CHECK(self.prints == 0 && done == 77);
    CHECK(nodelock_std_run(&self.host, agent, now, command_text(4095), &self.console, &done) ==
          NODELOCK_ERR_NO_SUCH_COMMAND);
    CHECK(self.prints == 1 && done == 77);

    RUNS((void)0, NODELOCK_OK);
    RUNS(console.size = 0, NODELOCK_ERR_CONFIG_SIZE);
    RUNS(console.size = UINT32_MAX, NODELOCK_ERR_CONFIG_SIZE);
    RUNS(console.size -= 1, NODELOCK_ERR_CONFIG_SIZE);
    RUNS(console.reserved = 1, NODELOCK_ERR_RESERVED);
    RUNS(console.print = NULL, NODELOCK_ERR_NULL_ARGUMENT);
    RUNS((console.eula = NULL, console.confirm = NULL), NODELOCK_OK);

    /* A console of a later header: what is not known must not be asked for. */
    later.known = self.console;
    later.known.size = sizeof later;
    CHECK(nodelock_std_run(&self.host, agent, now, "help", &later.known, &done) == NODELOCK_OK);
    later.more[3] = 1;
    CHECK(nodelock_std_run(&self.host, agent, now, "help", &later.known, &done) ==
          NODELOCK_ERR_CONFIG_SIZE);

    /* What cannot be printed was done all the same. */
    done = 77;
    self.print_result = 1;
    CHECK(hosted_run(&self, "license acquire voice 24", &done) == NODELOCK_ERR_OUTPUT);
    CHECK(hosted_run(&self, "nothing", &done) == NODELOCK_ERR_OUTPUT && done == 77);
    self.print_result = 0;
    CHECK(hosted_command(&self, "license acquire voice 1", "refused: fewer units") == 0);
    CHECK(nodelock_std_now(NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    hosted_end(&self);
}

static uint32_t called_back;

/* Everything from a callback of nodelock_std_run. */
static void call_back(void)
{
    nodelock_agent *const agent = &self.board.agent;
    uint8_t bytes[2] = {1, 2};
    size_t len = 0;
    uint32_t done = 77;

    called_back += 1;
    CHECK(nodelock_std_run(&self.host, agent, &self.board.now, "help", &self.console, &done) ==
          NODELOCK_ERR_BUSY);
    CHECK(nodelock_std_keep_license_file(&self.host, agent, hosted_path(&self, "no.lic")) ==
          NODELOCK_ERR_BUSY);
    CHECK(nodelock_std_close(&self.host) == NODELOCK_ERR_BUSY);
    CHECK(nodelock_agent_tick(agent, &self.board.now) == NODELOCK_ERR_BUSY);
    CHECK(nodelock_agent_granted(agent, VOICE, NODELOCK_UPTIME(0)) == NODELOCK_UNDECIDED);
    CHECK(nodelock_agent_deinit(agent) == NODELOCK_ERR_BUSY);
    CHECK(done == 77);

    CHECK(nodelock_std_store(&self.host, 0x7777, bytes, sizeof bytes) == NODELOCK_OK);
    CHECK(nodelock_std_load(&self.host, 0x7777, bytes, sizeof bytes, &len) == NODELOCK_OK && len == 2);
    CHECK(nodelock_std_remove(&self.host, 0x7777) == NODELOCK_OK);
    CHECK(nodelock_std_user(&self.host) == &self);
    CHECK(nodelock_std_last_error(&self.host) != NULL);
}

static int32_t print_calling_back(void *user, const char *text, size_t len)
{
    call_back();
    return hosted_print(user, text, len);
}

static const char *agreement_calling_back(void *user, const char *name)
{
    call_back();
    return hosted_agreement(user, name);
}

static int32_t confirm_calling_back(void *user, const char *text, const char *question)
{
    call_back();
    return hosted_confirm(user, text, question);
}

static int in_a_command;

static int32_t load_calling_back(void *user, uint16_t key, uint8_t *buffer, size_t capacity,
                                 size_t *len)
{
    if (in_a_command) {
        call_back();
    }
    return nodelock_std_load(user, key, buffer, capacity, len);
}

static void re_entry(void)
{
    char command[400];

    hosted_write(&self, "mirror.lic", FILE_RIGHT_TO_USE, sizeof FILE_RIGHT_TO_USE);
    CHECK(snprintf(command, sizeof command, "license install %s", hosted_path(&self, "mirror.lic")) > 0);
    hosted_boot(&self);
    /* From the console. */
    self.console.print = print_calling_back;
    self.console.eula = agreement_calling_back;
    self.console.confirm = confirm_calling_back;
    self.answer = 1;
    CHECK(hosted_command(&self, command, "1/1 installed") == 1);
    CHECK(hosted_command(&self, "license accept end user agreement", "mirror: accepted") == 1);
    CHECK(hosted_command(&self, "license job run", "no job waits") == 1);
    CHECK(called_back == 5);
    hosted_end(&self);

    /* From storage, while a job runs. */
    self.console.print = hosted_print;
    self.board.config.load = load_calling_back;
    hosted_boot(&self);
    CHECK(snprintf(command, sizeof command, "license job backup %s", hosted_path(&self, "b.lic")) > 0);
    CHECK(hosted_command(&self, command, "job 1") == 1);
    called_back = 0;
    in_a_command = 1;
    CHECK(hosted_command(&self, "license job run", "successful") == 1);
    CHECK(called_back > 0);
    hosted_end(&self);
}

int main(void)
{
    hosted_make(&self);
    hosts();
    opening();
    not_connected();
    without_permission();
    pasted();
    storage();
    full_disk();
    commands();
    re_entry();
    hosted_remove(self.folder);
    return 0;
}
