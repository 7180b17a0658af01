/*
 * nodelock, the test kit: does a storage port keep what nodelock.h asks of it? And for tests of a product:
 * flash that loses power, and a clock that is moved by hand.
 *
 *     static const nodelock_testing_port port = {
 *         .size = sizeof port, .user = &board, .power_on = power_on,
 *         .power_was_cut = power_was_cut, .load = load, .store = store, .remove = clear
 *     };
 *     static uint8_t buffer[1201];
 *     nodelock_testing_report report;
 *
 *     if (nodelock_testing_prove(&port, buffer, sizeof buffer, &report) == NODELOCK_OK &&
 *         report.broken == 0) { ... }
 *
 * Not for products. Link a library that was built with the feature "testing". It allocates nothing, so it
 * runs on the board as well as on a host.
 */
#ifndef NODELOCK_TESTING_H
#define NODELOCK_TESTING_H

#include "nodelock.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The promises; what a port has to do stands in nodelock.h at load, store and remove. */
#define NODELOCK_PROMISE_NONE 0u        /* none was broken */
#define NODELOCK_PROMISE_WORKS 1u       /* it opens, and works as long as nothing fails */
#define NODELOCK_PROMISE_ABSENT 2u      /* a key without a value has none */
#define NODELOCK_PROMISE_WHOLE 3u       /* a value comes back whole, whatever its bytes */
#define NODELOCK_PROMISE_REPLACED 4u    /* the last value of a key counts */
#define NODELOCK_PROMISE_REMOVED 5u     /* a removed value is gone; removing nothing is no error */
#define NODELOCK_PROMISE_INDEPENDENT 6u /* a change touches no other key */
#define NODELOCK_PROMISE_SMALL_BUFFER 7u /* a buffer that is too small is an error */
#define NODELOCK_PROMISE_DURABLE 8u     /* what was acknowledged is there after power-on */
#define NODELOCK_PROMISE_ATOMIC 9u      /* a power cut leaves the old value or the new one */
#define NODELOCK_PROMISE_HONEST 10u     /* when the power is gone, nothing is acknowledged */
#define NODELOCK_PROMISE_RECOVERS 11u   /* after a power cut the port works as before */
#define NODELOCK_PROMISE_FULL 12u       /* a full storage refuses, and keeps what it has */

/* The port, and the board that it is on. Begin with zeros. */
typedef struct nodelock_testing_port {
    /* sizeof(nodelock_testing_port). */
    uint32_t size;
    /* 0. */
    uint32_t reserved;
    /* Passed to the functions. */
    void *user;
    /* Opens the storage as the product does after power-on. Returns 0.
     *
     * cut_at  UINT64_MAX, or the power goes at that one of the things that the board can tell apart,
     *         counted from 0 and from the opening on: a byte that is written, a block that is erased. From
     *         then on nothing reaches the medium, and calls fail, until the next power-on. */
    int32_t (*power_on)(void *user, uint64_t cut_at);
    /* Whether the power was cut since the last power_on: 1 or 0. */
    int32_t (*power_was_cut)(void *user);
    /* The port, as in nodelock_agent_config. */
    int32_t (*load)(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len);
    int32_t (*store)(void *user, uint16_t key, const uint8_t *value, size_t len);
    int32_t (*remove)(void *user, uint16_t key);
    /* Steps of the history during which the power is cut; 0 for 60. */
    uint32_t steps;
    /* Values that are stored at most to fill the storage; 0 for 250. */
    uint32_t fill;
    /* Another number makes another history; 0 for 1. */
    uint64_t seed;
    /* Points of each step that are tried one after another, from its first; what is behind them is tried at
     * places that lie further and further apart, and at its end. 0 for 100; UINT64_MAX for every point, which
     * takes minutes on a fast computer where a step moves whole pages of flash. */
    uint64_t points;
} nodelock_testing_port;

typedef struct nodelock_testing_report {
    /* Values that were compared, and power cuts; 0 if a promise was broken. */
    uint64_t compared;
    uint64_t cuts;
    /* The point of the power cut at which the promise was broken; UINT64_MAX if there was none. */
    uint64_t cut_at;
    /* NODELOCK_PROMISE_... */
    uint32_t broken;
    /* 1 if the storage was full once; a large one may not be. */
    uint32_t was_full;
    /* The key for which the broken promise was seen. */
    uint32_t key;
    /* What the port reported, if that was the mistake: NODELOCK_ERR_STORAGE_... */
    int32_t reason;
} nodelock_testing_report;

/* Tries a port, and stops at the first promise that it breaks. What the storage held under the keys from
 * 0x0001 to 0x0601 is lost.
 *
 * port        See there.
 * buffer      For values: 1201 bytes for the longest that an agent needs, at least 65.
 * capacity  Its size in bytes.
 * report      What was tried and found.
 *
 * Results: NODELOCK_OK if it went through, whatever it found; NODELOCK_ERR_NO_STORAGE if a function is missing,
 * NODELOCK_ERR_MEMORY_TOO_SMALL, NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_CONFIG_FLAGS,
 * NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT.
 * Writes: *report on NODELOCK_OK. Calls: all of port. */
