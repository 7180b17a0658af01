//! The one module with assembler, and with `unsafe`: arithmetic modulo p on Cortex-M4 and M7.
//!
//! UMAAL multiplies two words and adds two others, which is one step of a row: (hi, lo) = n * m + lo
//! + hi never overflows. The method is that of `field::multiply`, row by row, with the nine words of
//! t in r3 to r11; each row ends with a division by 2^32, which turns the roles of the registers.
#![allow(unsafe_code)]

use core::mem::MaybeUninit;

use crate::words::Words;

core::arch::global_asm!(
    ".macro p256_pinned_row offset, t0, t1, t2, t3, t4, t5, t6, t7, top",
    // t + a_i * b, and the word above it added to the carry of the last row.
    "ldr r12, [r1, #\\offset]",
    "mov r0, #0",
    "ldr lr, [r2]",
    "umaal \\t0, r0, r12, lr",
    "ldr lr, [r2, #4]",
    "umaal \\t1, r0, r12, lr",
    "ldr lr, [r2, #8]",
    "umaal \\t2, r0, r12, lr",
    "ldr lr, [r2, #12]",
    "umaal \\t3, r0, r12, lr",
    "ldr lr, [r2, #16]",
    "umaal \\t4, r0, r12, lr",
    "ldr lr, [r2, #20]",
    "umaal \\t5, r0, r12, lr",
    "ldr lr, [r2, #24]",
    "umaal \\t6, r0, r12, lr",
    "ldr lr, [r2, #28]",
    "umaal \\t7, r0, r12, lr",
    "add \\top, \\top, r0",
    // m = t0: t + m p, where m p = (m 2^256 - m 2^224) + m 2^192 + m 2^96 - m.
    "rsbs r12, \\t0, #0",
    "sbc lr, \\t0, #0",
    "adds \\t3, \\t3, \\t0",
    "adcs \\t4, \\t4, #0",
    "adcs \\t5, \\t5, #0",
    "adcs \\t6, \\t6, \\t0",
    "adcs \\t7, \\t7, r12",
    "adcs \\top, \\top, lr",
    // The lowest word is 0 now, and holds the carry of the next row.
    "mov \\t0, #0",
    "adc \\t0, \\t0, #0",
    ".endm",
    ".section .text.p256_pinned_multiply,\"ax\",%progbits",
    ".syntax unified",
    ".thumb",
    ".p2align 2",
    ".global p256_pinned_multiply",
    ".hidden p256_pinned_multiply",
    ".type p256_pinned_multiply,%function",
    ".thumb_func",
    "p256_pinned_multiply:",
    "push {{r0, r4-r11, lr}}",
    "mov r3, #0",
    "mov r4, #0",
    "mov r5, #0",
    "mov r6, #0",
    "mov r7, #0",
    "mov r8, #0",
    "mov r9, #0",
    "mov r10, #0",
    "mov r11, #0",
    "p256_pinned_row 0, r3, r4, r5, r6, r7, r8, r9, r10, r11",
    "p256_pinned_row 4, r4, r5, r6, r7, r8, r9, r10, r11, r3",
    "p256_pinned_row 8, r5, r6, r7, r8, r9, r10, r11, r3, r4",
    "p256_pinned_row 12, r6, r7, r8, r9, r10, r11, r3, r4, r5",
    "p256_pinned_row 16, r7, r8, r9, r10, r11, r3, r4, r5, r6",
    "p256_pinned_row 20, r8, r9, r10, r11, r3, r4, r5, r6, r7",
    "p256_pinned_row 24, r9, r10, r11, r3, r4, r5, r6, r7, r8",
    "p256_pinned_row 28, r10, r11, r3, r4, r5, r6, r7, r8, r9",
    // t is r11, r3 to r9, and r10 above. Whether t + 2^256 - p reaches 2^256: then r10 is 1.
    "adds lr, r11, #1",
    "adcs lr, r3, #0",
    "adcs lr, r4, #0",
    "sbcs lr, r5, #0",
    "sbcs lr, r6, #0",
    "sbcs lr, r7, #0",
    "sbcs lr, r8, #1",
    "adcs lr, r9, #0",
    "adc r10, r10, #0",
    // t - p or t - 0.
    "rsb lr, r10, #0",
    "subs r11, r11, lr",
    "sbcs r3, r3, lr",
    "sbcs r4, r4, lr",
    "sbcs r5, r5, #0",
    "sbcs r6, r6, #0",
    "sbcs r7, r7, #0",
    "sbcs r8, r8, r10",
    "sbc r9, r9, lr",
    "pop {{r0}}",
    "str r11, [r0]",
    "str r3, [r0, #4]",
    "str r4, [r0, #8]",
    "str r5, [r0, #12]",
    "str r6, [r0, #16]",
    "str r7, [r0, #20]",
    "str r8, [r0, #24]",
    "str r9, [r0, #28]",
    "pop {{r4-r11, pc}}",
    ".size p256_pinned_multiply, . - p256_pinned_multiply",
    ".purgem p256_pinned_row",
    // Sums and differences: each word of b is read as it is used.
    ".section .text.p256_pinned_add,\"ax\",%progbits",
    ".p2align 2",
    ".global p256_pinned_add",
    ".hidden p256_pinned_add",
    ".type p256_pinned_add,%function",
    ".thumb_func",
    "p256_pinned_add:",
    "push {{r4-r11, lr}}",
    "ldm r1, {{r3-r10}}",
    "ldr lr, [r2]",
    "adds r3, r3, lr",
    "ldr lr, [r2, #4]",
    "adcs r4, r4, lr",
    "ldr lr, [r2, #8]",
    "adcs r5, r5, lr",
    "ldr lr, [r2, #12]",
    "adcs r6, r6, lr",
    "ldr lr, [r2, #16]",
    "adcs r7, r7, lr",
    "ldr lr, [r2, #20]",
    "adcs r8, r8, lr",
    "ldr lr, [r2, #24]",
    "adcs r9, r9, lr",
    "ldr lr, [r2, #28]",
    "adcs r10, r10, lr",
    "mov r11, #0",
    "adc r11, r11, #0",
    // As at the end of a multiplication.
    "adds lr, r3, #1",
    "adcs lr, r4, #0",
    "adcs lr, r5, #0",
    "sbcs lr, r6, #0",
    "sbcs lr, r7, #0",
    "sbcs lr, r8, #0",
    "sbcs lr, r9, #1",
    "adcs lr, r10, #0",
    "adc r11, r11, #0",
    "rsb lr, r11, #0",
    "subs r3, r3, lr",
    "sbcs r4, r4, lr",
    "sbcs r5, r5, lr",
    "sbcs r6, r6, #0",
    "sbcs r7, r7, #0",
    "sbcs r8, r8, #0",
    "sbcs r9, r9, r11",
    "sbc r10, r10, lr",
    "stm r0, {{r3-r10}}",
    "pop {{r4-r11, pc}}",
    ".size p256_pinned_add, . - p256_pinned_add",
    ".section .text.p256_pinned_subtract,\"ax\",%progbits",
    ".p2align 2",
    ".global p256_pinned_subtract",
    ".hidden p256_pinned_subtract",
    ".type p256_pinned_subtract,%function",
    ".thumb_func",
    "p256_pinned_subtract:",
    "push {{r4-r11, lr}}",
    "ldm r1, {{r3-r10}}",
    "ldr lr, [r2]",
    "subs r3, r3, lr",
    "ldr lr, [r2, #4]",
    "sbcs r4, r4, lr",
    "ldr lr, [r2, #8]",
    "sbcs r5, r5, lr",
    "ldr lr, [r2, #12]",
    "sbcs r6, r6, lr",
    "ldr lr, [r2, #16]",
    "sbcs r7, r7, lr",
    "ldr lr, [r2, #20]",
    "sbcs r8, r8, lr",
    "ldr lr, [r2, #24]",
    "sbcs r9, r9, lr",
    "ldr lr, [r2, #28]",
    "sbcs r10, r10, lr",
    // All ones where the difference is below zero: then p is added.
    "sbc lr, lr, lr",
    "lsr r12, lr, #31",
    "adds r3, r3, lr",
    "adcs r4, r4, lr",
    "adcs r5, r5, lr",
    "adcs r6, r6, #0",
    "adcs r7, r7, #0",
    "adcs r8, r8, #0",
    "adcs r9, r9, r12",
    "adc r10, r10, lr",
    "stm r0, {{r3-r10}}",
    "pop {{r4-r11, pc}}",
    ".size p256_pinned_subtract, . - p256_pinned_subtract",
);

