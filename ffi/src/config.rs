//! What the program gives at the start: keys, flags and callbacks.

use core::ffi::{c_char, c_void};
use core::mem::{MaybeUninit, align_of, size_of};

#[cfg(feature = "agent")]
use nodelock::{KeyId, PublicKey, Role, TrustAnchor};

use crate::pinned::nodelock_pinned_keys;
use crate::ptr;
use crate::result::*;
#[cfg(feature = "agent")]
use crate::rights::context::nodelock_slot;
use crate::verdict::{NODELOCK_KEY_ID_LEN, NODELOCK_LINE_ID_LEN, NODELOCK_PUBLIC_KEY_LEN};

/// 64-bit words in a nodelock_slot of nodelock/context.h.
pub const NODELOCK_SLOT_WORDS: usize = 20;

/// Most trust anchors in one configuration: production, the production key to come, evaluation and
/// development. Further keys are delegated by KEY records in the license file.
pub const NODELOCK_MAX_ANCHORS: usize = 4;

/// Most keys that the KEY records of one license file may delegate. They live on the stack while the
/// file is installed.
pub const NODELOCK_MAX_DELEGATED_KEYS: usize = 4;

/// Role of a key that signs every license type.
pub const NODELOCK_ROLE_PRODUCTION: u32 = 1;
/// Role of a key that signs trials only.
pub const NODELOCK_ROLE_EVALUATION: u32 = 2;
/// Role of a key that signs everything, but only for devices that accept development keys.
pub const NODELOCK_ROLE_DEVELOPMENT: u32 = 3;

/// Flag: accept development keys. Never in a product that ships: with the development key
/// anyone has every feature.
pub const NODELOCK_FLAG_DANGER_ACCEPT_DEVELOPMENT_KEYS: u32 = 1;

/// From read_udi: there is no member with this number.
pub const NODELOCK_NO_MORE: i32 = 1;

/// From verify_signature: the signature belongs to this digest and key. Not 0, so that a function that
/// does nothing trusts nothing.
pub const NODELOCK_SIGNATURE_VALID: i32 = 0x5BB5_6DD6;
/// From verify_signature: it does not, or the key is not on the curve.
pub const NODELOCK_SIGNATURE_INVALID: i32 = 0x244A_9229;

/// A key that is trusted because it is built into the product.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_trust_anchor {
    /// The first four bytes of SHA-256 over the key's SubjectPublicKeyInfo in DER. nodelock_init
    /// computes it again and refuses a wrong one.
    pub key_id: [u8; NODELOCK_KEY_ID_LEN],
    /// NODELOCK_ROLE_...
    pub role: u32,
    /// P-256 public key: x and y, 32 bytes each, big-endian.
    pub key: [u8; NODELOCK_PUBLIC_KEY_LEN],
}

/// Product id and serial number of a device. Neither needs a NUL at its end.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_udi {
    /// Product id: 1 to 32 printable ASCII characters without space, ':' and ','.
    pub pid: *const c_char,
    /// Length of pid in bytes.
    pub pid_len: usize,
    /// Serial number: 1 to 64 printable ASCII characters without space.
    pub sn: *const c_char,
    /// Length of sn in bytes.
    pub sn_len: usize,
}

/// What became of one record of a license file.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_record {
    /// Number of the record in the file, from 1; other text between records counts as a record.
    pub number: u32,
    /// NODELOCK_OK if it was accepted, else why not.
    pub result: nodelock_result,
    /// Offset in the file of its first byte, or of the byte that is wrong.
    pub offset: usize,
    /// Feature that the line is about, in the file and without NUL; NULL if it is no license line.
    /// Believe it only if result is NODELOCK_OK or NODELOCK_ERR_ALREADY_INSTALLED.
    pub feature: *const c_char,
    /// Length of feature in bytes.
    pub feature_len: usize,
    /// NODELOCK_RECORD_...
    pub kind: u32,
    /// Id of the license line or REPAIR record; else zeros.
    pub line_id: [u8; NODELOCK_LINE_ID_LEN],
    /// NODELOCK_EFFECT_...; from an agent only.
    pub effect: u8,
    /// 0.
    pub reserved: u8,
}

