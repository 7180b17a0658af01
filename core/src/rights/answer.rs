//! One answer for everybody who shows it: the verdict, the fact that decided, and what to do.

use core::fmt;

use crate::bytes::decimal::Digits;
use crate::bytes::sink::{Sink, Written};
use crate::reason::Reason;
use crate::rights::{Denial, Verdict};
use crate::value::date::Date;
use crate::value::duration;
use crate::value::feature::{FeatureRequest, Version};
use crate::value::license::LineId;

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
        /// Only a clock that has jumped ahead shows its end, and that is not believed yet.
        jumped: bool,
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
        /// The day that the device's clock shows, if there is one.
        shown: Option<Date>,
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
    /// The same, where nobody can accept it: this firmware has no text of it. Who has the texts says so.
    NoText {
        /// Its name.
        name: &'a str,
    },
    /// [`Reason::NotActivated`]: of a line that has its priority from the operator, so that it stands before one
    /// that could serve.
    Outranks {
        /// The line that would serve with the default priorities.
        other: LineId,
    },
    /// What was remembered cannot be read: [`Reason::UseUnknown`], [`Reason::RunningTimeUnknown`],
    /// [`Reason::AgreementsUnknown`].
    Damage {
        /// The number for a `REPAIR` record of the damage.
        repair: u64,
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

impl Words for Answer<'_> {
    fn emit(&self, of: ReasonWords, out: &mut impl Sink) {
        let Some(reason) = self.reason() else { return out.put(b"granted") };
        out.put((of.text)(reason));
        if self.fact != Fact::None {
            out.put(b": ");
            self.fact.emit(of, out);
        }
    }
}

impl Words for Fact<'_> {
    fn emit(&self, of: ReasonWords, out: &mut impl Sink) {
        match *self {
            Self::None => {}
            Self::Units { needed, in_use, licensed } => {
                units(needed, licensed, b" licensed", in_use, out);
            }
            Self::Maximum { needed, in_use, maximum } => {
                units(needed, maximum, b" at most", in_use, out);
            }
            Self::Version { needed, licensed } => {
                needed.emit(out);
                out.put(b" needed, licensed up to ");
                licensed.emit(out);
            }
            Self::Ended { last, shown: Some(shown), jumped: true, .. } => {
                out.put(b"its last day was ");
                last.emit(out);
                out.put(b", and the clock shows ");
                shown.emit(out);
                out.put(b", which is not believed yet");
            }
            Self::Ended { last, known, shown, ran_out, .. } => {
                if ran_out {
                    out.put(b"it has run for as long as it is long; its last day is ");
                    return last.emit(out);
                }
                out.put(b"its last day was ");
                last.emit(out);
                it_is(known, out);
                it_shows(shown, known, out);
            }
            Self::Used { seconds } => {
                duration::emit(seconds, out);
                out.put(b" of running time are used");
            }
            Self::Begins { first, known, shown } => {
                out.put(b"its first day is ");
                first.emit(out);
                it_is(known, out);
                it_shows(shown, known, out);
            }
            Self::Level { level, next } => {
                if next {
                    out.put(b"the next boot chooses ");
                }
                out.put(level.as_bytes());
                if !next {
                    out.put(b" is licensed, and the next boot chooses a lower level");
                }
            }
            Self::Agreement { name } => out.put(name.as_bytes()),
            Self::NoText { name } => {
                out.put(name.as_bytes());
                out.put(b", of which this firmware has no text");
            }
            Self::Outranks { other } => {
                out.put(b"by its priority it stands before line ");
                crate::bytes::hex::emit(&other.0, out);
                out.put(b", which could serve");
            }
            Self::Damage { repair } => {
                out.put(b"the repair number is ");
                number(repair, out);
            }
            Self::Wait { seconds } => {
                duration::emit(seconds, out);
                out.put(b" to wait");
            }
            Self::Refused { lines, reason } => {
                number(lines as u64, out);
                if reason == Reason::SlotsFull {
                    return out.put(match lines {
                        1 => b" stored line has no slot: the array lines of the agent's memory is too small",
                        _ => b" stored lines were refused at boot, the first because the array lines of the \
                               agent's memory is too small",
                    });
                }
                out.put(match lines {
                    1 => b" stored line was refused at boot: ",
                    _ => b" stored lines were refused at boot, the first for: ",
                });
                out.put((of.text)(reason));
            }
        }
    }
}

fn number(number: u64, out: &mut impl Sink) {
    out.put(Digits::new(number).as_bytes());
}

fn units(needed: u64, there: u64, what: &[u8], in_use: u64, out: &mut impl Sink) {
    number(needed, out);
    out.put(b" needed, ");
    number(there, out);
    out.put(what);
    if in_use > 0 {
        out.put(b", ");
        number(in_use, out);
        out.put(b" of them in use");
    }
}

