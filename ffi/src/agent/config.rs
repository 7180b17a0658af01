//! What the program gives at boot: the catalog, the storage, the rules, and the time.

use core::ffi::{c_char, c_void};

use nodelock::calendar::ClockRules;
use nodelock::store::RollbackLevel;
use nodelock::value::{Date, Period, UnixTime};
use nodelock::{Now, Rules};

use crate::config::nodelock_config;
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_BACK_TOLERANCE, NODELOCK_ERR_BUILT,
    NODELOCK_ERR_CHARGE_INTERVAL, NODELOCK_ERR_FORWARD_BOUND, NODELOCK_ERR_FORWARD_WAIT,
    NODELOCK_ERR_NO_STORAGE, NODELOCK_ERR_RESERVED, NODELOCK_ERR_WALL,
};
use crate::verdict::NODELOCK_VERSION_PARTS;

/// Flag of a feature: more than is licensed may be used, and is counted as a violation.
pub const NODELOCK_FEATURE_HONOUR_BASED: u32 = 1;
/// Flag of a feature that has trial_seconds: its trial turns into a right to use at its end.
pub const NODELOCK_FEATURE_TRIAL_BECOMES_RIGHT_TO_USE: u32 = 2;

/// Bytes of a device secret.
pub const NODELOCK_DEVICE_SECRET_LEN: usize = 32;

/// The longest period of a configuration and of a trial, in seconds: 100 years.
pub const NODELOCK_MAX_PERIOD: u32 = 3_153_600_000;

/// From load: there is no value under this key.
pub const NODELOCK_NO_VALUE: i32 = 1;

/// One feature of the catalog, or one level of the image. All texts end with NUL and, like the structure,
/// stay as they are until nodelock_agent_deinit. A field that is not set is 0 and means "has none".
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_feature {
    /// Name, as licenses call it: 1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit; no
    /// keyword of records, such as LICENSE or KEY.
    pub name: *const c_char,
    /// Of a level: the part of the device, e.g. a line card. NULL if this is no level.
    pub module: *const c_char,
    /// Of a level: the technology package. NULL together with module.
    pub package: *const c_char,
    /// Name of the license agreement that trials and rights to use need, or NULL.
    pub eula: *const c_char,
    /// Names of the features that a right to this one includes; may be NULL if there are 0. Do not list levels:
    /// their ranks say which contains which.
    pub includes: *const *const c_char,
    /// Number of includes.
    pub include_count: usize,
    /// The most units that the platform supports, even if more are licensed; 0 for no limit of its own.
    pub maximum: u64,
    /// The version that this firmware has, which a license must cover; zeros for any.
    pub version: [u16; NODELOCK_VERSION_PARTS],
    /// Running time of the trial that the firmware brings, in seconds; 0 for no trial.
    pub trial_seconds: u32,
    /// Of a level: 0 to 255. A higher rank contains the lower ones of its package; rank 0 is the base,
    /// which each package has, and needs no license. 0 for what is no level.
    pub rank: u32,
    /// NODELOCK_FEATURE_...
    pub flags: u32,
    /// NODELOCK_EXPIRY_...: what happens when a right ends while it is in use, unless the license says
    /// something else.
    pub expiry: u32,
}

/// Time since power-on, from a clock that never goes back and that nobody can set. It is a type of its own, so that
/// no other number can be passed by mistake: NODELOCK_UPTIME(seconds) makes one.
///
/// Milliseconds or ticks here use up trials and end subscriptions, for good. Beside a wall clock that is noticed, see
/// nodelock_now; without one nothing can tell, so look once, on the device, that it grows by 60 in a minute.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_uptime {
    /// In seconds.
    pub seconds: u64,
}