/// Kind of a record: it cannot be read.
pub const NODELOCK_RECORD_NONE: u32 = 0;
/// Kind of a record: a license line.
pub const NODELOCK_RECORD_LICENSE: u32 = 1;
/// Kind of a record: a key that a trust anchor delegates to.
pub const NODELOCK_RECORD_KEY: u32 = 2;
/// Kind of a record: lets one device go on from a state that it does not trust.
pub const NODELOCK_RECORD_REPAIR: u32 = 3;
/// A record with which rights move, or are taken back.
pub const NODELOCK_RECORD_TRANSFER: u32 = 4;

/// Configuration. Begin it with NODELOCK_CONFIG_INIT, or in C++17 as its comment shows; a field that is
/// not set is 0, the default.
///
/// It may be constant and live in flash. It is not copied: it, the anchors and what user points to
/// must outlive the context. Fields are never left out by #ifdef, and new ones come at the end.
///
/// Callbacks get user first, run on the thread that called the library, may block, must return (no
/// longjmp, no exception) and must not call the library on the same context. Unless their
/// comment says otherwise they return 0 for success, or a negative error number that the program chooses, which
/// nodelock_last_port_error gives; positive numbers are reserved and count as failure.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_config {
    /// sizeof(nodelock_config), as the program knows it.
    pub size: u32,
    /// sizeof(nodelock_slot), as the program knows it.
    pub slot_size: u32,
    /// NODELOCK_FLAG_...; 0 for none.
    pub flags: u32,
    /// Number of anchors, 1 to NODELOCK_MAX_ANCHORS.
    pub anchor_count: u32,
    /// The keys that are trusted.
    pub anchors: *const nodelock_trust_anchor,
    /// Passed to every callback; may be NULL.
    pub user: *mut c_void,
    /// Gives the UDI of a member of the stack; a device that is no stack has only member 0. Must be
    /// set. Called once in nodelock_install: for 0, 1, 2... up to the first answer other than 0, at
    /// most nine times. Returns 0 with *out filled in, NODELOCK_NO_MORE behind the last member, or a
    /// negative number. What out points to must stay as it is until nodelock_install returns, so each
    /// member needs memory of its own.
    pub read_udi:
        Option<unsafe extern "C" fn(user: *mut c_void, member: u32, out: *mut nodelock_udi) -> i32>,
    /// SHA-256, beginning of a message. NULL, together with the next two, for the hash inside the
    /// library. The program keeps the state; there is only one message at a time. If begin or update
    /// fails, finish is not called.
    pub sha256_begin: Option<unsafe extern "C" fn(user: *mut c_void) -> i32>,
    /// SHA-256, a piece of the message; a whole message has at most 1043 bytes, or is a text that was
    /// given to nodelock_agent_accept_eula.
    pub sha256_update:
        Option<unsafe extern "C" fn(user: *mut c_void, data: *const u8, len: usize) -> i32>,
    /// SHA-256, the end: writes NODELOCK_DIGEST_LEN bytes.
    pub sha256_finish: Option<unsafe extern "C" fn(user: *mut c_void, digest: *mut u8) -> i32>,
    /// ECDSA on P-256: key is x and y (64 bytes), digest 32 bytes, signature r and s (64 bytes), all
    /// big-endian. Must refuse r and s outside 1 to n - 1, and keys off the curve. Returns
    /// NODELOCK_SIGNATURE_VALID, NODELOCK_SIGNATURE_INVALID, or a negative number if nothing could be
    /// decided; everything else counts as the latter. NULL for the check inside the library.
    pub verify_signature: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            key: *const u8,
            digest: *const u8,
            signature: *const u8,
        ) -> i32,
    >,
    /// Is told what became of each record of a file, in the order of the file. May be NULL. The record is valid
    /// only during the call.
    pub on_record: Option<unsafe extern "C" fn(user: *mut c_void, record: *const nodelock_record)>,
    /// Keys with tables, for a library that was built with the feature "pinned": their signatures are checked
    /// in less than half the time, unless verify_signature is set. NULL for none; the profile "check" needs
    /// them. Must outlive the context.
    pub pinned: *const nodelock_pinned_keys,
}

