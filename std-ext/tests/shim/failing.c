/*
 * Lets system calls fail, in a process that loads this in front of the C library (LD_PRELOAD).
 *
 * FAIL_CALL   open, write, fsync, rename, unlink or close
 * FAIL_AT     which of them, counted from 0, that concerns a file below FAIL_UNDER
 * FAIL_TIMES  how many from there on
 * FAIL_EFFECT before (nothing is done), half (half of a write), or after (all of it is done)
 * FAIL_ERRNO  the number of the error
 *
 * When a call has failed, "fault\n" goes to the standard output, between what the process tells.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MOST_FILES 1024

enum effect { WORKS, BEFORE, HALF, AFTER };

static unsigned char concerned[MOST_FILES];

static int under(const char *path)
{
    const char *place = getenv("FAIL_UNDER");
    return place != NULL && path != NULL && strncmp(path, place, strlen(place)) == 0;
}

static int known(int file)
{
    return file >= 0 && file < MOST_FILES && concerned[file];
}

static enum effect fault(const char *call, int concerns)
{
    static unsigned long long seen;
    const char *wanted = getenv("FAIL_CALL");
    if (!concerns || wanted == NULL || strcmp(wanted, call) != 0) {
        return WORKS;
    }
    unsigned long long at = strtoull(getenv("FAIL_AT"), NULL, 10);
    unsigned long long times = strtoull(getenv("FAIL_TIMES"), NULL, 10);
    unsigned long long number = seen++;
    if (number < at || number - at >= times) {
        return WORKS;
    }
    REAL(write)(1, "fault\n", 6);
    const char *effect = getenv("FAIL_EFFECT");
    return effect[0] == 'b' ? BEFORE : effect[0] == 'h' ? HALF : AFTER;
}

static int failed(void)
{
    errno = atoi(getenv("FAIL_ERRNO"));
    return -1;
}

#define OPEN(name)                                                          \
    int name(const char *path, int flags, ...)                              \
    {                                                                       \
        va_list more;                                                       \
        va_start(more, flags);                                              \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                                       \
        enum effect effect = fault("open", under(path));                    \
        if (effect == BEFORE) {                                             \
            return failed();                                                \
        }                                                                   \
        int file = REAL(name)(path, flags, mode);                           \
        if (effect != WORKS) {                                              \
            if (file >= 0) {                                                \
                REAL(close)(file);                                          \
            }                                                               \
            return failed();                                                \
        }                                                                   \
        if (file >= 0 && file < MOST_FILES) {                               \
            concerned[file] = (unsigned char)under(path);                   \
        }                                                                   \
        return file;                                                        \
    }

OPEN(open)
OPEN(open64)

ssize_t write(int file, const void *bytes, size_t len)
{
    enum effect effect = fault("write", known(file));
    if (effect == BEFORE) {
        return failed();
    }
    ssize_t written = REAL(write)(file, bytes, effect == HALF ? len / 2 : len);
    return effect == WORKS ? written : failed();
}

int fsync(int file)
{
    enum effect effect = fault("fsync", known(file));
    int done = effect == BEFORE ? 0 : REAL(fsync)(file);
    return effect == WORKS ? done : failed();
}

int rename(const char *from, const char *to)
{
    enum effect effect = fault("rename", under(to));
    int done = effect == BEFORE ? 0 : REAL(rename)(from, to);
    return effect == WORKS ? done : failed();
}

int unlink(const char *path)
{
    enum effect effect = fault("unlink", under(path));
    int done = effect == BEFORE ? 0 : REAL(unlink)(path);
    return effect == WORKS ? done : failed();
}

int close(int file)
{
    enum effect effect = fault("close", known(file));
    if (file >= 0 && file < MOST_FILES) {
        concerned[file] = 0;
    }
    /* Linux gives the number free whatever close says; with "before" it stays open. */
    int done = effect == BEFORE ? 0 : REAL(close)(file);
    return effect == WORKS ? done : failed();
}