/// What the program knows about time at the moment of a call.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_now {
    /// Since power-on.
    pub uptime: nodelock_uptime,
    /// The wall clock: seconds since 1970-01-01T00:00:00 UTC. Beyond the year 2199, as milliseconds are, the call gives
    /// NODELOCK_ERR_WALL and does nothing. If uptime runs about 1000 or 1000000 times as fast as it, over some seconds,
    /// the call counts no time; if it does so again, this and each further one give NODELOCK_ERR_UPTIME and do
    /// nothing, until both go on alike. A clock that is set, or stands still while the device sleeps, does no harm.
    pub wall: u64,
    /// 1 if wall is known, 0 if the device has no wall clock or it was not set yet. Not known is not
    /// "expired".
    pub wall_known: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = assert!(core::mem::size_of::<nodelock_now>() == 24);

/// Milliseconds would be believed after a while, and end every right with a date.
const LAST_WALL: u64 = (YEAR_2200 as u64).wrapping_mul(86_400).wrapping_sub(1);

/// Days since 1970.
const YEAR_2020: u32 = 18_262;
const YEAR_2080: u32 = 40_177;
const YEAR_2200: u32 = 84_006;

impl nodelock_now {
    /// The caller's promise: `now` leads to one.
    pub(crate) unsafe fn read(now: *const Self) -> Result<Now, Code> {
        ptr::check(now)?;
        // SAFETY: not NULL, aligned; the rest is the caller's promise.
        let now = unsafe { now.read() };
        let wall = match (now.wall_known, now.reserved) {
            (0, 0) => None,
            (1, 0) if now.wall > LAST_WALL => return Err(Code(NODELOCK_ERR_WALL)),
            (1, 0) => Some(UnixTime(now.wall)),
            (0 | 1, _) => return Err(Code(NODELOCK_ERR_RESERVED)),
            _ => return Err(Code(NODELOCK_ERR_ARGUMENT)),
        };
        Ok(Now { uptime: now.uptime.seconds, wall })
    }
}

