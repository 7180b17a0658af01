/* A license file in pieces: what the whole file does, and wrong use. */
#include "agent.h"

static board self;
static nodelock_installer installer;
static nodelock_tally whole;
static int32_t expected[32];
static uint32_t inside; /* calls that a callback made */

/* The same file, whole. */
static void in_one(const uint8_t *file, size_t len)
{
    board_make(&self);
    board_reboot(&self);
    CHECK(nodelock_agent_install(&self.agent, file, len, NODELOCK_INTENT_INSTALL, &self.now, &whole) ==
          NODELOCK_OK);
    memcpy(expected, self.base.results, sizeof expected);
}

/* Memory of its own for each piece, and nothing in it behind the call. */
static void in_pieces(const uint8_t *file, size_t len, size_t most)
{
    uint8_t *const buffer = malloc(most);
    uint32_t records = self.base.records;
    nodelock_tally tally;
    size_t at;

    CHECK(buffer != NULL);
    board_make(&self);
    board_reboot(&self);
    for (at = 0; at < len; at += most) {
        const size_t piece = len - at < most ? len - at : most;

        memcpy(buffer, file + at, piece);
        memset(&tally, 0xA5, sizeof tally);
        CHECK(nodelock_installer_push(&installer, &self.agent, buffer, piece, &self.now, &tally) ==
              NODELOCK_OK);
        memset(buffer, 0xA5, piece);
        CHECK(tally.installed + tally.existing + tally.keys + tally.for_others + tally.refused + tally.stray ==
              self.base.records);
    }
    CHECK(nodelock_installer_finish(&installer, &self.agent, &self.now, &tally) == NODELOCK_OK);
    CHECK(memcmp(&tally, &whole, sizeof tally) == 0);
    CHECK(self.base.records == records);
    CHECK(memcmp(self.base.results, expected, sizeof expected) == 0);
    free(buffer);
}

static void every_size(const uint8_t *file, size_t len)
{
    static const size_t more[] = {64, 100, 333, 1000, 4000, 100000};
    size_t i;

    in_one(file, len);
    for (i = 1; i < 20; i++) {
        in_pieces(file, len, i);
    }
    for (i = 0; i < COUNT(more); i++) {
        in_pieces(file, len, more[i]);
    }
}

/* A KEY record counts for a line that comes much later. */
static void keys_are_remembered(void)
{
    size_t i;

    in_one(FILE_CLEAN, sizeof FILE_CLEAN);
    CHECK(whole.keys == 1 && whole.installed > 0 && whole.refused > 0);
    for (i = 0; i < self.base.records; i++) {
        /* The last line but none is of a key that nobody knows. */
        CHECK((expected[i] == NODELOCK_ERR_UNKNOWN_KEY) == (i == self.base.records - 1));
    }
    in_pieces(FILE_CLEAN, sizeof FILE_CLEAN, 7);

    /* What comes behind the end is a new file: its first record has the number 1, and the key is forgotten. */
    in_one(FILE_PERMANENT, sizeof FILE_PERMANENT);
    in_pieces(FILE_PERMANENT, sizeof FILE_PERMANENT, 7);
    CHECK(whole.keys == 0 && whole.installed == 1);
}

/* Between two calls it may be moved, and wait as long as it likes. */
static void it_may_be_moved(void)
{
    static nodelock_installer other;
    const size_t half = sizeof FILE_PERMANENT / 2;
    nodelock_tally tally;

    board_make(&self);
    board_reboot(&self);
    CHECK(nodelock_installer_push(&installer, &self.agent, FILE_PERMANENT, half, &self.now, &tally) ==
          NODELOCK_OK);
    CHECK(tally.installed == 0 && tally.refused == 0);
    other = installer;
    memset(&installer, 0xA5, sizeof installer);
    CHECK(nodelock_installer_push(&other, &self.agent, FILE_PERMANENT + half,
                                  sizeof FILE_PERMANENT - half, &self.now, NULL) == NODELOCK_OK);
    CHECK(nodelock_installer_finish(&other, &self.agent, &self.now, &tally) == NODELOCK_OK);
    CHECK(tally.installed == 1);
    CHECK(nodelock_installer_init(&installer, sizeof installer) == NODELOCK_OK);
}

static void broken_off(void)
{
    nodelock_tally tally;

    board_make(&self);
    board_reboot(&self);
    CHECK(nodelock_installer_push(&installer, &self.agent, FILE_PERMANENT, 44, &self.now, NULL) ==
          NODELOCK_OK);
    CHECK(nodelock_installer_finish(&installer, &self.agent, &self.now, &tally) == NODELOCK_OK);
    CHECK(tally.refused == 1 && tally.first_refused == 1 && tally.first_refusal == NODELOCK_ERR_TRUNCATED);
}

