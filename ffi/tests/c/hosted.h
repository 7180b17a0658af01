/* What the programs for nodelock_std.h share: a board that keeps its licenses in a directory. The files of
 * the C library's that they need are those of POSIX. */
#ifndef HOSTED_H
#define HOSTED_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "agent.h"
#include "nodelock_std.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct hosted {
    board board;
    nodelock_std_host host;
    nodelock_std_console console;
    char folder[100];    /* a temporary one; the license storage is in it */
    char printed[20000]; /* what the last command has said */
    uint32_t prints;
    int32_t print_result;
    uint32_t questions;
    int32_t answer;
    const char *agreement; /* its text */
    char question[200];
} hosted;

static inline hosted *hosted_of(void *host)
{
    hosted *self = (hosted *)nodelock_std_user(host);

    CHECK(self != NULL && host == &self->host);
    return self;
}

static inline int32_t hosted_udi(void *user, uint32_t member, nodelock_udi *out)
{
    return device_udi(&hosted_of(user)->board.base, member, out);
}

static inline void hosted_record(void *user, const nodelock_record *record)
{
    device_record(&hosted_of(user)->board.base, record);
}

static inline int32_t hosted_print(void *user, const char *text, size_t len)
{
    hosted *self = (hosted *)user;

    CHECK(strlen(text) == len && len > 0 && text[len - 1] == '\n');
    CHECK(len < sizeof self->printed);
    memcpy(self->printed, text, len + 1);
    self->prints += 1;
    return self->print_result;
}

static inline const char *hosted_agreement(void *user, const char *name)
{
    const hosted *self = (const hosted *)user;

    CHECK(strcmp(name, "mirror-2026") == 0);
    return self->agreement;
}

static inline int32_t hosted_confirm(void *user, const char *text, const char *question)
{
    hosted *self = (hosted *)user;

    CHECK(strcmp(text, self->agreement) == 0 && strlen(question) < sizeof self->question);
    memcpy(self->question, question, strlen(question) + 1);
    self->questions += 1;
    return self->answer;
}

/* A path in the temporary folder; good until the next but three. */
static inline const char *hosted_path(const hosted *self, const char *name)
{
    static char paths[4][300];
    static size_t next;
    char *path = paths[next];

    next = (next + 1) % COUNT(paths);
    CHECK(snprintf(path, sizeof paths[0], "%s/%s", self->folder, name) < (int)sizeof paths[0]);
    return path;
}

static inline void hosted_write(const hosted *self, const char *name, const uint8_t *data, size_t len)
{
    FILE *out = fopen(hosted_path(self, name), "wb");

    CHECK(out != NULL && fwrite(data, 1, len, out) == len && fclose(out) == 0);
}

/* The content of a file as a string. */
static inline const char *hosted_read(const hosted *self, const char *name)
{
    static char content[20000];
    FILE *in = fopen(hosted_path(self, name), "rb");
    size_t len;

    CHECK(in != NULL);
    len = fread(content, 1, sizeof content - 1, in);
    CHECK(fclose(in) == 0);
    content[len] = 0;
    return content;
}

/* A new device: nothing is stored. */
static inline void hosted_make(hosted *self)
{
    const char *temporary = getenv("TMPDIR");

    memset(self, 0, sizeof *self);
    CHECK(snprintf(self->folder, sizeof self->folder, "%s/nodelock-XXXXXX",
                   temporary == NULL ? "/tmp" : temporary) < (int)sizeof self->folder);
    CHECK(mkdtemp(self->folder) != NULL);
    board_make(&self->board);
    self->board.base_config.user = &self->host;
    self->board.base_config.read_udi = hosted_udi;
    self->board.base_config.on_record = hosted_record;
    self->board.config.load = nodelock_std_load;
    self->board.config.store = nodelock_std_store;
    self->board.config.remove = nodelock_std_remove;
    self->console.size = sizeof self->console;
    self->console.user = self;
    self->console.print = hosted_print;
    self->console.eula = hosted_agreement;
    self->console.confirm = hosted_confirm;
    self->agreement = "Be nice.\n";
}

/* Power on. */
static inline void hosted_boot(hosted *self)
{
    char why[300] = "";

    memset(&self->host, 0xA5, sizeof self->host);
    if (nodelock_std_open(&self->host, sizeof self->host, hosted_path(self, "var/licenses"), self,
                          why, sizeof why) != NODELOCK_OK) {
        fprintf(stderr, "%s\n", why);
        exit(1);
    }
    CHECK(why[0] == 0);
    board_reboot(&self->board);
}

static inline void hosted_end(hosted *self)
{
    CHECK(nodelock_agent_deinit(&self->board.agent) == NODELOCK_OK);
    CHECK(nodelock_std_close(&self->host) == NODELOCK_OK);
}

static inline int32_t hosted_run(hosted *self, const char *command, uint32_t *done)
{
    self->printed[0] = 0;
    return nodelock_std_run(&self->host, &self->board.agent, &self->board.now, command,
                            &self->console, done);
}

/* A command that is one, and whose text has this in it; gives whether it was done. */
static inline uint32_t hosted_command(hosted *self, const char *command, const char *says)
{
    const uint32_t prints = self->prints;
    uint32_t done = 77;

    CHECK(hosted_run(self, command, &done) == NODELOCK_OK);
    CHECK(self->prints == prints + 1 && (done == 0 || done == 1));
    if (strstr(self->printed, says) == NULL) {
        fprintf(stderr, "%s:\n%s(no \"%s\")\n", command, self->printed, says);
        exit(1);
    }
    return done;
}

static inline void hosted_remove(const char *folder)
{
    DIR *open = opendir(folder);
    const struct dirent *entry;
    char path[600];

    CHECK(open != NULL);
    while ((entry = readdir(open)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            CHECK(snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int)sizeof path);
            if (unlink(path) != 0) {
                hosted_remove(path);
            }
        }
    }
    CHECK(closedir(open) == 0 && rmdir(folder) == 0);
}

#endif
