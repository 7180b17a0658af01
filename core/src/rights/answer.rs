//! One answer for everybody who shows it: the verdict, the fact that decided, and what to do.

use core::fmt;

use crate::reason::Reason;
use crate::rights::{Denial, Verdict};
use crate::value::date::Date;
use crate::value::duration::Duration;
use crate::value::feature::{FeatureRequest, Version};

/// A verdict with the fact that decided. Printed, it says why; [`remedy`](Self::remedy) says what to do about
/// it. Console, JSON and C have their words and numbers from here.
///
/// ```
/// use nodelock::rights::{Entitlements, Slot};
/// use nodelock::value::FeatureRequest;
///
/// let mut slots = [Slot::EMPTY; 4];
/// let rights = Entitlements::new(&mut slots);
/// let answer = rights.answer(&FeatureRequest::parse(b"voice")?);
/// assert_eq!(answer.to_string(), "no installed line is for this feature");
/// assert_eq!(answer.remedy().to_string(), "install a license for this feature and this device");
/// # Ok::<(), nodelock::Reason>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer<'a> {
    /// Of the units that were asked for.
    pub verdict: Verdict,
    /// What decided.
    pub fact: Fact<'a>,
}

/// The fact that decided, beside the reason: what was needed and what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(tag = "kind", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Fact<'a> {
    /// Nothing that the reason does not say.
    None,
    /// [`Reason::CountTooLow`]: the units.
    Units {
        /// Asked for now.
        needed: u64,
        /// In use already.
        in_use: u64,
        /// Licensed in all.
        licensed: u64,
    },
    /// [`Reason::MaximumReached`]: what the device can do at most, whatever is licensed.
    Maximum {
        /// Asked for now.
        needed: u64,
        /// In use already.
        in_use: u64,
        /// The platform maximum.
        maximum: u64,
    },
    /// [`Reason::VersionTooLow`]: the versions.
    Version {
        /// That will run.
        needed: Version,
        /// The highest one that is licensed.
        licensed: Version,
    },
    /// [`Reason::Expired`] of a right with dates.
    Ended {
        /// Its last day.
        last: Date,
        /// What the device knows: it is at least this day.
        known: Date,
        /// The day that the device's clock shows, if there is one.
        shown: Option<Date>,
        /// Its days are not over: it has run for as long as it is long.
        ran_out: bool,
        /// It was paid for, and is granted again when the clock is right.
        paid: bool,
        /// The number for a `REPAIR` record of the clock, if one could be made now.
        repair: Option<u64>,
    },
    /// [`Reason::Expired`] of a metered right: seconds of running time.
    Used {
        /// That were used.
        seconds: u64,
    },
    /// [`Reason::NotStarted`]: the days.
    Begins {
        /// The first day of the right.
        first: Date,
        /// What the device knows: it is at least this day.
        known: Date,
    },
    /// [`Reason::LevelNotBooted`]: the level that brings the feature, or is it.
    Level {
        /// Its name.
        level: &'a str,
        /// The next boot chooses it, or a higher one.
        next: bool,
    },
    /// [`Reason::EulaNotAccepted`]: the agreement.
    Agreement {
        /// Its name.
        name: &'a str,
    },
    /// [`Reason::RestartedTooOften`]: the wait.
    Wait {
        /// Seconds that are left of it.
        seconds: u64,
    },
    /// [`Reason::NoLicense`], while lines in storage were refused at boot; one of them may be for this feature.
    Refused {
        /// How many.
        lines: usize,
        /// Why, of the first.
        reason: Reason,
    },
}

impl<'a> Answer<'a> {
    /// What a check without an agent found.
    pub(super) fn of_check(verdict: Verdict, request: &FeatureRequest<'_>) -> Self {
        let fact = match (&verdict, request.version) {
            (Verdict::Denied(Denial { reason: Reason::CountTooLow, needed, licensed, .. }), _) => {
                Fact::Units { needed: *needed, in_use: 0, licensed: *licensed }
            }
            (
                Verdict::Denied(Denial {
                    reason: Reason::VersionTooLow,
                    version: Some(licensed),
                    ..
                }),
                Some(needed),
            ) => Fact::Version { needed, licensed: *licensed },
            _ => Fact::None,
        };
        Self { verdict, fact }
    }

    /// Why it is denied, if it is.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match &self.verdict {
            Verdict::Granted(_) => None,
            Verdict::Denied(denial) => Some(denial.reason),
        }
    }

    /// What can be done about it here and now; of what is granted nothing.
    #[must_use]
    pub const fn remedy(&self) -> Remedy<'a> {
        Remedy { reason: self.reason(), fact: self.fact }
    }
}

