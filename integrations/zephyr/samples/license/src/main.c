/* A device with licenses on Zephyr: an agent whose storage is NVS, whose UDI has the device id of the hardware as
 * serial number, and a shell command for its owner. README.md shows a session.
 *
 * Names and signatures are those of Zephyr 4.3 and 4.4. */
#include <errno.h>
#include <string.h>

#include <zephyr/drivers/flash.h>
#include <zephyr/drivers/hwinfo.h>
#include <zephyr/kernel.h>
#include <zephyr/shell/shell.h>
#include <zephyr/storage/flash_map.h>

#include <nodelock.h>
#include <nodelock_zephyr.h>

#include "vendor_key.h"

#ifndef PARTITION_DEVICE /* before Zephyr 4.4 */
#define PARTITION_DEVICE FIXED_PARTITION_DEVICE
#define PARTITION_OFFSET FIXED_PARTITION_OFFSET
#define PARTITION_SIZE FIXED_PARTITION_SIZE
#endif

enum { TUNNEL, VOICE, FEATURES };
static const nodelock_feature catalog[FEATURES] = {{.name = "tunnel"}, {.name = "voice", .maximum = 100}};

#define LINES 4
#define LEASES 4
#define EVENTS 4

static struct {
    struct nvs_fs fs;
    nodelock_agent agent;
    nodelock_line_slot lines[LINES];
    nodelock_feature_slot features[FEATURES];
    nodelock_lease_slot leases[LEASES];
    nodelock_event_slot events[EVENTS];
    nodelock_catalog_entry catalog[FEATURES];
    uint8_t scratch[NODELOCK_SCRATCH_LEN];
    char serial_number[2 * 16 + 1];
} device;

/* Held around all calls of the agent: the shell has a thread of its own. */
static K_MUTEX_DEFINE(lock);
/* Given when the next deadline may have changed. */
static K_SEM_DEFINE(changed, 0, 1);

/* --- What the library asks for. ------------------------------------------------------------------------------ */

static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    static const char product_id[] = CONFIG_LICENSE_PRODUCT_ID;

    (void)user;
    if (member > 0) {
        return NODELOCK_NO_MORE;
    }
    *out = (nodelock_udi){product_id, sizeof product_id - 1, device.serial_number,
                          strlen(device.serial_number)};
    return 0;
}

static const nodelock_trust_anchor anchors[] = {VENDOR_KEY};
static const nodelock_config base = {NODELOCK_CONFIG_INIT,
                                     .anchors = anchors,
                                     .anchor_count = 1,
                                     .user = &device.fs,
                                     .read_udi = read_udi};
static const nodelock_agent_config config = {NODELOCK_AGENT_CONFIG_INIT,
                                             .base = &base,
                                             .features = catalog,
                                             .feature_count = FEATURES,
                                             .load = nodelock_zephyr_load,
                                             .store = nodelock_zephyr_store,
                                             .remove = nodelock_zephyr_remove};

/* --- Power on. ----------------------------------------------------------------------------------------------- */

/* The device id in hexadecimal digits; nothing if the hardware has none. */
static int read_serial_number(void)
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t id[16];
    ssize_t len = hwinfo_get_device_id(id, sizeof id);

    if (len <= 0) {
        return -ENODEV;
    }
    for (ssize_t i = 0; i < len; i++) {
        device.serial_number[2 * i] = digits[id[i] >> 4];
        device.serial_number[2 * i + 1] = digits[id[i] & 15];
    }
    device.serial_number[2 * len] = '\0';
    return 0;
}

/* The whole partition is nodelock's: another one for settings, if the product has any. */
static int mount(void)
{
    struct flash_pages_info page;
    int error;

    device.fs.flash_device = PARTITION_DEVICE(storage_partition);
    device.fs.offset = PARTITION_OFFSET(storage_partition);
    if (!device_is_ready(device.fs.flash_device)) {
        return -ENODEV;
    }
    error = flash_get_page_info_by_offs(device.fs.flash_device, device.fs.offset, &page);
    if (error != 0) {
        return error;
    }
    device.fs.sector_size = (uint16_t)page.size;
    device.fs.sector_count = (uint16_t)(PARTITION_SIZE(storage_partition) / page.size);
    return nvs_mount(&device.fs);
}

static int32_t boot(void)
{
    const nodelock_agent_memory memory = {NODELOCK_AGENT_MEMORY_INIT,
                                          .lines = device.lines,
                                          .line_count = LINES,
                                          .features = device.features,
                                          .feature_count = FEATURES,
                                          .leases = device.leases,
                                          .lease_count = LEASES,
                                          .events = device.events,
                                          .event_count = EVENTS,
                                          .catalog = device.catalog,
                                          .catalog_count = FEATURES,
                                          .scratch = device.scratch,
                                          .scratch_len = sizeof device.scratch};
    const nodelock_now now = nodelock_zephyr_now();

    return nodelock_agent_boot(&device.agent, sizeof device.agent, &config, &memory, &now);
}

/* --- The shell. ---------------------------------------------------------------------------------------------- */

static int say(const struct shell *sh, nodelock_result result)
{
    shell_print(sh, "%s; %s", nodelock_result_text(result), nodelock_result_remedy(result));
    return result == NODELOCK_OK ? 0 : -ENOEXEC;
}

static int license_udi(const struct shell *sh, size_t argc, char **argv)
{
    (void)argc;
    (void)argv;
    shell_print(sh, "%s:%s", CONFIG_LICENSE_PRODUCT_ID, device.serial_number);
    return 0;
}

