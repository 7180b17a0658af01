/* A device with a serial line: its owner installs licenses, accepts an agreement, uses features and switches
 * the power off; what was granted, used up and ended outlives that in a flash chip. README.md shows a
 * session. No libc: only what stands here, nodelock, and the machine's serial line. */
#include "board.h"
#include "keys.h"
#include "nodelock.h"

enum { TUNNEL, VOICE, FEATURES };
static const nodelock_feature catalog[FEATURES] = {{.name = "tunnel", .eula = "trial-terms"},
                                                   {.name = "voice", .maximum = 100}};
static const char terms_text[] = "This trial comes as it is.";

/* --- The flash chip: a file beside the emulator, so that it outlives the power. ----------------- */

#define PAGE 4096u
#define PAGES 4u

enum { HOST_OPEN = 1, HOST_WRITE = 5, HOST_READ = 6, HOST_SEEK = 10, HOST_EXIT = 0x20 };
static uintptr_t chip;

static int32_t chip_do(uintptr_t what, uint32_t address, const void *data, size_t len)
{
    const uintptr_t seek[2] = {chip, address};
    const uintptr_t piece[3] = {chip, (uintptr_t)data, len};

    return host_call(HOST_SEEK, seek) == 0 && host_call(what, piece) == 0 ? 0 : -1;
}

static int32_t flash_read(void *user, uint32_t address, uint8_t *to, size_t len)
{
    (void)user;
    return chip_do(HOST_READ, address, to, len);
}

static int32_t flash_write(void *user, uint32_t address, const uint8_t *data, size_t len)
{
    (void)user;
    for (size_t at = 0; at < len; at++) {
        uint8_t byte;

        if (chip_do(HOST_READ, address + (uint32_t)at, &byte, 1) != 0) {
            return -1;
        }
        byte &= data[at]; /* writing only clears bits */
        if (chip_do(HOST_WRITE, address + (uint32_t)at, &byte, 1) != 0) {
            return -1;
        }
    }
    return 0;
}

static int32_t flash_erase(void *user, uint32_t page)
{
    static const uint8_t erased[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                       0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

    (void)user;
    for (uint32_t at = 0; at < PAGE; at += sizeof erased) {
        if (chip_do(HOST_WRITE, page * PAGE + at, erased, sizeof erased) != 0) {
            return -1;
        }
    }
    return 0;
}

static int chip_open(void)
{
    static const char name[] = "flash.bin";
    uintptr_t open[3] = {(uintptr_t)name, 3 /* r+b */, sizeof name - 1};
    intptr_t handle = host_call(HOST_OPEN, open);

    if (handle == -1) { /* a new chip */
        open[1] = 7; /* w+b */
        handle = host_call(HOST_OPEN, open);
        chip = (uintptr_t)handle;
        for (uint32_t page = 0; handle != -1 && page < PAGES; page++) {
            (void)flash_erase(NULL, page);
        }
    }
    chip = (uintptr_t)handle;
    return handle != -1;
}

static const nodelock_flash_port port = {.size = sizeof port,
                                         .page_len = PAGE,
                                         .pages = PAGES,
                                         .word_len = 4,
                                         .read = flash_read,
                                         .write = flash_write,
                                         .erase = flash_erase};

/* --- The agent. --------------------------------------------------------------------------------- */

#define LINES 3u
#define LEASES 4u
#define EVENTS 4u

static struct {
    nodelock_agent agent;
    nodelock_flash flash;
    nodelock_line_slot lines[LINES];
    nodelock_feature_slot features[FEATURES];
    nodelock_lease_slot leases[LEASES];
    nodelock_event_slot events[EVENTS];
    nodelock_catalog_entry catalog[FEATURES];
    uint8_t scratch[NODELOCK_SCRATCH_LEN];
    char input[640];
} ram;
static nodelock_agent *const agent = &ram.agent;
static nodelock_now now;

static int32_t load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    (void)user;
    return nodelock_flash_load(&ram.flash, key, buffer, capacity, len);
}

static int32_t store(void *user, uint16_t key, const uint8_t *value, size_t len)
{
    (void)user;
    return nodelock_flash_store(&ram.flash, key, value, len);
}

static int32_t clear(void *user, uint16_t key)
{
    (void)user;
    return nodelock_flash_remove(&ram.flash, key);
}

