/*
 * nodelock, the test kit: does a storage port keep what nodelock.h asks of it?
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
 * buffer_len  Its size in bytes.
 * report      What was tried and found.
 *
 * Results: NODELOCK_OK if it went through, whatever it found; NODELOCK_ERR_NO_STORAGE if a function is missing,
 * NODELOCK_ERR_MEMORY_TOO_SMALL, NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_CONFIG_FLAGS,
 * NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT.
 * Writes: *report on NODELOCK_OK. Calls: all of port. */
NODELOCK_MUST_USE
int32_t nodelock_testing_prove(const nodelock_testing_port *port, uint8_t *buffer, size_t buffer_len,
                               nodelock_testing_report *report);

#ifdef __cplusplus
}
#endif

#endif