/* All that stands behind the command: the shell takes no word of it apart. */
static int license_install(const struct shell *sh, size_t argc, char **argv)
{
    const nodelock_now now = nodelock_zephyr_now();
    nodelock_tally tally;
    nodelock_result result;

    if (argc != 2) {
        shell_error(sh, "license install LINE");
        return -EINVAL;
    }
    k_mutex_lock(&lock, K_FOREVER);
    result = nodelock_agent_install(&device.agent, (const uint8_t *)argv[1], strlen(argv[1]),
                                    NODELOCK_INTENT_INSTALL, &now, &tally);
    k_mutex_unlock(&lock);
    k_sem_give(&changed);
    if (result != NODELOCK_OK) {
        return say(sh, result);
    }
    shell_print(sh, "%u installed, %u for others, %u refused", (unsigned)tally.installed,
                (unsigned)tally.for_others, (unsigned)tally.refused);
    return tally.refused == 0 ? 0 : say(sh, tally.first_refusal);
}

/* The verdict for a feature, which may be switched on before. */
static int with_feature(const struct shell *sh, const char *name, int activate)
{
    const nodelock_now now = nodelock_zephyr_now();
    nodelock_verdict verdict = NODELOCK_UNDECIDED;
    nodelock_handle handle;
    nodelock_result result;

    k_mutex_lock(&lock, K_FOREVER);
    result = nodelock_agent_find(&device.agent, name, strlen(name), &handle);
    if (result == NODELOCK_OK && activate) {
        result = nodelock_agent_activate(&device.agent, handle, &now);
    }
    if (result == NODELOCK_OK) {
        result = nodelock_agent_check(&device.agent, handle, now.uptime, &verdict);
    }
    k_mutex_unlock(&lock);
    k_sem_give(&changed);
    if (result != NODELOCK_OK) {
        return say(sh, result);
    }
    if (verdict != NODELOCK_GRANTED) {
        return say(sh, -(int32_t)verdict);
    }
    shell_print(sh, "granted");
    return 0;
}

static int license_check(const struct shell *sh, size_t argc, char **argv)
{
    (void)argc;
    return with_feature(sh, argv[1], 0);
}

static int license_activate(const struct shell *sh, size_t argc, char **argv)
{
    (void)argc;
    return with_feature(sh, argv[1], 1);
}

static int license_show(const struct shell *sh, size_t argc, char **argv)
{
    nodelock_agent_line line;
    nodelock_result result = NODELOCK_OK;

    (void)argc;
    (void)argv;
    for (size_t i = 0; result == NODELOCK_OK; i++) {
        k_mutex_lock(&lock, K_FOREVER);
        result = nodelock_agent_line_at(&device.agent, i, &line);
        k_mutex_unlock(&lock);
        if (result == NODELOCK_OK) {
            shell_print(sh, "%-16s %u.%u  %s%s", line.license.feature, line.license.version[0],
                        line.license.version[1], nodelock_type_name(line.license.license_type),
                        line.left_seconds == 0 ? ", ended" : "");
        }
    }
    return result == NODELOCK_ERR_NO_SUCH_INDEX ? 0 : say(sh, result);
}

SHELL_STATIC_SUBCMD_SET_CREATE(
    commands,
    SHELL_CMD_ARG(activate, NULL, "Switch a feature on: activate FEATURE", license_activate, 2, 0),
    SHELL_CMD_ARG(check, NULL, "May the feature run? check FEATURE", license_check, 2, 0),
    SHELL_CMD_ARG(install, NULL, "Install a license line: install LINE", license_install, 1,
                  SHELL_OPT_ARG_RAW),
    SHELL_CMD_ARG(show, NULL, "Show the installed licenses", license_show, 1, 0),
    SHELL_CMD_ARG(udi, NULL, "Show the UDI, for which the vendor issues licenses", license_udi, 1, 0),
    SHELL_SUBCMD_SET_END);
SHELL_CMD_REGISTER(license, &commands, "Licenses of this device", NULL);

/* --- The agent's time. --------------------------------------------------------------------------------------- */

/* How long nothing needs to be done, if nobody changes anything. */
static k_timeout_t until_deadline(void)
{
    const uint64_t now = nodelock_zephyr_now().uptime.seconds;
    nodelock_uptime deadline = {NODELOCK_NO_END};
    nodelock_result result;

    k_mutex_lock(&lock, K_FOREVER);
    result = nodelock_agent_next_deadline(&device.agent, &deadline);
    k_mutex_unlock(&lock);
    if (result != NODELOCK_OK || deadline.seconds == NODELOCK_NO_END) {
        return K_FOREVER;
    }
    /* A day at most, so that the number fits everywhere. */
    return deadline.seconds <= now ? K_NO_WAIT : K_SECONDS((int32_t)MIN(deadline.seconds - now, 86400u));
}

int main(void)
{
    int error = read_serial_number();
    nodelock_result result = NODELOCK_ERR_STORAGE_FAILED;

    if (error == 0) {
        error = mount();
    }
    k_mutex_lock(&lock, K_FOREVER);
    if (error == 0) {
        result = boot();
    }
    k_mutex_unlock(&lock);
    if (result != NODELOCK_OK) {
        printk("licenses: %s (%d)\n", nodelock_result_text(result), error);
        return 0;
    }
    printk("licenses: ready\n");
    for (;;) {
        nodelock_now now;

        (void)k_sem_take(&changed, until_deadline());
        now = nodelock_zephyr_now();
        k_mutex_lock(&lock, K_FOREVER);
        (void)nodelock_agent_tick(&device.agent, &now);
        k_mutex_unlock(&lock);
    }
}