/// Configuration of an agent. Begin it with NODELOCK_AGENT_CONFIG_INIT, or in C++17 as shown there; a field
/// that is not set is 0 and means "default".
///
/// It may be constant and live in flash. It and what it points to must outlive the agent. New fields
/// come at the end. All callbacks get the user of base, and what nodelock_config says about
/// callbacks is true for those of the storage and the rollback counters as well.
///
/// load, store and remove keep small values under 16-bit keys (at most 2048 bytes; docs/SPEC.md section 13 lists the
/// keys, about 400). The library relies on what their comments say about power cuts, and on nothing else; it does not
/// expect two calls to take effect together. Besides 0 and error numbers of the program's own they may return
/// NODELOCK_ERR_STORAGE_FULL and NODELOCK_ERR_STORAGE_CORRUPTED, which then become the result; and load
/// NODELOCK_ERR_FLASH_NOT_MOUNTED or another number from -999 to -900, the results of wrong use, with which
/// nodelock_agent_boot fails.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_agent_config {
    /// sizeof(nodelock_agent_config), as the program knows it.
    pub size: u32,
    /// sizeof(nodelock_feature), as the program knows it.
    pub feature_size: u32,
    /// Keys, device and cryptography, as for nodelock_init. With an agent, read_udi is called in
    /// nodelock_agent_boot only, and what it points to must stay as it is until nodelock_agent_deinit. If it
    /// fails there, licenses for this device are refused until the next boot.
    pub base: *const nodelock_config,
    /// The catalog: which features this firmware has. The index of a feature is its handle.
    pub features: *const nodelock_feature,
    /// Number of features, 1 to 1024.
    pub feature_count: u32,
    /// Day on which the firmware was built, in days since 1970-01-01. The agent believes no earlier date. 0 if
    /// unknown; then the first wall clock of a device counts as a jump, so set it. Else from 18262 to 40176, the years
    /// 2020 to 2079; a spreadsheet counts days from 1900, so its number less 25569.
    pub built: u32,
    /// Metered time is charged in advance, this many seconds at a time. A power cut costs the user at most one
    /// such interval, and each interval costs one store while a metered feature runs. At most NODELOCK_MAX_PERIOD, as the
    /// next three; 0 for 900.
    pub charge_interval: u32,
    /// A wall clock that goes back by at most this many seconds has drifted; by more, it has stepped back. 0 for
    /// 3600.
    pub back_tolerance: u32,
    /// A wall clock that goes forward by more than this many seconds has jumped. 0 for 2592000, 30 days.
    pub forward_bound: u32,
    /// A jump is believed when it has lasted this many seconds of uptime, or at once when a license proves it that
    /// was issued on such a late day. 0 for 86400.
    pub forward_wait: u32,
    /// Copies the value into buffer, which has capacity bytes, and its length into *len. Returns 0, or
    /// NODELOCK_NO_VALUE, or NODELOCK_ERR_STORAGE_FULL if the buffer is too small. A value whose store
    /// returned 0 comes back complete and unchanged, or load fails. It never gives a part of it or another value.
    pub load: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            key: u16,
            buffer: *mut u8,
            capacity: usize,
            len: *mut usize,
        ) -> i32,
    >,
    /// Replaces the value. When it returns 0, the new value is durable: it survives a power cut in the next
    /// instant. A power cut during the call leaves the old value (or none, if there was none) or the new
    /// one. After a failure the storage holds the old value or the new one; the library reads it again. Values under
    /// other keys are never changed. It returns 0 only when the value is durable, even if the same value is there
    /// already after a call that failed.
    pub store: Option<
        unsafe extern "C" fn(user: *mut c_void, key: u16, value: *const u8, len: usize) -> i32,
    >,
    /// Removes the value; returns 0 if there is none. Durable like store: a power cut during the call
    /// leaves the old value or none, and so does a failure.
    pub remove: Option<unsafe extern "C" fn(user: *mut c_void, key: u16) -> i32>,
    /// A secret that only this device has: NODELOCK_DEVICE_SECRET_LEN bytes from fuses, a key store or a secure
    /// element, or NULL. With it, the agent notices changes to what is stored, and lines need no signature check at
    /// boot. It is copied in nodelock_agent_boot. All zeros and all ones are refused.
    pub device_secret: *const u8,
    /// NODELOCK_ROLLBACK_...: how much the three functions below protect. With NODELOCK_ROLLBACK_NONE they are not
    /// called and may be NULL.
    pub rollback_protection: u32,
    /// NODELOCK_ROLLBACK_...: boot fails with NODELOCK_ERR_COUNTERS_TOO_WEAK if the device has less. Without a
    /// device_secret it has NODELOCK_ROLLBACK_NONE.
    pub rollback_required: u32,
    /// Reads the counters, which begin at 0 and never go back. Returns 0. With NODELOCK_ROLLBACK_ONE_COUNTER,
    /// *committed is not used.
    pub counters_read: Option<
        unsafe extern "C" fn(user: *mut c_void, started: *mut u64, committed: *mut u64) -> i32,
    >,
    /// Raises started by one. When it returns 0, that is durable.
    pub counters_start: Option<unsafe extern "C" fn(user: *mut c_void) -> i32>,
    /// Raises committed to this number, which is never more than started; counters that count up by one do
    /// it step by step. May be NULL with NODELOCK_ROLLBACK_ONE_COUNTER.
    pub counters_commit: Option<unsafe extern "C" fn(user: *mut c_void, to: u64) -> i32>,
    /// The public key with which this device proves its words (nodelock/transfer.h): x and y, NODELOCK_PUBLIC_KEY_LEN
    /// bytes, of P-256; or NULL. It is copied in nodelock_agent_boot. A library without transfers does not use it.
    pub device_key: *const u8,
    /// Signs a digest of NODELOCK_DIGEST_LEN bytes with the private key of device_key: ECDSA over P-256, r and s,
    /// NODELOCK_SIGNATURE_LEN bytes, with a high or a low s; the library checks them. The private key stays where it
    /// is. NULL without a device_key. Returns 0.
    pub device_sign: Option<
        unsafe extern "C" fn(user: *mut c_void, digest: *const u8, signature: *mut u8) -> i32,
    >,
}