static void wrong_use(void)
{
    static nodelock_installer never;
    nodelock_tally tally;
    nodelock_now odd = {.wall_known = 2};
    size_t wide[2] = {0};
    uint8_t *const crooked = (uint8_t *)wide + 1;

    board_make(&self);
    board_reboot(&self);
    memset(&tally, 0xA5, sizeof tally);
    CHECK(nodelock_installer_init(NULL, sizeof installer) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_installer_init((nodelock_installer *)(void *)crooked, sizeof installer) ==
          NODELOCK_ERR_ALIGNMENT);
    CHECK(nodelock_installer_init(&installer, sizeof installer - 1) == NODELOCK_ERR_CTX_SIZE);
    CHECK(nodelock_installer_push(&never, &self.agent, FILE_PERMANENT, 1, &self.now, NULL) ==
          NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_installer_finish(&never, &self.agent, &self.now, NULL) == NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_installer_push(NULL, &self.agent, FILE_PERMANENT, 1, &self.now, NULL) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_installer_push(&installer, NULL, FILE_PERMANENT, 1, &self.now, NULL) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_installer_push(&installer, &self.agent, NULL, 1, &self.now, NULL) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_installer_push(&installer, &self.agent, FILE_PERMANENT, SIZE_MAX, &self.now, NULL) ==
          NODELOCK_ERR_LENGTH);
    CHECK(nodelock_installer_push(&installer, &self.agent, FILE_PERMANENT, 1, NULL, NULL) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_installer_push(&installer, &self.agent, FILE_PERMANENT, 1, &odd, NULL) ==
          NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_installer_push(&installer, &self.agent, FILE_PERMANENT, 1, &self.now,
                                  (nodelock_tally *)(void *)crooked) == NODELOCK_ERR_ALIGNMENT);
    CHECK(nodelock_agent_deinit(&self.agent) == NODELOCK_OK);
    CHECK(nodelock_installer_push(&installer, &self.agent, FILE_PERMANENT, 1, &self.now, &tally) ==
          NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_installer_finish(&installer, &self.agent, &self.now, &tally) ==
          NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(tally.installed == 0xA5A5A5A5u);
    /* None of this has put anything into it. */
    in_one(FILE_PERMANENT, sizeof FILE_PERMANENT);
    in_pieces(FILE_PERMANENT, sizeof FILE_PERMANENT, 50);
}

static void call_back(void *user, const nodelock_record *record)
{
    board *const it = (board *)user;
    nodelock_agent *const none = NULL;

    CHECK(record->number == 1 && record->result == NODELOCK_OK && record->feature_len == 10);
    CHECK(memcmp(record->feature, "ipservices", 10) == 0);
    CHECK(nodelock_installer_push(&installer, &it->agent, FILE_PERMANENT, 1, &it->now, NULL) ==
          NODELOCK_ERR_BUSY);
    CHECK(nodelock_installer_push(&installer, none, FILE_PERMANENT, 1, &it->now, NULL) ==
          NODELOCK_ERR_BUSY);
    CHECK(nodelock_installer_finish(&installer, &it->agent, &it->now, NULL) == NODELOCK_ERR_BUSY);
    CHECK(nodelock_installer_init(&installer, sizeof installer) == NODELOCK_ERR_BUSY);
    inside += 1;
}

static void callbacks_find_it_busy(void)
{
    nodelock_tally tally;

    board_make(&self);
    self.base_config.on_record = call_back;
    board_reboot(&self);
    CHECK(nodelock_installer_push(&installer, &self.agent, FILE_PERMANENT, sizeof FILE_PERMANENT,
                                  &self.now, NULL) == NODELOCK_OK);
    CHECK(nodelock_installer_finish(&installer, &self.agent, &self.now, &tally) == NODELOCK_OK);
    CHECK(inside == 1 && tally.installed == 1 && tally.refused == 0);
}

int main(void)
{
    memset(&installer, 0xA5, sizeof installer);
    CHECK(nodelock_installer_init(&installer, sizeof installer) == NODELOCK_OK);
    every_size(FILE_MIXED, sizeof FILE_MIXED);
    every_size(FILE_BINARY, sizeof FILE_BINARY);
    keys_are_remembered();
    it_may_be_moved();
    broken_off();
    wrong_use();
    callbacks_find_it_busy();
    return 0;
}
