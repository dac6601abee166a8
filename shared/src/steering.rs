//! What an admin does to the queue: the change in the database, then word of it to every process.

use sea_orm::DbErr;
use uuid::Uuid;

use crate::audit::Mandate;
use crate::dispatch::Dispatch;
use crate::events::{Events, Signal};
use crate::operation::control::Cancel;
use crate::operation::repair::{Change, Place};
use crate::operation::steer::Mode;
use crate::operation::{Kind, Operations};

#[derive(Clone)]
pub struct Steering {
    operations: Operations,
    dispatch: Dispatch,
    events: Events,
}

impl Steering {
    pub fn new(operations: Operations, dispatch: Dispatch, events: Events) -> Self {
        Self { operations, dispatch, events }
    }

    /// Every process obeys at its next claim. `false`: the mode was this one already.
    pub async fn steer(&self, mandate: &Mandate, kind: Kind, mode: Mode) -> Result<bool, DbErr> {
        let changed = self.operations.steer(mandate, kind, mode).await?;
        self.dispatch.wake();
        Ok(changed)
    }

    /// How many failed operations of the kind were brought back.
    pub async fn retry_failed(
        &self,
        mandate: &Mandate,
        kind: Kind,
        limit: u64,
    ) -> Result<u64, DbErr> {
        let retried = self.operations.retry_failed(mandate, kind, limit).await?;
        for id in &retried {
            self.dispatch.moved(*id);
        }
        Ok(retried.len() as u64)
    }

    pub async fn retry(&self, mandate: &Mandate, id: Uuid) -> Result<Change, DbErr> {
        let change = self.operations.retry(mandate, id).await?;
        self.tell(id, &change);
        Ok(change)
    }

    pub async fn reprioritize(
        &self,
        mandate: &Mandate,
        id: Uuid,
        place: Place,
    ) -> Result<Change, DbErr> {
        let change = self.operations.reprioritize(mandate, id, place).await?;
        self.tell(id, &change);
        Ok(change)
    }

    pub async fn remove(&self, mandate: &Mandate, id: Uuid) -> Result<Change, DbErr> {
        self.operations.remove(mandate, id).await
    }

    pub async fn cancel(&self, mandate: &Mandate, id: Uuid) -> Result<Cancel, DbErr> {
        let outcome = self.operations.cancel_for(mandate, id).await?;
        match &outcome {
            Cancel::Canceled(_) => self.dispatch.moved(id),
            Cancel::Requested(_) => self.events.publish(Signal::Cancel(id)),
            Cancel::Ended(_) | Cancel::NotFound => {}
        }
        Ok(outcome)
    }

    fn tell(&self, id: Uuid, change: &Change) {
        match change {
            Change::Made(_) => self.dispatch.moved(id),
            Change::Refused(_) | Change::NotFound => {}
        }
    }
}