static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    static const char pid[] = "ISR4331/K9";
    static const char sn[] = "FDO1234ABCD";

    (void)user;
    if (member > 0) {
        return NODELOCK_NO_MORE;
    }
    *out = (nodelock_udi){pid, sizeof pid - 1, sn, sizeof sn - 1};
    return 0;
}

static const nodelock_trust_anchor anchors[] = {VENDOR_KEY};
static const nodelock_config device = {NODELOCK_CONFIG_INIT,
                                       .anchors = anchors,
                                       .anchor_count = 1,
                                       .read_udi = read_udi,
                                       .pinned = &nodelock_pinned};
static const nodelock_agent_config config = {NODELOCK_AGENT_CONFIG_INIT,
                                             .base = &device,
                                             .features = catalog,
                                             .feature_count = FEATURES,
                                             .load = load,
                                             .store = store,
                                             .remove = clear};

static int32_t boot(void)
{
    const nodelock_agent_memory memory = {NODELOCK_AGENT_MEMORY_INIT,
                                          .lines = ram.lines,
                                          .line_count = LINES,
                                          .features = ram.features,
                                          .feature_count = FEATURES,
                                          .leases = ram.leases,
                                          .lease_count = LEASES,
                                          .events = ram.events,
                                          .event_count = EVENTS,
                                          .catalog = ram.catalog,
                                          .catalog_count = FEATURES,
                                          .scratch = ram.scratch,
                                          .scratch_len = sizeof ram.scratch};
    nodelock_result result = nodelock_flash_mount(&ram.flash, sizeof ram.flash, &port);

    return result != NODELOCK_OK ? result
                                 : nodelock_agent_boot(agent, sizeof *agent, &config, &memory, &now);
}

/* --- The console. ------------------------------------------------------------------------------- */

static void say(const char *text)
{
    while (*text != '\0') {
        serial_put(*text++);
    }
}

static void say_number(uint64_t number)
{
    char digits[21];
    size_t at = sizeof digits - 1;

    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + (int)(number % 10));
        number /= 10;
    } while (number != 0);
    say(&digits[at]);
}

static void say_result(nodelock_result result)
{
    say(nodelock_result_text(result));
    say("\n");
}

/* A line without its end; its length. What does not fit is lost. */
static size_t read_line(char *to, size_t room)
{
    size_t len = 0;
    char c;

    while ((c = serial_get()) != '\n') {
        if (c != '\r' && len + 1 < room) {
            to[len++] = c;
        }
    }
    to[len] = '\0';
    return len;
}

static int equal(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

/* As consoles do: small and capital letters are the same, and the beginning of a word is enough. */
static int begins(const char *typed, const char *word)
{
    const char *at = typed;

    while (*at != '\0' && (*at == *word || (*at >= 'A' && *at <= 'Z' && *at + ('a' - 'A') == *word))) {
        at++;
        word++;
    }
    return at != typed && *at == '\0';
}

/* The command in full; "help" for what is none. No two begin with the same letter. */
static const char *in_full(const char *typed)
{
    static const char *const commands[] = {"install", "check", "accept", "use", "sleep", "off"};

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (begins(typed, commands[i])) {
            return commands[i];
        }
    }
    return "help";
}

/* A record that is typed or pasted in place of a command. */
static int is_record(const char *line)
{
    static const char *const keywords[] = {"LICENSE 1 ", "KEY 1 "};

    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        size_t at = 0;

        while (keywords[i][at] != '\0' && line[at] == keywords[i][at]) {
            at++;
        }
        if (keywords[i][at] == '\0') {
            return 1;
        }
    }
    return 0;
}

static char *next_word(char **rest)
{
    char *word = *rest;
    char *at = word;

    while (*at != '\0' && *at != ' ') {
        at++;
    }
    *rest = *at == '\0' ? at : at + 1;
    *at = '\0';
    return word;
}

static uint64_t number(const char *digits)
{
    uint64_t value = 0;

    while (*digits >= '0' && *digits <= '9') {
        value = value * 10 + (uint64_t)(*digits++ - '0');
    }
    return value;
}