/// A configuration of a later version: at most this large, and zero behind what we know.
const MAX_CONFIG_SIZE: usize = 1024;

/// Up to `user` the layout is fixed for ever.
const MIN_CONFIG_SIZE: usize = 16;

/// A copy of a structure that begins with its size, whatever version of the header it was compiled
/// with.
///
/// The caller's promise: at `from` is the number of readable bytes, and that many can be read. Bytes of
/// zero are a `T`.
pub(crate) unsafe fn load<T: Copy>(from: *const T) -> Result<T, Code> {
    // SAFETY: passed on.
    unsafe { load_or(from, Code(NODELOCK_ERR_CONFIG_SIZE)) }
}

/// The same for a structure whose wrong size has a result of its own.
///
/// The caller's promise: as for `load`.
pub(crate) unsafe fn load_or<T: Copy>(from: *const T, wrong_size: Code) -> Result<T, Code> {
    ptr::check(from)?;
    // SAFETY: the size is the first field in every version.
    let size = unsafe { from.cast::<u32>().read() };
    // SAFETY: passed on.
    unsafe { copy_sized(from, usize::try_from(size).unwrap_or(usize::MAX), wrong_size) }
}

/// The same for a structure whose size is told otherwise.
///
/// The caller's promise: `size` bytes can be read at `from`, which is aligned. Bytes of zero are a `T`.
pub(crate) unsafe fn copy_sized<T: Copy>(
    from: *const T,
    size: usize,
    wrong_size: Code,
) -> Result<T, Code> {
    let whole = size & (align_of::<T>().wrapping_sub(1)) == 0;
    if !whole || !(MIN_CONFIG_SIZE..=MAX_CONFIG_SIZE).contains(&size) {
        return Err(wrong_size);
    }
    // Word by word, which needs less code than functions that copy and fill.
    const { assert!(align_of::<T>() >= align_of::<usize>()) };
    let words = |bytes: usize| bytes.checked_div(size_of::<usize>()).unwrap_or_default();
    let mut copy = MaybeUninit::<T>::uninit();
    let (from, to) =
        (from.cast::<MaybeUninit<usize>>(), copy.as_mut_ptr().cast::<MaybeUninit<usize>>());
    for at in 0..words(size.max(size_of::<T>())) {
        let is_given = at.wrapping_mul(size_of::<usize>()) < size;
        let word = if is_given {
            // SAFETY: within the size that the caller has given.
            unsafe { from.wrapping_add(at).read() }
        } else {
            MaybeUninit::zeroed()
        };
        if at < words(size_of::<T>()) {
            // SAFETY: within `copy`.
            unsafe { to.wrapping_add(at).write(word) }
        // SAFETY: given, since it is not in `copy`, so it is no padding of a `T`: the caller's promise.
        } else if unsafe { word.assume_init() } != 0 {
            return Err(wrong_size);
        }
    }
    // SAFETY: all bytes are written, and zeros are a `T`: the caller's promise.
    Ok(unsafe { copy.assume_init() })
}

impl nodelock_config {
    /// A copy of the caller's configuration.
    ///
    /// The caller's promise: at `from` is the number of readable bytes, and that many can be read.
    pub(crate) unsafe fn load(from: *const Self) -> Result<Self, Code> {
        // SAFETY: passed on; zero is a value of every field: numbers, pointers that may be NULL,
        // functions that may be missing.
        unsafe { load(from) }
    }

    /// Everything that can be wrong with it but the keys themselves.
    #[cfg(feature = "agent")]
    pub(crate) fn check(&self) -> Result<(), Code> {
        let slot_size = usize::try_from(self.slot_size).unwrap_or_default();
        if slot_size < size_of::<nodelock_slot>() {
            return Err(Code(NODELOCK_ERR_SLOT_SIZE));
        }
        self.check_keys()
    }