NODELOCK_MUST_USE
nodelock_result nodelock_testing_prove(const nodelock_testing_port *port, uint8_t *buffer, size_t capacity,
                               nodelock_testing_report *report);

/* Flash in RAM that is as strict as the real one, and worse: it loses power in the middle of a byte, fails,
 * and forgets. The program gives it memory (33 KB) and does not look into it.
 *
 *     static nodelock_testing_flash chip;
 *     nodelock_flash_port port = {
 *         .size = sizeof port, .page_len = 4096, .pages = 4, .word_len = 8, .user = &chip,
 *         .read = nodelock_testing_flash_read, .write = nodelock_testing_flash_write,
 *         .erase = nodelock_testing_flash_erase
 *     };
 *
 * It points to nothing, so a copy of the struct is a copy of the flash: put back later, it is a restored
 * snapshot; used with another UDI, a cloned device. A few small pages are a store that is soon full. */
typedef struct nodelock_testing_flash {
    uint64_t private_[4128];
} nodelock_testing_flash;

/* Bytes of it: as many pages as fit are there. */
#define NODELOCK_TESTING_FLASH_LEN 16384u

/* What a power cut leaves of the call that it interrupts. */
#define NODELOCK_TEAR_NOTHING 0u    /* nothing of it took effect */
#define NODELOCK_TEAR_PREFIX 1u     /* the bytes before the cut did */
#define NODELOCK_TEAR_TORN_BYTE 2u  /* so did some bits of the byte at the cut */
#define NODELOCK_TEAR_GARBAGE 3u    /* the bytes before the cut did, and the others hold anything */
#define NODELOCK_TEAR_EVERYTHING 4u /* all of it did, and nobody was told */

/* Makes it erased. flash_size is sizeof(nodelock_testing_flash).
 * Results: NODELOCK_OK; NODELOCK_ERR_FLASH_GEOMETRY, NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_NULL_ARGUMENT,
 * NODELOCK_ERR_ALIGNMENT. The following answer NODELOCK_ERR_NOT_INITIALIZED without it. */
NODELOCK_MUST_USE
nodelock_result nodelock_testing_flash_init(nodelock_testing_flash *flash, size_t flash_size,
                                    uint32_t page_len, uint32_t word_len);

/* The functions of a nodelock_flash_port; user is the flash. A word is written once after its page was
 * erased; anything else fails. */
int32_t nodelock_testing_flash_read(void *user, uint32_t address, uint8_t *to, size_t len);
int32_t nodelock_testing_flash_write(void *user, uint32_t address, const uint8_t *data, size_t len);
int32_t nodelock_testing_flash_erase(void *user, uint32_t page);

/* Cuts the power when so many more bytes were written or erased; from then on every call fails. The seed
 * decides what torn bytes hold. NODELOCK_ERR_ARGUMENT for an unknown tear. */
NODELOCK_MUST_USE
nodelock_result nodelock_testing_flash_cut_power(nodelock_testing_flash *flash, uint64_t after, uint32_t tear,
                                         uint64_t seed);
/* Power is back, and nothing fails any more. */
NODELOCK_MUST_USE
nodelock_result nodelock_testing_flash_power_on(nodelock_testing_flash *flash);

/* Lets the call with this number from now on, counted from 1, fail without an effect: that one (0), or all
 * from there (1). */
NODELOCK_MUST_USE
nodelock_result nodelock_testing_flash_fail_at(nodelock_testing_flash *flash, uint64_t call,
                                       uint32_t from_then_on);

/* Flips a bit of what it holds, counted from the lowest of the first byte. */
NODELOCK_MUST_USE
nodelock_result nodelock_testing_flash_flip(nodelock_testing_flash *flash, uint32_t bit);

/* Bytes written or erased since it was made: the points at which power can be cut. */
NODELOCK_MUST_USE
nodelock_result nodelock_testing_flash_work(nodelock_testing_flash *flash, uint64_t *work);

/* A clock that is moved by hand. Set up now as the device is when it was just switched on. */
typedef struct nodelock_testing_clock {
    nodelock_now now;
} nodelock_testing_clock;

/* So many seconds pass. */
static inline void nodelock_testing_clock_advance(nodelock_testing_clock *clock, uint64_t seconds)
{
    clock->now.uptime.seconds += seconds;
    if (clock->now.wall_known) {
        clock->now.wall += seconds;
    }
}

/* The device is off for so many seconds and on again: the uptime begins anew, the wall clock goes on. */
static inline void nodelock_testing_clock_reboot(nodelock_testing_clock *clock, uint64_t off)
{
    nodelock_testing_clock_advance(clock, off);
    clock->now.uptime.seconds = 0;
}

#ifdef __cplusplus
}
#endif

#endif
