/* Runs the sample for Zephyr on a host, on the stubs beside this file: NVS in a file, so that it outlives the power;
 * the shell on standard input, while the program waits; a clock that "sleep SECONDS" moves on. The power goes off at
 * the end of the input. Nothing here is Zephyr. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zephyr/drivers/flash.h>
#include <zephyr/drivers/hwinfo.h>
#include <zephyr/fs/nvs.h>
#include <zephyr/kernel.h>
#include <zephyr/shell/shell.h>

static void require(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "the sample has broken a rule: %s\n", what);
        exit(3);
    }
}

/* --- Hardware. ----------------------------------------------------------------------------------------------- */

#define PAGE 4096u

const struct device stub_flash_of_storage_partition = {"flash"};

bool device_is_ready(const struct device *dev)
{
    return dev == &stub_flash_of_storage_partition;
}

int flash_get_page_info_by_offs(const struct device *dev, off_t offset, struct flash_pages_info *info)
{
    require(device_is_ready(dev) && offset == 0x1000, "its partition");
    *info = (struct flash_pages_info){offset, PAGE, 1};
    return 0;
}

ssize_t hwinfo_get_device_id(uint8_t *buffer, size_t length)
{
    static const uint8_t id[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF};
    size_t len = MIN(length, sizeof id);

    memcpy(buffer, id, len);
    return (ssize_t)len;
}

/* --- NVS. ---------------------------------------------------------------------------------------------------- */

static struct {
    uint16_t id;
    uint16_t len;
    uint8_t data[PAGE / 2];
} entries[64];
static const char place[] = "nvs.bin";

static void save(void)
{
    FILE *out = fopen(place, "wb");

    require(out != NULL && fwrite(entries, sizeof entries, 1, out) == 1 && fclose(out) == 0, "nvs.bin");
}

int nvs_mount(struct nvs_fs *fs)
{
    FILE *in = fopen(place, "rb");

    require(fs->sector_size == PAGE && fs->sector_count == 4 && fs->offset == 0x1000 &&
                fs->flash_device == &stub_flash_of_storage_partition,
            "geometry of NVS");
    if (in != NULL) {
        require(fread(entries, sizeof entries, 1, in) == 1, "nvs.bin");
        (void)fclose(in);
    }
    return 0;
}

/* An entry with this id, or a free one for 0: nothing is of length 0. */
static size_t find(uint16_t id, int is_free)
{
    size_t i = 0;

    while (i < 64 && (is_free ? entries[i].len != 0 : entries[i].len == 0 || entries[i].id != id)) {
        i++;
    }
    return i;
}

ssize_t nvs_read(struct nvs_fs *fs, uint16_t id, void *data, size_t len)
{
    size_t i = find(id, 0);

    (void)fs;
    if (i == 64) {
        return -ENOENT;
    }
    memcpy(data, entries[i].data, MIN(len, entries[i].len));
    return entries[i].len;
}

ssize_t nvs_write(struct nvs_fs *fs, uint16_t id, const void *data, size_t len)
{
    size_t i = find(id, 0);

    (void)fs;
    require(id != 0xFFFF && len > 0 && len <= sizeof entries[0].data, "a value for NVS");
    if (i < 64 && entries[i].len == len && memcmp(entries[i].data, data, len) == 0) {
        return 0;
    }
    if (i == 64) {
        i = find(id, 1);
    }
    if (i == 64) {
        return -ENOSPC;
    }
    entries[i].id = id;
    entries[i].len = (uint16_t)len;
    memcpy(entries[i].data, data, len);
    save();
    return (ssize_t)len;
}

int nvs_delete(struct nvs_fs *fs, uint16_t id)
{
    size_t i = find(id, 0);

    (void)fs;
    if (i < 64) {
        entries[i].len = 0;
        save();
    }
    return 0;
}

/* --- The kernel: one thread, which the shell borrows while it waits. ------------------------------------------- */

static int64_t uptime = 5000;

int64_t k_uptime_get(void)
{
    return uptime;
}

void printk(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vprintf(fmt, args);
    va_end(args);
}

int k_mutex_lock(struct k_mutex *mutex, k_timeout_t timeout)
{
    (void)timeout;
    require(mutex->locks++ == 0, "a lock is taken twice");
    return 0;
}

int k_mutex_unlock(struct k_mutex *mutex)
{
    require(--mutex->locks == 0, "a lock is given back twice");
    return 0;
}

void k_sem_give(struct k_sem *sem)
{
    sem->count = MIN(sem->count + 1, sem->limit);
}

/* --- The shell. ---------------------------------------------------------------------------------------------- */

static const struct shell_static_entry *root;
static const struct shell shell;

void stub_shell_register(const struct shell_static_entry *entry)
{
    root = entry;
}

static void say(const char *fmt, va_list args)
{
    (void)vprintf(fmt, args);
    (void)putchar('\n');
}

void shell_print(const struct shell *sh, const char *fmt, ...)
{
    va_list args;

    (void)sh;
    va_start(args, fmt);
    say(fmt, args);
    va_end(args);
}

void shell_error(const struct shell *sh, const char *fmt, ...)
{
    va_list args;

    (void)sh;
    va_start(args, fmt);
    say(fmt, args);
    va_end(args);
}

/* "license COMMAND ARGUMENTS", as Zephyr would take it apart. */
static void command(char *line)
{
    const struct shell_static_entry *entry = root->subcmd->entry;
    char *argv[16] = {0};
    size_t argc = 0;
    char *word;
    int status;

    word = strtok(line, " ");
    require(word != NULL && strcmp(word, root->syntax) == 0, "a command of the session");
    argv[argc] = strtok(NULL, " ");
    while (entry->syntax != NULL && (argv[0] == NULL || strcmp(entry->syntax, argv[0]) != 0)) {
        entry++;
    }
    require(entry->syntax != NULL, "a command of the session");
    argc = 1;
    word = strtok(NULL, entry->args.optional == SHELL_OPT_ARG_RAW ? "" : " ");
    while (word != NULL && argc < 15) {
        argv[argc++] = word;
        word = strtok(NULL, " ");
    }
    if (argc < entry->args.mandatory || argc > (size_t)entry->args.mandatory + entry->args.optional) {
        printf("wrong number of arguments\n");
        return;
    }
    status = entry->handler(&shell, argc, argv);
    if (status != 0) {
        printf("status %d\n", status);
    }
}

/* Only main waits for something, and the owner types meanwhile. */
int k_sem_take(struct k_sem *sem, k_timeout_t timeout)
{
    static char line[1100];
    static int64_t asleep; /* milliseconds of a sleep that are left */

    for (;;) {
        if (sem->count > 0) {
            sem->count--;
            return 0;
        }
        if (asleep > 0 && timeout.ticks >= 0 && timeout.ticks <= asleep) {
            asleep -= timeout.ticks;
            uptime += timeout.ticks;
            return -EAGAIN;
        }
        uptime += asleep;
        asleep = 0;
        if (fgets(line, sizeof line, stdin) == NULL) {
            exit(0);
        }
        line[strcspn(line, "\n")] = '\0';
        printf("> %s\n", line);
        if (strncmp(line, "sleep ", 6) == 0) {
            asleep = 1000 * strtoll(line + 6, NULL, 10);
        } else {
            command(line);
        }
    }
}