fn it_shows(shown: Option<Date>, known: Date, out: &mut impl Sink) {
    if let Some(day) = shown.filter(|day| *day != known) {
        out.put(b"; the clock shows ");
        day.emit(out);
    }
}

fn it_is(known: Date, out: &mut impl Sink) {
    out.put(b", and it is ");
    known.emit(out);
    out.put(b" or later");
}

/// What to do about a denial. Printed, it is a sentence without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedy<'a> {
    reason: Option<Reason>,
    fact: Fact<'a>,
}

impl Words for Remedy<'_> {
    fn emit(&self, of: ReasonWords, out: &mut impl Sink) {
        match self.fact {
            Fact::Units { in_use, .. } if in_use > 0 => {
                out.put(b"release units that are not needed, or obtain more units of the feature");
            }
            Fact::Maximum { needed, maximum, in_use } if needed > maximum && in_use > 0 => {
                out.put(b"ask for ");
                number(maximum, out);
                out.put(b" units at most, when those in use are released; more licenses do not help");
            }
            Fact::Maximum { maximum, in_use, .. } => match maximum.saturating_sub(in_use) {
                0 => out.put(b"release units that are not needed; more licenses do not help"),
                left => {
                    out.put(b"ask for ");
                    number(left, out);
                    out.put(b" units at most; more licenses do not help");
                }
            },
            Fact::Ended { jumped: true, .. } => {
                out.put(
                    b"set the device's clock, if it is wrong; else obtain a subscription or a permanent license",
                );
            }
            Fact::Ended { paid, repair, ran_out, .. } => {
                out.put(match paid {
                    true => b"renew the subscription",
                    false => b"obtain a subscription or a permanent license",
                });
                if paid && !ran_out {
                    out.put(b"; if the date is wrong, set the device's clock");
                }
                if ran_out {
                    out.put(b"; if the device cannot have run so long, its program does not count uptime in seconds");
                }
                if let Some(repair) = repair {
                    out.put(
                        b"; if a wrong clock has ended it, ask the vendor for a REPAIR record of the clock with \
                          repair number ",
                    );
                    number(repair, out);
                }
            }
            Fact::Begins { known, shown: Some(shown), .. } if shown < known => {
                out.put(b"set the device's clock, which is too early");
            }
            Fact::Begins { first, shown: Some(shown), .. } if shown >= first => {
                out.put(b"let the device run: a clock that has jumped is believed after a day");
            }
            Fact::Used { .. } => {
                out.put(b"obtain a permanent license, a subscription or an extension");
            }
            Fact::Level { next: true, .. } => out.put(b"restart the device"),
            Fact::Level { level, next: false } => {
                out.put(b"choose ");
                out.put(level.as_bytes());
                out.put(b" as boot level, and restart the device");
            }
            Fact::Refused { reason: Reason::SlotsFull, .. } => {
                out.put(b"give the agent's memory as many lines as the firmware before; nothing stored is lost");
            }
            Fact::NoText { .. } => out.put(
                b"ask the vendor for a firmware that has the agreement, or for a license without it",
            ),
            Fact::Outranks { .. } => {
                out.put(b"set the priority of the line to default, or activate the feature");
            }
            Fact::Damage { repair } => {
                out.put(b"ask the vendor for a REPAIR record of the damage with repair number ");
                number(repair, out);
            }
            Fact::Refused { reason, .. } => {
                out.put(b"install a license for this feature; of what was refused: ");
                out.put((of.remedy)(reason));
            }
            _ => out.put(self.reason.map_or(b"nothing", of.remedy)),
        }
    }
}

/// What can be written without the machinery of [`fmt`], which costs a small device more flash than the words.
pub trait Words {
    /// Writes the words, printable ASCII, piece by piece.
    fn emit(&self, of: ReasonWords, out: &mut impl Sink);
}

/// Where the words of reasons are from. A C library has them already, with a NUL behind each.
#[derive(Debug, Clone, Copy)]
pub struct ReasonWords {
    /// As [`Reason::text`].
    pub text: fn(Reason) -> &'static [u8],
    /// As [`Reason::remedy`].
    pub remedy: fn(Reason) -> &'static [u8],
}

impl ReasonWords {
    /// Those of the reasons themselves.
    pub const OWN: Self = Self {
        text: |reason| reason.text().as_bytes(),
        remedy: |reason| reason.remedy().as_bytes(),
    };
}

macro_rules! displayed {
    ($($of:ident),+) => {$(
        impl fmt::Display for $of<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = Written::new(f);
                self.emit(ReasonWords::OWN, &mut text);
                text.finish()
            }
        }
    )+};
}

displayed!(Answer, Fact, Remedy);

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
