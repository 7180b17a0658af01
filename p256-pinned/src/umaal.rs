//! The one module with assembler, and with `unsafe`: arithmetic modulo p on Cortex-M4 and M7, and on
//! Cortex-M33 and others with the DSP extension.
//!
//! UMAAL multiplies two words and adds two others, which is one step of a row: (hi, lo) = n * m + lo
//! + hi never overflows. A product is made in two halves of four words of a, each followed by a
//! division by 2^128; the sum of two words of b times four of a needs no memory but for what is done.
#![allow(unsafe_code)]

use core::mem::MaybeUninit;

use crate::words::{self, Words};

core::arch::global_asm!(
    // The target thumbv8m.main has no UMAAL. LLVM knows no `.arch_extension dsp`, and the options
    // `target-feature=+dsp` and `target-cpu` do not reach its search for symbols in a library.
    ".if {by_choice}",
    ".cpu cortex-m33",
    ".endif",
    // Two words of b times four of a (r3 to r6). w0 to w3 are the four columns that the window stands
    // on, x and y become the two above it; what stands in x and y before is added to the lowest
    // columns. The two lowest columns are done then and leave for the stack.
    ".macro p256_pinned_columns at, w0, w1, w2, w3, x, y, b0, b1",
    "umaal \\w0, \\x, r3, \\b0",
    "umaal \\w1, \\x, r4, \\b0",
    "umaal \\w2, \\x, r5, \\b0",
    "umaal \\w3, \\x, r6, \\b0",
    "umaal \\w1, \\y, r3, \\b1",
    "umaal \\w2, \\y, r4, \\b1",
    "umaal \\w3, \\y, r5, \\b1",
    "umaal \\x, \\y, r6, \\b1",
    "strd \\w0, \\w1, [sp, #\\at]",
    ".endm",
    // t / 2^128 for t of twelve words, the lowest four of them m: with m3 + m0 instead of m3, m p adds
    // m 2^96 - m, which clears those, m 2^192, and m 2^256 - m 2^224.
    ".macro p256_pinned_divide m0, m1, m2, m3, t4, t5, t6, t7, t8, t9, t10, t11, top",
    "adds \\m3, \\m3, \\m0",
    "adcs \\t4, \\t4, \\m1",
    "adcs \\t5, \\t5, \\m2",
    "adcs \\t6, \\t6, \\m3",
    "adcs \\t7, \\t7, #0",
    "adcs \\t8, \\t8, \\m0",
    "adcs \\t9, \\t9, \\m1",
    "adcs \\t10, \\t10, \\m2",
    "adcs \\t11, \\t11, \\m3",
    "mov \\top, #0",
    "adc \\top, \\top, #0",
    "adds \\t6, \\t6, \\m0",
    "adcs \\t7, \\t7, \\m1",
    "adcs \\t8, \\t8, \\m2",
    "adcs \\t9, \\t9, \\m3",
    "adcs \\t10, \\t10, #0",
    "adcs \\t11, \\t11, #0",
    "adc \\top, \\top, #0",
    "subs \\t7, \\t7, \\m0",
    "sbcs \\t8, \\t8, \\m1",
    "sbcs \\t9, \\t9, \\m2",
    "sbcs \\t10, \\t10, \\m3",
    "sbcs \\t11, \\t11, #0",
    "sbc \\top, \\top, #0",
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
    "push {{r0, r2, r4-r11, lr}}",
    "sub sp, sp, #36",
    // The lower half of a times b: columns 0 to 11.
    "ldm r1!, {{r3-r6}}",
    "ldrd r7, r8, [r2]",
    "mov r9, #0",
    "mov r10, #0",
    "mov r11, #0",
    "mov r12, #0",
    "mov lr, #0",
    "mov r0, #0",
    "p256_pinned_columns 0, r9, r10, r11, r12, lr, r0, r7, r8",
    "ldrd r7, r8, [r2, #8]",
    "mov r9, #0",
    "mov r10, #0",
    "p256_pinned_columns 8, r11, r12, lr, r0, r9, r10, r7, r8",
    "ldrd r7, r8, [r2, #16]",
    "mov r11, #0",
    "mov r12, #0",
    "p256_pinned_columns 16, lr, r0, r9, r10, r11, r12, r7, r8",
    "ldrd r7, r8, [r2, #24]",
    "mov lr, #0",
    "mov r0, #0",
    "p256_pinned_columns 24, r9, r10, r11, r12, lr, r0, r7, r8",
    "ldm sp, {{r3-r10}}",
    "p256_pinned_divide r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, lr, r0, r2",
    // The upper half: columns 4 to 15. The window begins on what stands in columns 4 to 7.
    "strd r11, r12, [sp]",
    "strd lr, r0, [sp, #8]",
    "ldm r1, {{r3-r6}}",
    "ldr r1, [sp, #40]",
    "ldrd r11, r12, [r1]",
    "mov lr, #0",
    "mov r0, #0",
    "p256_pinned_columns 16, r7, r8, r9, r10, lr, r0, r11, r12",
    "ldrd r11, r12, [r1, #8]",
    "mov r7, #0",
    "mov r8, #0",
    "p256_pinned_columns 24, r9, r10, lr, r0, r7, r8, r11, r12",
    "ldrd r11, r12, [r1, #16]",
    "ldrd r9, r10, [sp]",
    "p256_pinned_columns 0, lr, r0, r7, r8, r9, r10, r11, r12",
    "ldrd r11, r12, [r1, #24]",
    "ldrd lr, r0, [sp, #8]",
    "p256_pinned_columns 8, r7, r8, r9, r10, lr, r0, r11, r12",
    // The carry of the first division, in column 12; a half times b and 2p fit into twelve words.
    "adds r9, r9, r2",
    "adcs r10, r10, #0",
    "adcs lr, lr, #0",
    "adc r0, r0, #0",
    "ldm sp, {{r3-r8, r11, r12}}",
    "p256_pinned_divide r7, r8, r11, r12, r3, r4, r5, r6, r9, r10, lr, r0, r2",
    // t is r3 to r6, r9, r10, lr, r0, and r2 above. Whether t + 2^256 - p reaches 2^256: then r2 is 1.
    "adds r1, r3, #1",
    "adcs r1, r4, #0",
    "adcs r1, r5, #0",
    "sbcs r1, r6, #0",
    "sbcs r1, r9, #0",
    "sbcs r1, r10, #0",
    "sbcs r1, lr, #1",
    "adcs r1, r0, #0",
    "adc r2, r2, #0",
    // t - p or t - 0.
    "rsb r1, r2, #0",
    "subs r3, r3, r1",
    "sbcs r4, r4, r1",
    "sbcs r5, r5, r1",
    "sbcs r6, r6, #0",
    "sbcs r9, r9, #0",
    "sbcs r10, r10, #0",
    "sbcs lr, lr, r2",
    "sbc r0, r0, r1",
    "ldr r1, [sp, #36]",
    "stm r1, {{r3-r6, r9, r10, lr}}",
    "str r0, [r1, #28]",
    "add sp, sp, #44",
    "pop {{r4-r11, pc}}",
    ".size p256_pinned_multiply, . - p256_pinned_multiply",
    ".purgem p256_pinned_columns",
    ".purgem p256_pinned_divide",
    // Sums and differences.
    ".section .text.p256_pinned_add,\"ax\",%progbits",
    ".p2align 2",
    ".global p256_pinned_add",
    ".hidden p256_pinned_add",
    ".type p256_pinned_add,%function",
    ".thumb_func",
    "p256_pinned_add:",
    "push {{r4-r11, lr}}",
    "ldm r1, {{r3-r10}}",
    "ldm r2!, {{r1, r11, r12, lr}}",
    "adds r3, r3, r1",
    "adcs r4, r4, r11",
    "adcs r5, r5, r12",
    "adcs r6, r6, lr",
    "ldm r2, {{r1, r11, r12, lr}}",
    "adcs r7, r7, r1",
    "adcs r8, r8, r11",
    "adcs r9, r9, r12",
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
    "ldm r2!, {{r1, r11, r12, lr}}",
    "subs r3, r3, r1",
    "sbcs r4, r4, r11",
    "sbcs r5, r5, r12",
    "sbcs r6, r6, lr",
    "ldm r2, {{r1, r11, r12, lr}}",
    "sbcs r7, r7, r1",
    "sbcs r8, r8, r11",
    "sbcs r9, r9, r12",
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
    by_choice = const cfg!(umaal_by_choice) as u8,
);