unsafe extern "C" {
    /// `out` may be `a` or `b`. Touches nothing but `out` and 40 bytes of stack.
    fn p256_pinned_multiply(out: *mut u32, a: *const u32, b: *const u32);
    fn p256_pinned_add(out: *mut u32, a: *const u32, b: *const u32);
    fn p256_pinned_subtract(out: *mut u32, a: *const u32, b: *const u32);
}

type Function = unsafe extern "C" fn(*mut u32, *const u32, *const u32);

#[inline(always)]
fn call(function: Function, a: &Words, b: &Words) -> Words {
    let mut out = MaybeUninit::<Words>::uninit();
    // SAFETY: three arrays of eight words, aligned, `out` of them ours alone; the functions above keep
    // to the calling convention (AAPCS) and write all of `out` and nothing else.
    unsafe {
        function(out.as_mut_ptr().cast(), a.as_ptr(), b.as_ptr());
        out.assume_init()
    }
}

/// a * b / 2^256 mod p, of numbers below p.
#[inline(always)]
pub(crate) fn multiply(a: &Words, b: &Words) -> Words {
    call(p256_pinned_multiply, a, b)
}

/// a + b mod p, of numbers below p.
#[inline(always)]
pub(crate) fn add(a: &Words, b: &Words) -> Words {
    call(p256_pinned_add, a, b)
}

/// a - b mod p, of numbers below p.
#[inline(always)]
pub(crate) fn subtract(a: &Words, b: &Words) -> Words {
    call(p256_pinned_subtract, a, b)
}
