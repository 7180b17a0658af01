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

/* declarations */

#endif /* NODELOCK_BASE_H */
