//! Statements that others take in.

use super::Checker;
use super::covers::{Extent, is_everybody};
use super::subject::Subject;
use crate::{Effect, Location, rules};

impl Checker<'_, '_> {
    pub(super) fn shadows(&mut self, subjects: &[Subject<'_>]) {
        if subjects.len() < 2 || !self.may_work(subjects.len()) {
            return;
        }
        let extents: Vec<Extent<'_, '_>> = subjects.iter().filter_map(Extent::new).collect();
        for inner in &extents {
            let at = inner.subject.index;
            for outer in extents.iter().filter(|outer| outer.subject.index != at) {
                let (number, of_outer) = (outer.subject.index, outer.subject.statement.effect());
                let of_inner = inner.subject.statement.effect();
                // Of two that say the same the second is too many.
                let may_be_same = of_outer == of_inner && number > at;
                let work = outer.work(inner).saturating_add(if may_be_same { inner.work(outer) } else { 0 });
                if self.problems.is_full() || !self.may_work(work) {
                    return;
                }
                let denies_allowed = of_outer == Effect::Deny && of_inner == Effect::Allow;
                let says_more = of_outer == of_inner && !(may_be_same && inner.takes_in(outer));
                if !(denies_allowed || says_more) || self.spares_owner(outer, inner) || !outer.takes_in(inner)
                {
                    continue;
                }
                if denies_allowed {
                    let message = format!(
                        "`$.Statement[{number}]` denies all that this allows, and a denial always wins; remove one of them"
                    );
                    self.report(Location::Statement(at), &rules::ALLOW_SHADOWED, message);
                } else {
                    let message =
                        format!("`$.Statement[{number}]` says all of this already; remove this one");
                    self.report(Location::Statement(at), &rules::STATEMENT_COVERED, message);
                }
                break;
            }
        }
    }

    /// To OSS, a statement about everybody without a condition is not about the owner of the bucket; with one it is.
    fn spares_owner(&self, outer: &Extent<'_, '_>, inner: &Extent<'_, '_>) -> bool {
        let about_everybody =
            |extent: &Extent<'_, '_>| extent.subject.statement.principal().is_some_and(is_everybody);
        self.kind.is_of_oss()
            && about_everybody(outer)
            && !outer.subject.is_conditional()
            && (!about_everybody(inner) || inner.subject.is_conditional())
    }
}
