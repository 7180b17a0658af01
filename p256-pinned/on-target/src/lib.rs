//! The verifier on a microcontroller, for `examples/firmware-cortex-m4/pinned.c`: whether the
//! multiplication in assembler is right, and what a verification costs.
#![no_std]

use core::cell::UnsafeCell;

use nodelock_p256::{Entry, GENERATOR, PinnedKey, Table, build, digest, verify};

#[panic_handler]
fn never(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// RFC 6979 appendix A.2.5, "sample" with SHA-256.
const KEY: [u8; 64] = bytes(
    b"60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6\
      7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
);
const HASH: [u8; 32] = bytes(b"AF2BDBE1AA9B6EC1E2ADE1D694F41FC71A831D0268E9891562113D8A62ADD1BF");
const SIGNATURE: [u8; 64] = bytes(
    b"EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716\
      F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
);

const fn bytes<const N: usize>(hex: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    let mut at = 0;
    while at < 2 * N {
        let digit = if hex[at] <= b'9' { hex[at] - b'0' } else { hex[at] - b'A' + 10 };
        out[at / 2] = out[at / 2] << 4 | digit;
        at += 1;
    }
    out
}

struct Tables {
    teeth: u32,
    generator: [Entry; 128],
    key: [Entry; 128],
}

struct Only<T>(UnsafeCell<T>);

// SAFETY: there is one thread, and each function ends before the next begins.
unsafe impl<T> Sync for Only<T> {}

static TABLES: Only<Tables> =
    Only(UnsafeCell::new(Tables { teeth: 0, generator: [[0; 16]; 128], key: [[0; 16]; 128] }));

/// Whether so many products of random and extreme numbers are those of the portable code.
#[unsafe(no_mangle)]
pub extern "C" fn on_target_arithmetic_agrees(count: u32) -> u32 {
    u32::from(nodelock_p256::self_test::arithmetic_agrees(count))
}

/// Makes the tables; 1 if it could.
#[unsafe(no_mangle)]
pub extern "C" fn on_target_prepare(teeth: u32) -> u32 {
    // SAFETY: as said at `Only`.
    let tables = unsafe { &mut *TABLES.0.get() };
    tables.teeth = teeth;
    u32::from(match teeth {
        3 => fill::<4>(tables),
        4 => fill::<8>(tables),
        5 => fill::<16>(tables),
        6 => fill::<32>(tables),
        7 => fill::<64>(tables),
        8 => fill::<128>(tables),
        _ => false,
    })
}

#[inline(never)]
fn fill<const COUNT: usize>(tables: &mut Tables) -> bool {
    let (Some(generator), Some(key)) = (build::<COUNT>(&GENERATOR), build::<COUNT>(&KEY)) else {
        return false;
    };
    tables.generator[..COUNT].copy_from_slice(&generator);
    tables.key[..COUNT].copy_from_slice(&key);
    true
}

/// What a product has as constants.
struct Constants {
    generator: Table<'static>,
    key: [PinnedKey<'static>; 1],
    right: [u8; 32],
    wrong: [u8; 32],
}

static CONSTANTS: Only<Option<Constants>> = Only(UnsafeCell::new(None));

/// Makes the digests of the tables; 1 if it could.
#[unsafe(no_mangle)]
pub extern "C" fn on_target_digest() -> u32 {
    // SAFETY: as said at `Only`.
    let (tables, constants) = unsafe { (&*TABLES.0.get(), &mut *CONSTANTS.0.get()) };
    let count = 1 << (tables.teeth - 1);
    let (generator, key) = (&tables.generator[..count], &tables.key[..count]);
    let (generator, key) = (Table::new(generator, digest(generator)), Table::new(key, digest(key)));
    let (Some(generator), Some(table)) = (generator, key) else { return 0 };
    let mut wrong = HASH;
    wrong[5] ^= 1;
    let key = [PinnedKey { xy: KEY, table }];
    *constants = Some(Constants { generator, key, right: HASH, wrong });
    1
}

/// Checks a signature with the prepared tables: 0 a right one, 1 a wrong one, 2 a right one of a key
/// that has no table. 1 if it is accepted.
#[unsafe(no_mangle)]
pub extern "C" fn on_target_verify(which: u32) -> u32 {
    static KEY_BYTES: [u8; 64] = KEY;
    static SIGNATURE_BYTES: [u8; 64] = SIGNATURE;
    // SAFETY: as said at `Only`.
    let Some(constants) = (unsafe { &*CONSTANTS.0.get() }) else { return 2 };
    let keys: &[PinnedKey<'_>] = if which == 2 { &[] } else { &constants.key };
    let hash = if which == 1 { &constants.wrong } else { &constants.right };
    u32::from(verify(&constants.generator, keys, &KEY_BYTES, hash, &SIGNATURE_BYTES).is_ok())
}
