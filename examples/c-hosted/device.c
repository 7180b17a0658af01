/* A device with Linux: keeps its licenses in a directory, and does what its operator types.
 *
 *     device DIRECTORY [COMMAND...]
 *
 * With a command it carries that out and ends; without one it reads them from the standard input. "help" lists
 * them. DIRECTORY/state holds the licenses; DIRECTORY/licenses.lic says for people what is installed.
 *
 * Status: 0 the last command was done, 1 it was not, 2 wrong use, 3 the device does not start. */
#define _POSIX_C_SOURCE 200809L /* poll */

#include <nodelock_std.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vendor.h" /* VENDOR_KEY */

/* The day of the build in days since 1970-01-01, here 2026-11-22: no earlier date is true, and a clock that is
 * up to 30 days ahead of it is believed at once. */
#define BUILT 20779u

#define LINES 32
#define PATH_SIZE 1024
#define LINE_SIZE 1024

enum { IPSERVICES, VOICE, SECURITY, FEATURES };

/* What this firmware can do. */
static const nodelock_feature catalog[FEATURES] = {
    [IPSERVICES] = {.name = "ipservices"},
    [VOICE] = {.name = "voice", .maximum = 500},
    [SECURITY] = {.name = "security", .eula = "trial-2026", .trial_seconds = 60 * 86400},
};
static const char AGREEMENT[] = "The trial is for trying. It ends after 60 days of use.\n";

static nodelock_agent agent;
static nodelock_line_slot lines[LINES];
static nodelock_feature_slot features[FEATURES];
static nodelock_lease_slot leases[16];
static nodelock_event_slot events[16];
static nodelock_catalog_entry entries[FEATURES];
static uint8_t scratch[NODELOCK_SCRATCH_LEN];

/* A real device reads them from where production has written them. */
static int32_t read_udi(void *host, uint32_t member, nodelock_udi *out)
{
    (void)host;
    *out = (nodelock_udi){"ISR4331/K9", 10, "FDO1234ABCD", 11};
    return member == 0 ? 0 : NODELOCK_NO_MORE;
}

static int32_t print(void *user, const char *text, size_t len)
{
    (void)user;
    return fwrite(text, 1, len, stdout) == len && fflush(stdout) == 0 ? 0 : 1;
}

static const char *agreement(void *user, const char *name)
{
    (void)user;
    return strcmp(name, "trial-2026") == 0 ? AGREEMENT : NULL;
}

/* The next line of the standard input without its end; longer ones are cut off. Read byte by byte, so that
 * what poll does not see is not waiting in a buffer. */
static int read_line(char *line)
{
    size_t len = 0;
    ssize_t got;
    char byte;

    while ((got = read(STDIN_FILENO, &byte, 1)) == 1 && byte != '\n') {
        if (len < LINE_SIZE - 1) {
            line[len++] = byte;
        }
    }
    line[len] = 0;
    return got == 1 || len > 0;
}

static int32_t confirm(void *user, const char *text, const char *question)
{
    char answer[LINE_SIZE];

    (void)user;
    printf("%s%s [yes/no] ", text, question);
    fflush(stdout);
    return read_line(answer) && strcmp(answer, "yes") == 0;
}

static const nodelock_std_console console = {
    .size = sizeof(nodelock_std_console), .print = print, .eula = agreement, .confirm = confirm};

static int said(const char *what, nodelock_result result)
{
    if (result != NODELOCK_OK) {
        fprintf(stderr, "device: %s: %s; %s\n", what, nodelock_result_text(result),
                nodelock_result_remedy(result));
    }
    return result == NODELOCK_OK;
}

/* What a device sends to its log. */
static void log_events(void)
{
    nodelock_event event;

    while (nodelock_agent_poll_event(&agent, &event) == NODELOCK_OK &&
           event.kind != NODELOCK_EVENT_NONE) {
        fprintf(stderr, "%% event %u, severity %u, %s\n", (unsigned)event.kind,
                (unsigned)event.severity,
                event.handle < FEATURES ? catalog[event.handle].name : "no feature");
    }
}

