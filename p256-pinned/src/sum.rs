//! The sum u1 G + u2 Q of a signature: with tables for both points, or without one for Q. The doublings
//! are shared.

use crate::comb::Table;
use crate::point::{Affine, Point};
use crate::words::{self, Words};

/// Whether the sum of two multiples has an x that is r modulo n: each is given by the
/// [digits](crate::scalar::make_digits) of the factor and the table of the point. `None` only for
/// tables that `Table` does not let pass.
// Apart, so that its stack frame does not stand on what came before.
#[inline(never)]
pub(crate) fn of_tables_has_x(terms: [(&Words, &Table<'_>); 2], r: &Words) -> Option<bool> {
    let columns = terms.iter().map(|(_, table)| table.columns()).max()?;
    has_x(columns, r, |sum, point, column| {
        for (digits, table) in &terms {
            add_column(sum, point, digits, table, column)?;
        }
        Some(())
    })
}

/// The same with a factor k and a point that has no table.
#[inline(never)]
pub(crate) fn with_point_has_x(
    (digits, generator): (&Words, &Table<'_>),
    (k, point): (&Words, &Affine),
    r: &Words,
) -> Option<bool> {
    // The digits of k in non-adjacent form, of which one in three is not zero: the differences between the
    // bits of 3 k / 2 and k / 2.
    let mut halves = *k;
    words::halve(&mut halves, false);
    let mut three_halves = halves;
    let highest = words::increase(&mut three_halves, k);
    has_x(257, r, |sum, to_add, column| {
        let plus = if column == 256 { highest } else { words::bit(&three_halves, column) == 1 };
        let minus = words::bit(&halves, column) == 1;
        if plus != minus {
            *to_add = *point;
            if minus {
                to_add.y.negate();
            }
            sum.add(to_add);
        }
        add_column(sum, to_add, digits, generator, column)
    })
}

/// Goes through the columns from the highest on, doubling the sum, and asks what is added in each.
#[inline(always)]
fn has_x(
    columns: usize,
    r: &Words,
    mut add: impl FnMut(&mut Point, &mut Affine, usize) -> Option<()>,
) -> Option<bool> {
    let (mut sum, mut point) = (Point::INFINITY, Affine::NONE);
    for column in (0..columns).rev() {
        add(&mut sum, &mut point, column)?;
        if column > 0 {
            sum.double();
        }
    }
    Some(sum.has_x(r))
}

/// Adds what a table has for a column, if it has so many; `point` is room for it.
#[inline]
fn add_column(
    sum: &mut Point,
    point: &mut Affine,
    digits: &Words,
    table: &Table<'_>,
    column: usize,
) -> Option<()> {
    if column < table.columns() {
        table.load(point, digits, column)?;
        sum.add(point);
    }
    Some(())
}
