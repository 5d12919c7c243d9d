//! The scenario in the lab, with all that belongs to a world: steps, oracle, ledgers, periodic job, evidence.

use crate::{PATIENCE_MS, World};
use lab::engine::network::Latency;
use lab::flow::Code;
use lab::language::schedule::Schedule;
use lab::prelude::*;
use lab::run::replay;
use lab::setup::Setup;
use std::time::Duration;

struct WithoutDatabase(Shop);

impl OrderFlow for WithoutDatabase {
    fn start(shop: Shop) -> Self {
        WithoutDatabase(shop)
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let charge = self.0.payment.charge(ChargeRequest::of(order), None);
        match tokio::time::timeout(Duration::from_millis(PATIENCE_MS), charge).await {
            Ok(Ok(_)) => Ok(Answer::Confirmed),
            _ => Ok(Answer::Cancelled),
        }
    }
}

struct WithDatabase(Shop);

impl OrderFlow for WithDatabase {
    fn start(shop: Shop) -> Self {
        WithDatabase(shop)
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let db = &self.0.db;
        let tx = db.begin().await?;
        tx.execute(super::plain_sql::INSERT, params![order.id, order.amount])
            .await?;
        tx.commit().await?;
        let charge = self.0.payment.charge(ChargeRequest::of(order), None);
        let paid = tokio::time::timeout(Duration::from_millis(PATIENCE_MS), charge).await;
        let (status, answer) = match paid {
            Ok(Ok(_)) => ("confirmed", Answer::Confirmed),
            _ => ("cancelled", Answer::Cancelled),
        };
        let tx = db.begin().await?;
        tx.execute(super::plain_sql::UPDATE, params![order.id, status])
            .await?;
        tx.commit().await?;
        Ok(answer)
    }

    async fn recover(&self) -> Result<(), Failure> {
        self.0.db.query(super::plain_sql::OPEN, params![]).await?;
        Ok(())
    }
}

fn setup(seed: u64) -> Setup {
    Setup::new().seed(seed).latency(Latency {
        spread: Ms(2_000),
        ..Latency::default()
    })
}

/// Runs one world without a database, to its last message: the horizon is 10 s.
pub fn world(number: u64) -> World {
    let code = Code::of::<WithoutDatabase>("without a database");
    let setup = setup(number).horizon(Ms::seconds(10));
    let run = replay(&setup, code, &Schedule::CALM);
    World {
        confirmed: run.evidence.submissions[0].answer() == Some(Answer::Confirmed),
        trace: run.evidence.trace.entries,
    }
}

/// Runs one world without a database, over the full twelve hours with their eleven periodic jobs.
pub fn world_of_twelve_hours(number: u64) -> World {
    let code = Code::of::<WithoutDatabase>("without a database");
    let run = replay(&setup(number), code, &Schedule::CALM);
    World {
        confirmed: run.evidence.submissions[0].answer() == Some(Answer::Confirmed),
        trace: run.evidence.trace.entries,
    }
}

/// Runs one world with a database, over the full twelve hours with their eleven periodic jobs.
pub fn world_with_database(number: u64) -> World {
    let code = Code::of::<WithDatabase>("with a database");
    let setup = setup(number).schema(super::plain_sql::SCHEMA);
    let run = replay(&setup, code, &Schedule::CALM);
    World {
        confirmed: run.evidence.submissions[0].answer() == Some(Answer::Confirmed),
        trace: run.evidence.trace.entries,
    }
}
