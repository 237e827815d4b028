//! Few rows that hold every pair: what goes wrong in a combination nearly always does so for two of its settings,
//! whatever the others are (Kuhn, Wallace & Gallo 2004, doi 10.1109/TSE.2004.24).

use std::collections::BTreeSet;

/// A setting's number and which of its values it has.
pub type Choice = (usize, usize);

/// Two choices of different settings, the smaller one first.
pub type Pair = [Choice; 2];

/// Every pair of settings with so many values each.
pub fn pairs(values: &[usize]) -> impl Iterator<Item = Pair> {
    let choices = move |of: usize| (0..values[of]).map(move |value| (of, value));
    let settings = (0..values.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
    settings.flat_map(move |(a, b)| choices(a).flat_map(move |a| choices(b).map(move |b| [a, b])))
}

/// Rows of values, one for each setting, none of which holds a pair that does not fit, and which together hold all
/// that do. Greedy (Cohen et al. 1997, doi 10.1109/32.605761). The first value of a setting fits whatever fits at all.
pub fn cover(values: &[usize], fits: impl Fn(Pair) -> bool) -> Vec<Vec<usize>> {
    let fitting: BTreeSet<Pair> = pairs(values).filter(|&pair| fits(pair)).collect();
    let mut missing = fitting.clone();
    let mut rows = Vec::new();
    while let Some(&first) = missing.first() {
        let gain = |row: &[Choice], next: Choice| {
            let new = row.iter().filter(|&&other| missing.contains(&pair(other, next)));
            new.count()
        };
        // Of rows that settle the other settings in another order each, the one that holds most of what is missing.
        let candidates = (0..values.len()).map(|begin| {
            let mut row = first.to_vec();
            let mut total = 1;
            for setting in (0..values.len()).map(|i| (begin + i) % values.len()) {
                if row.iter().any(|&(settled, _)| settled == setting) {
                    continue;
                }
                let best = (0..values[setting])
                    .rev()
                    .map(|value| (setting, value))
                    .filter(|&next| row.iter().all(|&other| fitting.contains(&pair(other, next))))
                    .max_by_key(|&next| gain(&row, next))
                    .expect("a first value that fits");
                total += gain(&row, best);
                row.push(best);
            }
            row.sort();
            (total, row)
        });
        let (_, row) = candidates.max_by_key(|(total, _)| *total).expect("settings");
        missing.retain(|[a, b]| !(row.contains(a) && row.contains(b)));
        rows.push(row.into_iter().map(|(_, value)| value).collect());
    }
    rows
}

fn pair(a: Choice, b: Choice) -> Pair {
    if a < b { [a, b] } else { [b, a] }
}

#[test]
fn rows_hold_every_pair_that_fits_and_no_other() {
    let values = [3, 2, 4, 2, 2];
    let fits = |pair: Pair| pair != [(0, 2), (1, 1)] && !pair.contains(&(2, 3));
    let rows = cover(&values, fits);
    let held = |[(a, x), (b, y)]: Pair| rows.iter().any(|row| row[a] == x && row[b] == y);
    for pair in pairs(&values) {
        assert_eq!(held(pair), fits(pair), "{pair:?}");
    }
    assert!(rows.len() < 15, "{rows:?}");
}
