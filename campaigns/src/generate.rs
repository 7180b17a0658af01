//! Random histories.

use nodelock::testing::PowerCut;
use nodelock::value::LicenseType;

use crate::dice::Dice;
use crate::history::{Boot, Clock, DAY, History, LineSpec, Step, Ticks};

/// The day on which histories begin, more or less.
pub const TODAY: u32 = 20_780;

/// What a history is like.
#[derive(Debug, Clone, Copy)]
struct Style {
    cuts: u64,
    drains: u64,
    clocks: u64,
    right: bool,
    ticks: u64,
    active: u64,
    length: u64,
    repairs: u64,
}

/// A line of a type with dates or running time, and a feature for it alone.
pub fn line(dice: &mut Dice, feature: usize, types: &[LicenseType], today: u32) -> LineSpec {
    let license_type = dice.pick(types);
    let issued = match dice.below(10) {
        0..=5 => today,
        6 => today - u32::try_from(dice.range(1, 10)).unwrap_or(0),
        7 => today - u32::try_from(dice.range(1, 300)).unwrap_or(0),
        _ => today + u32::try_from(dice.range(1, 40)).unwrap_or(0),
    };
    let start = match dice.below(6) {
        0 => Some(issued + u32::try_from(dice.range(1, 6)).unwrap_or(0)),
        1 => Some(issued),
        2 => Some(issued - u32::try_from(dice.range(1, 40)).unwrap_or(0)),
        _ => None,
    };
    let first = start.unwrap_or(0).max(issued);
    let days = if dice.percent(90) { dice.range(0, 1) } else { dice.range(0, 9) };
    let usage = dice.pick(&[60, 899, 900, 901, 3600, 5 * 3600, DAY, DAY + 7, 3 * DAY]);
    LineSpec {
        feature,
        version: 1,
        license_type,
        units: 0,
        additive: false,
        issued,
        start,
        end: first + u32::try_from(days).unwrap_or(0),
        usage,
        expiry: dice.pick(&[0, 0, 0, 1]),
        eula: false,
    }
}

/// Somebody sets the clock.
pub fn clock(dice: &mut Dice) -> Clock {
    let days = |days: u64| i64::try_from(days * DAY).unwrap_or(0);
    match dice.below(14) {
        0..=2 => Clock::Right,
        3 => Clock::None,
        4 => Clock::Off(-days(dice.range(0, 60)) - 3601),
        5 => Clock::Off(days(dice.range(0, 60))),
        6 => Clock::At(dice.pick(&[0, 1, DAY])),
        7 | 8 => Clock::Moved(days(29)),
        9 => Clock::Moved(days(dice.range(1, 35)) - 7),
        10 => Clock::Moved(-days(dice.range(0, 3)) - 3000),
        11 => Clock::Stuck(dice.pick(&[0, -7200, days(3), -days(3)])),
        12 => Clock::At(dice.below(u64::from(TODAY) * DAY * 2)),
        _ => Clock::Off(dice.pick(&[-3600, -3601, 3600, days(30), days(30) + 1])),
    }
}

fn ticks(dice: &mut Dice, style: Style) -> Ticks {
    if !dice.percent(style.ticks) {
        return Ticks::Deadlines;
    }
    match dice.below(4) {
        0 => Ticks::Every(dice.pick(&[60, 600, 1000, 3000])),
        1 => Ticks::Never,
        _ => Ticks::Late(dice.pick(&[1, 30, 59, 60, 119, 899, 900, 1799, 1800, 3600])),
    }
}

fn duration(dice: &mut Dice, style: Style) -> u64 {
    let kind = if style.length == 3 { dice.below(3) } else { style.length };
    match kind {
        0 => dice.pick(&[1, 59, 60, 61, 119, 120, 121, 180, 240, 300]),
        1 => dice.range(60, 3 * 3600),
        _ => dice.range(3600, 3 * DAY / 2),
    }
}

fn style(dice: &mut Dice) -> Style {
    Style {
        cuts: dice.pick(&[0, 20, 60, 95]),
        drains: dice.pick(&[0, 20, 95]),
        clocks: dice.pick(&[0, 10, 40, 90]),
        right: dice.percent(60),
        ticks: dice.pick(&[0, 0, 20, 80]),
        active: dice.pick(&[0, 0, 20, 70]),
        length: dice.pick(&[0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3]),
        repairs: dice.pick(&[0, 0, 0, 2]),
    }
}

/// When the power goes, if it does.
pub fn cut(dice: &mut Dice, chance: u64) -> Option<PowerCut> {
    if !dice.percent(chance) {
        return None;
    }
    let bound = dice.pick(&[2, 5, 12, 40, 100]);
    let write = u32::try_from(dice.below(bound)).unwrap_or(0);
    Some(PowerCut { write, after: dice.percent(50) })
}