static void say_events(void)
{
    nodelock_event event;

    while (nodelock_agent_poll_event(agent, &event) == NODELOCK_OK &&
           event.kind != NODELOCK_EVENT_NONE) {
        say("  event ");
        say_number(event.kind);
        say(event.handle < FEATURES ? " of " : "");
        say(event.handle < FEATURES ? catalog[event.handle].name : "");
        say("\n");
    }
}

/* License lines up to an empty line; the first may be in memory already. */
static void install(size_t len)
{
    nodelock_tally tally;
    size_t line;
    nodelock_result result;

    if (len > 0) {
        ram.input[len++] = '\n';
    }
    while ((line = read_line(ram.input + len, sizeof ram.input - len)) > 0) {
        len += line;
        ram.input[len++] = '\n';
    }
    result = nodelock_agent_install(agent, (const uint8_t *)ram.input, len, NODELOCK_INTENT_INSTALL, &now,
                                    &tally);
    if (result != NODELOCK_OK) {
        say_result(result);
        return;
    }
    say_number(tally.installed);
    say(" installed, ");
    say_number(tally.refused);
    say(" refused");
    if (tally.for_others > 0) {
        say(", ");
        say_number(tally.for_others);
        say(" for other devices");
    }
    say("\n");
    if (tally.refused > 0) {
        say_result(tally.first_refusal);
    }
}

/* From deadline to deadline, as a product does. */
static void pass_time(uint64_t seconds)
{
    uint64_t end = now.uptime.seconds + seconds;
    nodelock_uptime deadline = {0};

    while (now.uptime.seconds < end) {
        if (nodelock_agent_next_deadline(agent,
                                         &deadline) != NODELOCK_OK || deadline.seconds <= now.uptime.seconds ||
            deadline.seconds > end) {
            deadline.seconds = end;
        }
        now.uptime = deadline;
        if (nodelock_agent_tick(agent, &now) != NODELOCK_OK) {
            say("tick failed\n");
        }
    }
    say("it is ");
    say_number(now.uptime.seconds);
    say(" s since power-on\n");
}

static void with_feature(const char *command, const char *name, uint64_t units)
{
    nodelock_handle handle = 0;
    nodelock_lease lease;
    nodelock_verdict verdict;

    while (handle < FEATURES && !equal(catalog[handle].name, name)) {
        handle++;
    }
    if (handle == FEATURES) {
        say("no such feature\n");
    } else if (equal(command, "check")) {
        if (nodelock_agent_check(agent, handle, now.uptime, &verdict) == NODELOCK_OK && verdict ==
            NODELOCK_GRANTED) {
            say("granted\n");
        } else {
            say("denied: ");
            say_result(-(int32_t)verdict);
        }
    } else if (equal(command, "accept")) {
        say_result(nodelock_agent_accept_eula(agent, handle, terms_text, sizeof terms_text - 1, &now));
    } else if (equal(command, "use")) {
        say_result(nodelock_agent_acquire(agent, handle, NODELOCK_UNITS(units), NODELOCK_OWNER(1), &now,
                                          &lease));
    }
}

int main(void)
{
    uintptr_t status[2] = {0x20026, 0};
    nodelock_result result;

    serial_start();
    say("nodelock on ");
    say(board_name);
    say("\n");
    result = chip_open() ? boot() : NODELOCK_ERR_STORAGE_FAILED;
    say("boot: ");
    say_result(result);
    status[1] = result == NODELOCK_OK ? 0 : 1;
    while (result == NODELOCK_OK) {
        char *rest = ram.input;
        const char *command;
        char *name;
        size_t len;

        say_events();
        say("> ");
        len = read_line(ram.input, sizeof ram.input);
        say(ram.input);
        say("\n");
        if (is_record(ram.input)) {
            install(len);
            continue;
        }
        command = in_full(next_word(&rest));
        name = next_word(&rest);
        if (equal(command, "off")) {
            break;
        }
        if (equal(command, "install")) {
            install(0);
        } else if (equal(command, "help")) {
            say("install, check FEATURE, accept FEATURE, use FEATURE UNITS, sleep SECONDS, off\n");
        } else if (equal(command, "sleep")) {
            pass_time(number(name));
        } else {
            with_feature(command, name, number(rest));
        }
    }
    (void)host_call(HOST_EXIT, status);
    for (;;) {
    }
}