/// Why, with the fact; of what is granted `granted`.
impl fmt::Display for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(reason) = self.reason() else { return f.write_str("granted") };
        f.write_str(reason.text())?;
        if self.fact == Fact::None {
            return Ok(());
        }
        write!(f, ": {}", self.fact)
    }
}

impl fmt::Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::None => Ok(()),
            Self::Units { needed, in_use, licensed } => {
                write!(f, "{needed} needed, {licensed} licensed")?;
                used(in_use, f)
            }
            Self::Maximum { needed, in_use, maximum } => {
                write!(f, "{needed} needed, {maximum} at most")?;
                used(in_use, f)
            }
            Self::Version { needed, licensed } => {
                write!(f, "{needed} needed, licensed up to {licensed}")
            }
            Self::Ended { last, ran_out: true, .. } => {
                write!(f, "it has run for as long as it is long; its last day is {last}")
            }
            Self::Ended { last, known, shown, .. } => {
                write!(f, "its last day was {last}, and it is {known} or later")?;
                match shown.filter(|day| *day != known) {
                    Some(day) => write!(f, "; the clock shows {day}"),
                    None => Ok(()),
                }
            }
            Self::Used { seconds } => write!(f, "{} of running time are used", Duration(seconds)),
            Self::Begins { first, known } => {
                write!(f, "its first day is {first}, and it is {known} or later")
            }
            Self::Level { level, next: true } => write!(f, "the next boot chooses {level}"),
            Self::Level { level, next: false } => {
                write!(f, "{level} is licensed, and the next boot chooses a lower level")
            }
            Self::Agreement { name } => f.write_str(name),
            Self::Wait { seconds } => write!(f, "{} to wait", Duration(seconds)),
            Self::Refused { lines: 1, reason } => {
                write!(f, "1 stored line was refused at boot ({reason})")
            }
            Self::Refused { lines, reason } => {
                write!(f, "{lines} stored lines were refused at boot, the first because {reason}")
            }
        }
    }
}

fn used(in_use: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if in_use == 0 { Ok(()) } else { write!(f, ", {in_use} of them in use") }
}

/// What to do about a denial. Printed, it is a sentence without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedy<'a> {
    reason: Option<Reason>,
    fact: Fact<'a>,
}

impl fmt::Display for Remedy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fact {
            Fact::Units { in_use, .. } if in_use > 0 => f.write_str(
                "release units that are not needed, or obtain more units of the feature",
            ),
            Fact::Maximum { maximum, in_use, .. } => match maximum.saturating_sub(in_use) {
                0 => f.write_str("release units that are not needed; more licenses do not help"),
                left => write!(f, "ask for {left} units at most; more licenses do not help"),
            },
            Fact::Ended { shown, paid, repair, ran_out, .. } => {
                f.write_str(match paid {
                    true => "renew the subscription",
                    false => "obtain a subscription or a permanent license",
                })?;
                if paid && shown.is_some() && !ran_out {
                    f.write_str("; if the date is wrong, set the device's clock")?;
                }
                match repair {
                    Some(number) => write!(
                        f,
                        "; if a wrong clock has ended it, ask the vendor for a REPAIR record of the clock with \
                         repair number {number}"
                    ),
                    None => Ok(()),
                }
            }
            Fact::Used { .. } => {
                f.write_str("obtain a permanent license, a subscription or an extension")
            }
            Fact::Level { next: true, .. } => f.write_str("restart the device"),
            Fact::Level { level, next: false } => {
                write!(f, "choose {level} as boot level, and restart the device")
            }
            Fact::Refused { reason, .. } => {
                write!(
                    f,
                    "install a license for this feature; of what was refused: {}",
                    reason.remedy()
                )
            }
            _ => f.write_str(self.reason.map_or("nothing", Reason::remedy)),
        }
    }
}

#[cfg(feature = "serde")]
mod wire {
    use core::fmt::Display;

    use serde::ser::{Serialize, SerializeStruct, Serializer};

    use super::Answer;

    /// `granted`, `reason`, `why`, `fact`, `remedy`.
    impl Serialize for Answer<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut fields = serializer.serialize_struct("Answer", 5)?;
            fields.serialize_field("granted", &self.verdict.is_granted())?;
            fields.serialize_field("reason", &self.reason())?;
            fields.serialize_field("why", &Words(self))?;
            fields.serialize_field("fact", &self.fact)?;
            fields.serialize_field("remedy", &Words(self.remedy()))?;
            fields.end()
        }
    }

    struct Words<T>(T);

    impl<T: Display> Serialize for Words<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&self.0)
        }
    }
}
