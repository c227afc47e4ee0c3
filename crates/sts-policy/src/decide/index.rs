//! Which statements of many can apply at all.
//!
//! A statement about actions without wildcards is found by the action. One whose resource patterns hold at least eight
//! literal bytes in a row is found by eight of them: of all such windows, the one that the fewest statements have. A request
//! looks up its action once and every window of its resource; whatever statement is found, and every one that neither way
//! leads to, is a candidate and looked at in full. So the index may name too many, by equal hashes for one, and never too few.

use crate::Pattern;
use crate::decide::request::Request;
use crate::decide::statement::Statement;

/// Literal bytes that find a resource.
const WINDOW: usize = 8;

#[derive(Clone, Debug)]
pub(super) struct Index {
    always: Candidates,
    by_action: Table,
    by_window: Table,
}

impl Index {
    /// Statements that one index holds at most.
    pub(super) const CAPACITY: usize = Candidates::WORDS * 64;

    /// An index of at most [`CAPACITY`](Self::CAPACITY) statements.
    pub(super) fn new<'a>(statements: impl Iterator<Item = &'a Statement> + Clone) -> Self {
        let (mut actions, mut windows) = (Counts::new(), Counts::new());
        for statement in statements.clone() {
            literal_actions(statement).into_iter().flatten().for_each(|key| actions.add(key));
            statement.resources().into_iter().flatten().flat_map(windows_of).for_each(|key| windows.add(key));
        }
        let mut always = Candidates::default();
        let (mut by_action, mut by_window) = (Vec::new(), Vec::new());
        for (at, statement) in statements.enumerate() {
            let by_actions = literal_actions(statement);
            let by_windows = rarest_windows(statement, &windows);
            // What a way costs: the statements that a request finds by it in vain.
            let cost = |keys: &Option<Vec<u64>>, counts: &Counts| {
                keys.as_ref().map_or(usize::MAX, |keys| keys.iter().map(|key| counts.of(*key)).sum())
            };
            let is_window_better = cost(&by_windows, &windows) < cost(&by_actions, &actions);
            match (by_actions, by_windows) {
                (_, Some(keys)) if is_window_better => {
                    by_window.extend(keys.into_iter().map(|key| (key, at)))
                }
                (Some(keys), _) => by_action.extend(keys.into_iter().map(|key| (key, at))),
                _ => always.add(at),
            }
        }
        Self { always, by_action: Table::new(by_action), by_window: Table::new(by_window) }
    }

    #[inline]
    pub(super) fn candidates(&self, request: &Request<'_>) -> Candidates {
        let mut found = self.always;
        self.by_action.look_up(request.action_key, &mut found);
        if !self.by_window.is_empty() {
            for window in request.resource.as_bytes().windows(WINDOW) {
                self.by_window.look_up(key_of_window(window), &mut found);
            }
        }
        found
    }
}

/// Spreads the bits of a key; odd, and without a pattern (the golden ratio).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The key of an action in lower case.
pub(super) fn key_of_action(action: &[u8]) -> u64 {
    action.iter().fold(0, |key: u64, byte| (key.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(SPREAD))
}

#[inline]
fn key_of_window(window: &[u8]) -> u64 {
    <[u8; WINDOW]>::try_from(window).map_or(0, u64::from_le_bytes)
}

/// The keys of a statement's actions, where none has a wildcard.
fn literal_actions(statement: &Statement) -> Option<Vec<u64>> {
    statement.actions()?.iter().map(|action| action.literal().map(key_of_action)).collect()
}

/// The keys of all windows of a pattern.
fn windows_of(pattern: &Pattern) -> impl Iterator<Item = u64> {
    pattern.stretches().flat_map(|stretch| stretch.windows(WINDOW).map(key_of_window))
}

/// For each of a statement's resources its rarest window, where each has one.
fn rarest_windows(statement: &Statement, counts: &Counts) -> Option<Vec<u64>> {
    statement
        .resources()?
        .iter()
        .map(|pattern| windows_of(pattern).min_by_key(|key| counts.of(*key)))
        .collect()
}

/// How often keys occur, about: keys that share a counter are counted together.
struct Counts(Vec<usize>);

impl Counts {
    const BITS: u32 = 12;

    fn new() -> Self {
        Self(vec![0; 1 << Self::BITS])
    }

    fn place(key: u64) -> usize {
        usize::try_from(key.wrapping_mul(SPREAD) >> (u64::BITS - Self::BITS)).unwrap_or_default()
    }

    fn add(&mut self, key: u64) {
        if let Some(count) = self.0.get_mut(Self::place(key)) {
            *count += 1;
        }
    }

    fn of(&self, key: u64) -> usize {
        self.0.get(Self::place(key)).copied().unwrap_or_default()
    }
}

/// A set of statements, by their place among those of the index.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Candidates([u64; Candidates::WORDS]);

impl Candidates {
    const WORDS: usize = 4;

    #[inline]
    fn add(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    #[inline]
    fn merge(&mut self, others: &Self) {
        self.0.iter_mut().zip(&others.0).for_each(|(word, other)| *word |= other);
    }

    /// In ascending order.
    #[inline]
    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(at, mut word)| {
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros();
                word &= word.wrapping_sub(1);
                (bit < u64::BITS).then_some(at * 64 + bit as usize)
            })
        })
    }
}

/// Keys and the statements that each leads to: open addressing, at least three quarters empty.
#[derive(Clone, Debug)]
struct Table {
    /// Apart from what they lead to: nearly all that is looked up is not there, and this is all that it touches. 0 is a
    /// free place; a key of 0 is kept, and looked up, as 1.
    keys: Box<[u64]>,
    statements: Box<[Candidates]>,
    shift: u32,
    is_empty: bool,
}

impl Table {
    fn new(pairs: Vec<(u64, usize)>) -> Self {
        let bits = (pairs.len() * 4).next_power_of_two().trailing_zeros().max(1);
        let mut table = Self {
            keys: vec![0; 1 << bits].into(),
            statements: vec![Candidates::default(); 1 << bits].into(),
            shift: u64::BITS - bits,
            is_empty: pairs.is_empty(),
        };
        for (key, statement) in pairs {
            let place = table
                .places(key)
                .find(|at| table.keys.get(*at).is_none_or(|own| [0, key.max(1)].contains(own)));
            if let Some(at) = place
                && let (Some(own), Some(statements)) = (table.keys.get_mut(at), table.statements.get_mut(at))
            {
                *own = key.max(1);
                statements.add(statement);
            }
        }
        table
    }

    fn is_empty(&self) -> bool {
        self.is_empty
    }

    #[inline]
    fn start(&self, key: u64) -> usize {
        usize::try_from(key.wrapping_mul(SPREAD) >> self.shift).unwrap_or_default()
    }

    /// Where a key may be, best first.
    fn places(&self, key: u64) -> impl Iterator<Item = usize> + use<> {
        let (start, mask) = (self.start(key), self.keys.len() - 1);
        (0..=mask).map(move |step| (start + step) & mask)
    }

    #[inline]
    fn look_up(&self, key: u64, found: &mut Candidates) {
        if self.keys.get(self.start(key)).is_some_and(|own| *own != 0) {
            self.look_further(key, found);
        }
    }

    // Out of the loop over windows, which is to stay small.
    #[inline(never)]
    fn look_further(&self, key: u64, found: &mut Candidates) {
        for at in self.places(key) {
            match self.keys.get(at) {
                Some(own) if *own == key.max(1) => {
                    return self.statements.get(at).into_iter().for_each(|own| found.merge(own));
                }
                Some(0) | None => return,
                Some(_) => {}
            }
        }
    }
}
