//! What the operations of one person ought to be.

use std::collections::BTreeMap;

use roleready_shared::operation::State;
use roleready_shared::operation::claim::Claim;
use uuid::Uuid;

/// An operation as it ought to be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct Expected {
    pub state: State,
    pub fence: i64,
    pub attempt: i32,
    pub events: i64,
    pub cancel_requested: bool,
    /// It may not be claimed yet.
    pub later: bool,
    pub pushed: bool,
    pub resumes: usize,
    pub refunded: bool,
}

/// What the world ought to look like.
#[derive(Default)]
pub struct Expectation {
    pub operations: BTreeMap<Uuid, Expected>,
    /// Every claim that anybody ever got, most of them stale.
    pub claims: Vec<Claim>,
    pub paused: bool,
}

impl Expectation {
    pub fn operation(&self, index: usize) -> Option<Uuid> {
        let count = self.operations.len();
        (count > 0).then(|| *self.operations.keys().nth(index % count).unwrap())
    }

    pub fn claim(&self, index: usize) -> Option<Claim> {
        let count = self.claims.len();
        // The newest first, because the oldest are mostly stale.
        (count > 0).then(|| self.claims[count - 1 - index % count])
    }

    /// The operation, if this claim still holds it.
    pub fn held(&mut self, claim: Claim) -> Option<&mut Expected> {
        let expected = self.operations.get_mut(&claim.operation_id).unwrap();
        (expected.state == State::Running && expected.fence == claim.fence).then_some(expected)
    }

    /// What waits is in the queue no more, and will be put in again.
    pub fn recall(&mut self) {
        for expected in self.operations.values_mut() {
            expected.pushed &= expected.state != State::Queued;
        }
    }

    pub fn used(&self) -> usize {
        self.operations.values().filter(|expected| !expected.refunded).count()
    }

    pub fn waiting(&self) -> usize {
        self.operations.values().filter(|expected| expected.state == State::Queued).count()
    }
}

impl Expected {
    pub fn end(&mut self, state: State) {
        self.state = state;
        self.events += 1;
    }

    pub fn back(&mut self) {
        self.end(State::Queued);
        self.pushed = false;
    }

    pub fn claimable(&self) -> bool {
        self.state == State::Queued && !self.later
    }
}