/* Whether it was done. */
static int carry_out(nodelock_std_host *host, const char *file, const char *command)
{
    nodelock_now now;
    uint32_t done = 0;
    nodelock_result result = nodelock_std_now(&now);

    if (result == NODELOCK_OK) {
        result = nodelock_std_run(host, &agent, &now, command, &console, &done);
    }
    if (result != NODELOCK_ERR_NO_SUCH_COMMAND) {
        said(command, result);
    }
    if (!said(file, nodelock_std_keep_license_file(host, &agent, file))) {
        fprintf(stderr, "device: %s\n", nodelock_std_last_error(host));
    }
    log_events();
    return result == NODELOCK_OK && done == 1;
}

/* Keeps the time until there is something to read. */
static void wait_for_input(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    nodelock_now now;
    nodelock_uptime due;
    int timeout = 0;

    while (poll(&input, 1, timeout) == 0) {
        timeout = -1;
        if (nodelock_std_now(&now) != NODELOCK_OK ||
            nodelock_agent_tick(&agent, &now) != NODELOCK_OK ||
            nodelock_agent_next_deadline(&agent, &due) != NODELOCK_OK) {
            return;
        }
        log_events();
        if (due.seconds != NODELOCK_NO_END) {
            /* At least every hour, in case the wall clock was set. */
            const uint64_t seconds = due.seconds > now.uptime.seconds ? due.seconds - now.uptime.seconds : 1;
            timeout = seconds < 3600 ? (int)seconds * 1000 : 3600000;
        }
    }
}

/* Joins words with spaces. */
static int join(char *line, int count, char **words)
{
    size_t len = 0;
    int i;

    line[0] = 0;
    for (i = 0; i < count; i++) {
        const int more = snprintf(line + len, LINE_SIZE - len, i > 0 ? " %s" : "%s", words[i]);

        if (more < 0 || (size_t)more >= LINE_SIZE - len) {
            return 0;
        }
        len += (size_t)more;
    }
    return 1;
}

static int start(nodelock_std_host *host, const char *directory)
{
    static const nodelock_trust_anchor keys[] = {VENDOR_KEY};
    /* They must outlive the agent. */
    static nodelock_config base = {
        NODELOCK_CONFIG_INIT, .anchors = keys, .anchor_count = 1, .read_udi = read_udi};
    static const nodelock_agent_config config = {
        NODELOCK_AGENT_CONFIG_INIT, .base = &base,
        .features = catalog,        .feature_count = FEATURES,
        .load = nodelock_std_load,  .store = nodelock_std_store,
        .remove = nodelock_std_remove, .built = BUILT};
    const nodelock_agent_memory memory = {
        NODELOCK_AGENT_MEMORY_INIT, .lines = lines,       .line_count = LINES,
        .features = features,       .feature_count = FEATURES,
        .leases = leases,           .lease_count = 16,
        .events = events,           .event_count = 16,
        .catalog = entries,         .catalog_count = FEATURES,
        .scratch = scratch,         .scratch_len = sizeof scratch};
    nodelock_now now;
    char why[500];

    base.user = host; /* for the callbacks of the storage */
    if (nodelock_std_open(host, sizeof *host, directory, NULL, why, sizeof why) != NODELOCK_OK) {
        fprintf(stderr, "device: %s\n", why);
        return 0;
    }
    return said("clock", nodelock_std_now(&now)) &&
           said("boot", nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now));
}

int main(int argc, char **argv)
{
    static nodelock_std_host host;
    char state[PATH_SIZE];
    char file[PATH_SIZE];
    char command[LINE_SIZE];
    int done = 1;

    if (argc < 2 || strlen(argv[1]) > PATH_SIZE - 20 || !join(command, argc - 2, argv + 2)) {
        fprintf(stderr, "usage: device DIRECTORY [COMMAND...]\n");
        return 2;
    }
    snprintf(state, sizeof state, "%s/state", argv[1]);
    snprintf(file, sizeof file, "%s/licenses.lic", argv[1]);
    umask(077); /* nobody else's business */
    if (!start(&host, state)) {
        return 3;
    }
    log_events();
    if (argc > 2) {
        done = carry_out(&host, file, command);
    } else {
        for (;;) {
            wait_for_input();
            if (!read_line(command)) {
                break;
            }
            if (command[0] != 0) {
                done = carry_out(&host, file, command);
            }
        }
    }
    nodelock_agent_deinit(&agent);
    nodelock_std_close(&host);
    return done ? 0 : 1;
}
