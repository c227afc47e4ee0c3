//! Statements of one effect, in order.

use crate::decide::index::Index;
use crate::decide::request::Request;
use crate::decide::statement::Statement;

/// Fewer statements than this are tried in turn, which is quicker than asking an index.
const INDEXED_FROM: usize = 6;

#[derive(Clone, Debug)]
pub(super) struct Group {
    chunks: Box<[Chunk]>,
}

/// So many statements as one index serves.
#[derive(Clone, Debug)]
struct Chunk {
    /// Each with its place in the policy.
    statements: Box<[(usize, Statement)]>,
    index: Option<Index>,
}

impl Group {
    pub(super) fn new(statements: impl Iterator<Item = (usize, Statement)>) -> Self {
        let mut rest: Vec<(usize, Statement)> = statements.collect();
        let mut chunks = Vec::new();
        while !rest.is_empty() {
            let later = rest.split_off(rest.len().min(Index::CAPACITY));
            let index =
                (rest.len() >= INDEXED_FROM).then(|| Index::new(rest.iter().map(|(_, statement)| statement)));
            chunks.push(Chunk { statements: rest.into(), index });
            rest = later;
        }
        Self { chunks: chunks.into() }
    }

    /// The place of the first statement that applies.
    #[inline]
    pub(super) fn first(&self, request: &Request<'_>) -> Option<usize> {
        self.chunks.iter().find_map(|chunk| chunk.first(request))
    }
}

impl Chunk {
    #[inline]
    fn first(&self, request: &Request<'_>) -> Option<usize> {
        let applying =
            |(place, statement): &(usize, Statement)| statement.applies_to(request).then_some(*place);
        match &self.index {
            None => self.statements.iter().find_map(applying),
            Some(index) => {
                index.candidates(request).iter().find_map(|at| self.statements.get(at).and_then(applying))
            }
        }
    }
}