unsafe extern "C" {
    /// `out` may be `a` or `b`. Touches nothing but `out` and 80 bytes of stack.
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

#[inline(always)]
fn change(function: Function, a: &mut Words, b: &Words) {
    let a = a.as_mut_ptr();
    // SAFETY: as in `call`; `out` is read as a before it is written.
    unsafe { function(a, a, b.as_ptr()) }
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

/// The same three with the result in the place of a.
pub(crate) mod in_place {
    use super::*;

    #[inline(always)]
    pub(crate) fn multiply(a: &mut Words, b: &Words) {
        change(p256_pinned_multiply, a, b);
    }

    #[inline(always)]
    pub(crate) fn square(a: &mut Words) {
        let a = a.as_mut_ptr();
        // SAFETY: as in `change`, with a as all three arrays.
        unsafe { p256_pinned_multiply(a, a, a) }
    }

    #[inline(always)]
    pub(crate) fn add(a: &mut Words, b: &Words) {
        change(p256_pinned_add, a, b);
    }

    #[inline(always)]
    pub(crate) fn double(a: &mut Words) {
        let a = a.as_mut_ptr();
        // SAFETY: as in `change`, with a as all three arrays.
        unsafe { p256_pinned_add(a, a, a) }
    }

    #[inline(always)]
    pub(crate) fn subtract(a: &mut Words, b: &Words) {
        change(p256_pinned_subtract, a, b);
    }

    #[inline(always)]
    pub(crate) fn negate(a: &mut Words) {
        let a = a.as_mut_ptr();
        // SAFETY: as in `change`, with a as b: it is read before it is written.
        unsafe { p256_pinned_subtract(a, words::ZERO.as_ptr(), a) }
    }
}
