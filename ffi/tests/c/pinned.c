/* A library with the pinned verifier: tables as "nodelock keys tables" writes them. */
#include "agent.h"
#include "pinned_tables.h"

static nodelock_ctx ctx;
static nodelock_slot slots[SLOTS];
static device self;

static int32_t init(const nodelock_pinned_keys *pinned)
{
    static nodelock_config config;

    memset(&self, 0, sizeof self);
    self.members = 1;
    config = device_config(&self);
    config.pinned = pinned;
    (void)nodelock_deinit(&ctx);
    memset(&ctx, 0xA5, sizeof ctx);
    return nodelock_init(&ctx, sizeof ctx, &config, slots, COUNT(slots));
}

static void mistakes(void)
{
    static uint32_t words[4 * 16];
    nodelock_pinned_keys keys = nodelock_pinned;
    nodelock_pinned_key key = nodelock_pinned_key_list[0];

    CHECK(init(NULL) == NODELOCK_OK);
    keys.keys = NULL;
    CHECK(init(&keys) == NODELOCK_ERR_PINNED_TABLE);
    keys = nodelock_pinned;
    keys.key_count = 0;
    CHECK(init(&keys) == NODELOCK_ERR_PINNED_TABLE);
    keys.key_count = SIZE_MAX;
    CHECK(init(&keys) == NODELOCK_ERR_PINNED_TABLE);
    keys = nodelock_pinned;
    keys.generator.entries = NULL;
    CHECK(init(&keys) == NODELOCK_ERR_PINNED_TABLE);
    keys = nodelock_pinned;
    keys.generator.digest ^= 1;
    CHECK(init(&keys) == NODELOCK_ERR_PINNED_TABLE);
    keys = nodelock_pinned;
    keys.keys = &key;
    keys.key_count = 1;
    key.table.entry_count = 5;
    CHECK(init(&keys) == NODELOCK_ERR_PINNED_TABLE);
    key.table.entry_count = SIZE_MAX;
    CHECK(init(&keys) == NODELOCK_ERR_PINNED_TABLE);
    key.table.entry_count = 4;
    key.table.entries = words;
    CHECK(init(&keys) == NODELOCK_ERR_PINNED_TABLE);
}

int main(void)
{
    static board device_board;
    static uint32_t damaged[128 * 16];
    nodelock_pinned_keys keys = nodelock_pinned;
    nodelock_pinned_key key = nodelock_pinned_key_list[0];
    nodelock_tally tally;

    mistakes();
    /* Pinned keys, delegated ones, and forged lines; and the same without tables. */
    for (int with_tables = 0; with_tables < 2; with_tables++) {
        CHECK(init(with_tables ? &nodelock_pinned : NULL) == NODELOCK_OK);
        self.records = 0;
        CHECK(nodelock_install(&ctx, FILE_CLEAN, sizeof FILE_CLEAN, &tally) == NODELOCK_OK);
        CHECK(tally.installed > 3 && tally.keys == 1 && tally.refused > 0);
        self.records = 0;
        CHECK(nodelock_install(&ctx, FILE_TAMPERED, sizeof FILE_TAMPERED, &tally) == NODELOCK_OK);
        CHECK(tally.installed == 0 && tally.first_refusal == NODELOCK_ERR_SIGNATURE_MISMATCH);
    }

    CHECK(init(&nodelock_pinned) == NODELOCK_OK);
    /* A table that goes bad afterwards decides nothing. */
    memcpy(damaged, key.table.entries, key.table.entry_count * 64);
    key.table.entries = damaged;
    keys.keys = &key;
    keys.key_count = 1;
    CHECK(init(&keys) == NODELOCK_OK);
    damaged[7] ^= 0x10;
    CHECK(nodelock_install(&ctx, FILE_PERMANENT, sizeof FILE_PERMANENT, &tally) ==
          NODELOCK_ERR_PINNED_TABLE);
    damaged[7] ^= 0x10;
    self.records = 0;
    CHECK(nodelock_install(&ctx, FILE_PERMANENT, sizeof FILE_PERMANENT, &tally) == NODELOCK_OK);
    CHECK(tally.installed == 1);

    /* The agent takes the same configuration. */
    board_make(&device_board);
    device_board.base_config.pinned = &nodelock_pinned;
    board_reboot(&device_board);
    INSTALL(&device_board, FILE_EVALUATION, &tally);
    CHECK(tally.installed == 1);
    return 0;
}