/// A history for the promises about rights with dates and metered ones.
pub fn bounds(dice: &mut Dice) -> History {
    use LicenseType as T;
    const DATED: [T; 6] = [
        T::Subscription,
        T::Subscription,
        T::Subscription,
        T::Subscription,
        T::EvaluationSubscription,
        T::ExtensionSubscription,
    ];
    const METERED: [T; 3] = [T::Evaluation, T::Extension, T::Grace];
    let style = style(dice);
    let mut lines = Vec::new();
    for feature in 0..usize::try_from(dice.pick(&[1, 1, 2, 3])).unwrap_or(1) {
        let types: &[T] = if dice.percent(85) { &DATED } else { &METERED };
        lines.push(line(dice, feature, types, TODAY));
    }
    let count = dice.pick(&[20, 20, 25, 40, 60]);
    let mut boots = Vec::new();
    for number in 0..count {
        let mut steps = Vec::new();
        if number == 0 {
            steps.extend((0..lines.len()).map(Step::Install));
        }
        for _ in 0..dice.pick(&[1, 1, 1, 2, 3]) {
            let place = usize::try_from(dice.below(lines.len() as u64)).unwrap_or(0);
            if dice.percent(style.clocks / 3) {
                steps.push(Step::Set(clock(dice)));
            }
            if dice.percent(style.repairs) {
                steps.push(Step::RepairClock);
            }
            if dice.percent(style.active) || lines[place].license_type.is_metered() {
                let on = dice.percent(80);
                steps.push(if on { Step::Activate(place) } else { Step::Deactivate(place) });
            }
            match dice.below(60) {
                0 => steps.push(Step::Clear(place)),
                1 => steps.push(Step::Install(place)),
                2 => steps.extend([Step::Clear(place), Step::Install(place)]),
                _ => {}
            }
            let ticks = ticks(dice, style);
            steps.push(Step::Run(duration(dice, style), ticks));
        }
        if dice.percent(style.drains) {
            let place = usize::try_from(dice.below(lines.len() as u64)).unwrap_or(0);
            steps.push(Step::Drain(place));
        }
        let clock = match number {
            0 if style.right => Clock::Right,
            0 => clock(dice),
            _ if dice.percent(style.clocks) => clock(dice),
            _ => Clock::GoesOn,
        };
        let off = dice.pick(&[0, 1, 60, 3600, 8 * 3600, DAY]);
        let uptime = dice.pick(&[0, 0, 0, 5, 3000, 200 * DAY, 1 << 40]);
        boots.push(Boot { off, uptime, clock, cut: cut(dice, style.cuts), steps });
    }
    let interval = if dice.percent(1) { 60 } else { dice.pick(&[900, 3600, 7200, 4 * 3600]) };
    History { begin: u64::from(TODAY) * DAY + dice.below(DAY), interval, small: true, lines, boots }
}

/// A history of everything, for the comparison with the model.
pub fn everything(dice: &mut Dice) -> History {
    let style = Style { length: dice.pick(&[0, 1, 1, 3]), ..style(dice) };
    let mut lines = Vec::new();
    for _ in 0..dice.range(1, 8) {
        let feature = dice.pick(&[0, 0, 1, 2, 3, 4, 4, 4, 5, 6, 7, 8]);
        let mut spec = line(dice, feature, &LicenseType::ALL, TODAY);
        if feature == 4 && dice.percent(70) {
            spec.license_type = LicenseType::Permanent;
            (spec.units, spec.additive) = (dice.range(1, 6), dice.percent(50));
        }
        spec.version = dice.pick(&[1, 2]);
        spec.eula = dice.percent(20);
        lines.push(spec);
    }
    let place = |dice: &mut Dice| usize::try_from(dice.below(lines.len() as u64)).unwrap_or(0);
    let mut boots = Vec::new();
    for number in 0..dice.range(1, 12) {
        let mut steps = Vec::new();
        for _ in 0..dice.range(1, 10) {
            let at = place(dice);
            let feature = lines[at].feature;
            steps.push(match dice.below(24) {
                0..=3 => Step::Install(at),
                4 => Step::Clear(at),
                5 if dice.percent(30) => Step::Revoke(at),
                6..=8 => Step::Activate(feature),
                9 => Step::Deactivate(feature),
                10 => Step::Acquire(feature, dice.range(1, 4)),
                11 => Step::Release,
                12 => Step::Accept(feature),
                13 => Step::Priority(at, dice.pick(&[0, 1, 3])),
                14 if dice.percent(u64::from(style.repairs > 0) * 20) => Step::RepairClock,
                15 if dice.percent(style.clocks) => Step::Set(clock(dice)),
                16 => Step::Tick,
                _ => Step::Run(duration(dice, style), ticks(dice, style)),
            });
        }
        let clock = match number {
            0 if style.right => Clock::Right,
            0 => clock(dice),
            _ if dice.percent(style.clocks / 2) => clock(dice),
            _ => Clock::GoesOn,
        };
        let off = dice.pick(&[0, 1, 60, 3600, 8 * 3600, DAY]);
        let uptime = dice.pick(&[0, 0, 0, 5, 3000, 200 * DAY, 1 << 40]);
        boots.push(Boot { off, uptime, clock, cut: cut(dice, style.cuts / 2), steps });
    }
    let begin = u64::from(TODAY) * DAY + dice.below(DAY);
    History { begin, interval: dice.pick(&[900, 900, 3600]), small: false, lines, boots }
}