/// There are no rollback counters: nobody notices that the storage was restored from an older copy.
pub const NODELOCK_ROLLBACK_NONE: u32 = 0;
/// Two counters in a second storage, which may be restored together with the first.
pub const NODELOCK_ROLLBACK_SECOND_STORAGE: u32 = 1;
/// One monotonic counter in hardware: all but the last change is protected.
pub const NODELOCK_ROLLBACK_ONE_COUNTER: u32 = 2;
/// Two monotonic counters in hardware: every change that was acknowledged is protected.
pub const NODELOCK_ROLLBACK_TWO_COUNTERS: u32 = 3;

pub(super) fn rollback_level(number: u32) -> Result<RollbackLevel, Code> {
    match number {
        NODELOCK_ROLLBACK_NONE => Ok(RollbackLevel::None),
        NODELOCK_ROLLBACK_SECOND_STORAGE => Ok(RollbackLevel::SecondStorage),
        NODELOCK_ROLLBACK_ONE_COUNTER => Ok(RollbackLevel::OneCounter),
        NODELOCK_ROLLBACK_TWO_COUNTERS => Ok(RollbackLevel::TwoCounters),
        _ => Err(Code(NODELOCK_ERR_ARGUMENT)),
    }
}

impl nodelock_agent_config {
    pub(super) fn check(&self) -> Result<(), Code> {
        if self.load.is_none() || self.store.is_none() || self.remove.is_none() {
            return Err(Code(NODELOCK_ERR_NO_STORAGE));
        }
        let commits = match rollback_level(self.rollback_protection)? {
            RollbackLevel::None => return Ok(()),
            RollbackLevel::OneCounter => true,
            _ => self.counters_commit.is_some(),
        };
        if self.counters_read.is_none() || self.counters_start.is_none() || !commits {
            return Err(Code(NODELOCK_ERR_NO_STORAGE));
        }
        Ok(())
    }

    /// The caller's promise: `device_secret` is NULL or leads to 32 bytes.
    pub(super) unsafe fn secret(&self) -> Option<[u8; NODELOCK_DEVICE_SECRET_LEN]> {
        // SAFETY: bytes have no alignment; the rest is the caller's promise.
        (!self.device_secret.is_null()).then(|| unsafe {
            self.device_secret.cast::<[u8; NODELOCK_DEVICE_SECRET_LEN]>().read()
        })
    }

    /// Seconds, a year, or a date written as a number are none. Nor is a spreadsheet's number of such a day, which
    /// counts from 1900: 43831 for the first of 2020.
    fn built_on(&self) -> Option<Date> {
        Date::from_days(self.built)
            .filter(|_| self.built == 0 || (YEAR_2020..YEAR_2080).contains(&self.built))
    }

    pub(super) fn rules(&self, accepts_development: bool) -> Result<Rules, Code> {
        let period = |given: u32, default: Period, too_long| match given {
            0 => Ok(default),
            seconds => Period::from_seconds(u64::from(seconds)).ok_or(Code(too_long)),
        };
        let (rules, clock) = (Rules::DEFAULT, ClockRules::DEFAULT);
        Ok(Rules {
            charge_interval: period(
                self.charge_interval,
                rules.charge_interval,
                NODELOCK_ERR_CHARGE_INTERVAL,
            )?,
            clock: ClockRules {
                back_tolerance: period(
                    self.back_tolerance,
                    clock.back_tolerance,
                    NODELOCK_ERR_BACK_TOLERANCE,
                )?,
                forward_bound: period(
                    self.forward_bound,
                    clock.forward_bound,
                    NODELOCK_ERR_FORWARD_BOUND,
                )?,
                forward_wait: period(
                    self.forward_wait,
                    clock.forward_wait,
                    NODELOCK_ERR_FORWARD_WAIT,
                )?,
            },
            built: self.built_on().ok_or(Code(NODELOCK_ERR_BUILT))?,
            require_level: rollback_level(self.rollback_required)?,
            danger_accept_development_keys: accepts_development,
        })
    }
}
