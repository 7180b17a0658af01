/*
 * nodelock: values in raw NOR flash, for the callbacks load, store and remove of an agent.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_FLASH_H
#define NODELOCK_FLASH_H

#include "agent.h"

// 64-bit words in a nodelock_flash.
#define NODELOCK_FLASH_WORDS 72

// Values in raw NOR flash, for the callbacks load, store and remove of an agent. The program gives it
// memory, passes it to nodelock_flash_mount, and does not look into it.
typedef struct nodelock_flash {
    // Not for the program.
    uint64_t _private[NODELOCK_FLASH_WORDS];
} nodelock_flash;

// The flash of a board: a part of it that belongs to the library alone. Erased bytes read as 0xFF.
//
// Power may be cut at any moment: what was being written or erased then may hold anything, all else must be
// as it was.
typedef struct nodelock_flash_port {
    // sizeof(nodelock_flash_port), as the program knows it.
    uint32_t size;
    // Bytes of a page: one block that is erased at a time, or several. At least 256; a value takes at most
    // a page, and those of the agent need 4096 at most.
    uint32_t page_len;
    // Number of pages, from 2 to 32.
    uint32_t pages;
    // Bytes that are written at a time: 1, 2, 4, 8, 16 or 32. None is written twice without erasing.
    uint32_t word_len;
    // Passed to the functions.
    void *user;
    // Reads from an address of any alignment, counted from the beginning of the part. Returns 0.
    int32_t (*read)(void *user, uint32_t address, uint8_t *to, size_t len);
    // Writes whole words. When it returns 0, they are durable.
    int32_t (*write)(void *user, uint32_t address, const uint8_t *data, size_t len);
    // Erases a page, counted from 0. Returns 0.
    int32_t (*erase)(void *user, uint32_t page);
} nodelock_flash_port;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Reads what is in the flash and writes nothing. Flash that is erased, or holds data of somebody else, is an empty
// storage.
//
// flash       Memory; whatever is in it is overwritten. It must not be moved.
// flash_size  sizeof(nodelock_flash), as the program knows it.
// port        See nodelock_flash_port; it is copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_NO_STORAGE if a function
// is missing; NODELOCK_ERR_FLASH_GEOMETRY; NODELOCK_ERR_UNSUPPORTED_FORMAT if a newer library has written
// there; NODELOCK_ERR_STORAGE_FAILED, NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_BUSY.
// Writes: flash. Calls: read. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_flash_mount(nodelock_flash *flash,
                                     size_t flash_size,
                                     const nodelock_flash_port *port);

// Reads a value: the callback load of an agent.
//
// flash     The flash.
// key       Its key.
// buffer    For the value.
// capacity  Its size in bytes.
// len       Length of the value.
//
// Results: NODELOCK_OK; NODELOCK_NO_VALUE; NODELOCK_ERR_STORAGE_CORRUPTED, NODELOCK_ERR_STORAGE_FULL if the
// buffer is too small, NODELOCK_ERR_STORAGE_FAILED; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_LENGTH, NODELOCK_ERR_FLASH_NOT_MOUNTED, NODELOCK_ERR_BUSY.
// Writes: *len on NODELOCK_OK; buffer, with the value then, else with anything. Calls: read.
// Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_flash_load(nodelock_flash *flash,
                                    uint16_t key,
                                    uint8_t *buffer,
                                    size_t capacity,
                                    size_t *len);

// Replaces a value: the callback store of an agent. When it returns NODELOCK_OK, that is durable; a power cut
// leaves the old value or the new one. The same value again writes nothing.
//
// flash  The flash.
// key    Its key.
// data   The value.
// len    Its length in bytes.
//
// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_FULL, NODELOCK_ERR_STORAGE_FAILED; NODELOCK_ERR_NULL_ARGUMENT,
// NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH, NODELOCK_ERR_FLASH_NOT_MOUNTED, NODELOCK_ERR_BUSY.
// Writes: the flash. Calls: read, write, erase. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_flash_store(nodelock_flash *flash,
                                     uint16_t key,
                                     const uint8_t *data,
                                     size_t len);

// Removes a value: the callback remove of an agent. No error if there is none.
//
// flash  The flash.
// key    Its key.
//
// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_FAILED; NODELOCK_ERR_STORAGE_FULL, which takes damaged flash;
// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_FLASH_NOT_MOUNTED, NODELOCK_ERR_BUSY.
// Writes: the flash. Calls: read, write, erase. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_flash_remove(nodelock_flash *flash,
                                      uint16_t key);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_FLASH_H */
