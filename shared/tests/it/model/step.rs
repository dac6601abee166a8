//! What people, workers and admins may do.

use proptest::prelude::*;
use roleready_shared::operation::failure::FailureCode;

const WORKERS: usize = 3;

/// One thing that somebody does. Indices wrap around what there is.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Submit,
    Claim {
        worker: usize,
        operation: usize,
    },
    Renew {
        claim: usize,
    },
    Enter {
        claim: usize,
    },
    Finish {
        claim: usize,
    },
    Fail {
        claim: usize,
        code: FailureCode,
    },
    EndCanceled {
        claim: usize,
    },
    Stop {
        claim: usize,
    },
    RetryLater {
        claim: usize,
    },
    Cancel {
        operation: usize,
    },
    /// Every lease runs out and is taken back.
    Expire,
    Pause,
    Resume,
    Push,
}

pub fn step() -> impl Strategy<Value = Step> {
    let any_claim = 0..12_usize;
    let codes = [FailureCode::Internal, FailureCode::PostingWithoutRequirements];
    prop_oneof![
        3 => Just(Step::Submit),
        6 => (0..WORKERS, 0..12_usize)
            .prop_map(|(worker, operation)| Step::Claim { worker, operation }),
        2 => any_claim.clone().prop_map(|claim| Step::Renew { claim }),
        2 => any_claim.clone().prop_map(|claim| Step::Enter { claim }),
        3 => any_claim.clone().prop_map(|claim| Step::Finish { claim }),
        2 => (any_claim.clone(), prop::sample::select(codes.to_vec()))
            .prop_map(|(claim, code)| Step::Fail { claim, code }),
        1 => any_claim.clone().prop_map(|claim| Step::EndCanceled { claim }),
        2 => any_claim.clone().prop_map(|claim| Step::Stop { claim }),
        1 => any_claim.prop_map(|claim| Step::RetryLater { claim }),
        2 => (0..12_usize).prop_map(|operation| Step::Cancel { operation }),
        2 => Just(Step::Expire),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        2 => Just(Step::Push),
    ]
}
