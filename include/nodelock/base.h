/*
 * nodelock: the conventions of all headers, verdicts and versions.
 *
 * These conventions hold for every function unless its comment says otherwise.
 *
 * Memory     The library allocates nothing, frees nothing and has no globals. The program owns the
 *            context, the slots and the configuration. Of what is passed to a call, the library keeps only
 *            the configuration and the slots after the call.
 * NULL       A pointer may be NULL only where the comment says so. NULL, wrong alignment, impossible lengths
 *            and contexts that are not initialised give a result, not a crash. The library cannot see whether
 *            a pointer leads to memory of its type and length.
 * Arrays     A pointer, then the number of elements: x_count, or x_len for bytes and text (len if there is only
 *            one such array). Where the library writes: a pointer, its capacity in elements, and a pointer to
 *            where the number goes (len). A structure whose size may change with the version is passed with its
 *            sizeof, or has it as its first field.
 * Outputs    Written only when the result is NODELOCK_OK, and then completely. The exceptions are verdicts,
 *            which a failing call sets to NODELOCK_UNDECIDED, and the buffer of nodelock_flash_load.
 * Results    nodelock_result: NODELOCK_OK (0), or a negative number with a name, NODELOCK_ERR_...
 *            (nodelock/result.h). "May it run?" is not answered by a result but by a nodelock_verdict: yes only
 *            if it equals NODELOCK_GRANTED.
 * Text       Lengths are in bytes and do not count a NUL. All text is ASCII.
 * Threads    Different contexts are independent. On one context, functions that take it const may run
 *            at the same time; all others need a lock, held by the program around every call. Only functions
 *            whose comment says "ISR: yes" may be called from interrupts.
 * Callbacks  Called only from within functions whose comment says "Calls: ...". They must return, and must not
 *            call the library on the same context or agent: such a call gives NODELOCK_ERR_BUSY.
 * Time       The library reads no clock. An agent is told the time with each call. A plain context knows no
 *            time.
 * Versions   There is a number for the library (NODELOCK_VERSION_...), for this interface
 *            (NODELOCK_ABI_VERSION) and for the license lines (NODELOCK_FORMAT_VERSION). The library compares
 *            the sizes of structures, so it notices a header that belongs to another library.
 * Linking    One static library made from Rust for each image: two of them clash.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_BASE_H
#define NODELOCK_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define NODELOCK_MUST_USE __attribute__((warn_unused_result))
#else
#define NODELOCK_MUST_USE
#endif

/* Some structures need more memory where pointers are larger. */
#if UINTPTR_MAX > 0xFFFFFFFFu
#define NODELOCK_64_BIT
#else
#define NODELOCK_32_BIT
#endif

/* The verdict "yes". Compare with == and treat everything else as no. Memory that is zeroed or erased does not hold
 * this number, and many bits are different in every other verdict. */
#define NODELOCK_GRANTED 0xEDB75ADBu
/* The verdict where nothing was decided. nodelock_granted and nodelock_agent_granted also return it for every
 * denial. */
#define NODELOCK_UNDECIDED 0u

// Bytes of the id of a line.
#define NODELOCK_LINE_ID_LEN 10

// Bytes of the id of a key.
#define NODELOCK_KEY_ID_LEN 4

// Bytes of a public key: x and y.
#define NODELOCK_PUBLIC_KEY_LEN 64

// Bytes of a signature: r and s.
#define NODELOCK_SIGNATURE_LEN 64

// Bytes of a SHA-256.
#define NODELOCK_DIGEST_LEN 32

// Parts of a version; missing ones are 0.
#define NODELOCK_VERSION_PARTS 4

// Version of the library that this header belongs to: major part.
#define NODELOCK_VERSION_MAJOR 0

// Version of the library that this header belongs to: minor part.
#define NODELOCK_VERSION_MINOR 1

// Version of the library that this header belongs to: patch part.
#define NODELOCK_VERSION_PATCH 0

// The three parts in one number that can be compared: major * 65536 + minor * 256 + patch.
#define NODELOCK_VERSION_NUMBER 256

// Number of this C interface. It changes when a program has to be compiled again: when a function,
// a size or the meaning of a number changes, but not when something is added.
#define NODELOCK_ABI_VERSION 1

// Format of the license lines that are understood: the number behind the keyword.
#define NODELOCK_FORMAT_VERSION 1

// May it run? Yes only if it equals NODELOCK_GRANTED; every other number is a denial: that of the reason without its
// sign, e.g. 601 for NODELOCK_ERR_NO_LICENSE. nodelock_verdict_text has words for each.
typedef uint32_t nodelock_verdict;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// NODELOCK_VERSION_NUMBER of the library that is linked.
//
// Threads: any, at any time. ISR: yes.
uint32_t nodelock_version_number(void);

// Version of the library that is linked, e.g. "0.1.0".
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Threads: any, at any time. ISR: yes.
const char *nodelock_version_text(void);

// NODELOCK_ABI_VERSION of the library that is linked.
//
// Threads: any, at any time. ISR: yes.
uint32_t nodelock_abi_version(void);

// NODELOCK_FORMAT_VERSION of the library that is linked.
//
// Threads: any, at any time. ISR: yes.
uint32_t nodelock_format_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_BASE_H */