    /// What it takes to check signatures.
    pub(crate) fn check_keys(&self) -> Result<(), Code> {
        let hash = (self.sha256_begin, self.sha256_update, self.sha256_finish);
        let hash_inside = cfg!(feature = "sha256") && matches!(hash, (None, None, None));
        let hash_outside = matches!(hash, (Some(_), Some(_), Some(_)));
        let anchors = usize::try_from(self.anchor_count).unwrap_or(usize::MAX);
        let code = if self.flags & !NODELOCK_FLAG_DANGER_ACCEPT_DEVELOPMENT_KEYS != 0 {
            NODELOCK_ERR_CONFIG_FLAGS
        } else if self.read_udi.is_none() {
            NODELOCK_ERR_NO_READ_UDI
        } else if !hash_inside && !hash_outside {
            NODELOCK_ERR_NO_SHA256
        } else if self.verify_signature.is_none() && !self.verifies_inside() {
            NODELOCK_ERR_NO_VERIFY_SIGNATURE
        } else if !self.pinned_tables_are_whole() {
            NODELOCK_ERR_PINNED_TABLE
        } else if anchors == 0 || self.anchors.is_null() {
            NODELOCK_ERR_NO_ANCHORS
        } else if anchors > NODELOCK_MAX_ANCHORS {
            NODELOCK_ERR_TOO_MANY_ANCHORS
        } else {
            return ptr::check(self.anchors);
        };
        Err(Code(code))
    }

    fn verifies_inside(&self) -> bool {
        // Without tables there would be two ways to check, and the profile "check" is for who counts bytes.
        let without_tables = cfg!(feature = "agent") || !self.pinned.is_null();
        cfg!(feature = "p256") || (cfg!(feature = "pinned") && without_tables)
    }

    fn pinned_tables_are_whole(&self) -> bool {
        #[cfg(feature = "pinned")]
        if !self.pinned.is_null() {
            // SAFETY: the program says that it leads to what the header asks for.
            return unsafe { crate::pinned::are_whole(self) };
        }
        true
    }

    pub(crate) const fn accepts_development(&self) -> bool {
        self.flags & NODELOCK_FLAG_DANGER_ACCEPT_DEVELOPMENT_KEYS != 0
    }

    #[cfg(feature = "agent")]
    /// The trust anchors; `check` has let the configuration pass. Filled in place: a copy on its way out
    /// would cost stack.
    ///
    /// The caller's promise: there are as many as it says.
    pub(crate) unsafe fn read_anchors(&self, anchors: &mut Anchors) -> Result<(), Code> {
        let count = usize::try_from(self.anchor_count).unwrap_or_default();
        for (at, anchor) in anchors.all.iter_mut().take(count).enumerate() {
            // SAFETY: not NULL, aligned; the rest is the caller's promise.
            let given = unsafe { &*self.anchors.wrapping_add(at) };
            let role = u8::try_from(given.role).ok().and_then(Role::from_number);
            anchor.id = KeyId(given.key_id);
            anchor.key = PublicKey::from_xy(given.key);
            anchor.role = role.ok_or(Code(NODELOCK_ERR_BAD_ROLE))?;
        }
        anchors.count = count;
        Ok(())
    }
}

#[cfg(feature = "agent")]
/// The trust anchors in the core's form.
pub(crate) struct Anchors {
    all: [TrustAnchor; NODELOCK_MAX_ANCHORS],
    count: usize,
}

#[cfg(feature = "agent")]
impl Anchors {
    pub(crate) const fn none() -> Self {
        const NONE: TrustAnchor = TrustAnchor {
            id: KeyId([0; 4]),
            key: PublicKey::from_xy([0; 64]),
            role: Role::Evaluation,
        };
        Self { all: [NONE; NODELOCK_MAX_ANCHORS], count: 0 }
    }

    pub(crate) fn as_slice(&self) -> &[TrustAnchor] {
        self.all.get(..self.count).unwrap_or_default()
    }
}
