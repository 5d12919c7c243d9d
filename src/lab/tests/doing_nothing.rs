//! Order code that dodges its work must not pass for order code that does it.

use crate::common::{ORDERS, play};
use lab::judge::accident::Accident::{
    self, ALegitimateRequestSwallowed, ConfirmedWithoutPayment, NeverSettled,
};
use lab::judge::verdict::{Verdict, judge};
use lab::prelude::*;
use lab::setup::Setup;

const NOTHING: u8 = 0;
const PENDING: u8 = 1;
const PENDING_WITH_A_ROW: u8 = 2;
const WAITS: u8 = 3;
const REFUSES: u8 = 4;
const FAILS: u8 = 5;
const CONFIRMS: u8 = 6;
const CHARGES_ONLY: u8 = 7;
const WORKS: u8 = 8;
const WORKS_SLOWLY: u8 = 9;

struct Dodges<const HOW: u8> {
    shop: Shop,
}

impl<const HOW: u8> Dodges<HOW> {
    async fn write(&self, order: &Order, status: &str) -> Result<(), Failure> {
        let insert = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, ?3)";
        let params = params![order.id, order.amount, status];
        self.shop.db.execute(insert, params).await?;
        Ok(())
    }

    async fn charge(&self, order: &Order) -> Result<(), Failure> {
        let request = ChargeRequest::of(order);
        self.shop.payment.charge(request, None).await?;
        Ok(())
    }
}

impl<const HOW: u8> OrderFlow for Dodges<HOW> {
    fn start(shop: Shop) -> Self {
        Dodges { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        match HOW {
            NOTHING => return Ok(Answer::Confirmed),
            PENDING => return Ok(Answer::Pending),
            WAITS => std::future::pending().await,
            REFUSES => return Ok(Answer::Cancelled),
            FAILS => return Err(Failure("no".to_owned())),
            PENDING_WITH_A_ROW => {
                self.write(order, "pending").await?;
                return Ok(Answer::Pending);
            }
            CONFIRMS => self.write(order, "confirmed").await?,
            CHARGES_ONLY => self.charge(order).await?,
            WORKS_SLOWLY => tokio::time::sleep(Ms::seconds(11).duration()).await,
            _ => {}
        }
        if matches!(HOW, WORKS | WORKS_SLOWLY) {
            self.charge(order).await?;
            self.write(order, "confirmed").await?;
        }
        Ok(Answer::Confirmed)
    }
}

fn on_a_calm_day<const HOW: u8>() -> Option<Accident> {
    let run = play::<Dodges<HOW>>(&Setup::new().schema(ORDERS), "");
    match judge(&run) {
        None => None,
        Some(Verdict::Accident(finding)) => Some(finding.accident),
        Some(other) => panic!("{}", other.name()),
    }
}

#[test]
fn doing_nothing_is_no_way_out() {
    assert_eq!(
        on_a_calm_day::<NOTHING>(),
        Some(ALegitimateRequestSwallowed)
    );
}

#[test]
fn putting_everybody_off_is_no_way_out() {
    assert_eq!(on_a_calm_day::<PENDING>(), Some(NeverSettled));
    let with_a_row = on_a_calm_day::<PENDING_WITH_A_ROW>();
    assert_eq!(with_a_row, Some(NeverSettled));
}

#[test]
fn waiting_for_ever_is_no_way_out() {
    assert_eq!(on_a_calm_day::<WAITS>(), Some(NeverSettled));
}

#[test]
fn refusing_everything_is_no_way_out() {
    assert_eq!(
        on_a_calm_day::<REFUSES>(),
        Some(ALegitimateRequestSwallowed)
    );
    assert_eq!(on_a_calm_day::<FAILS>(), Some(ALegitimateRequestSwallowed));
}

#[test]
fn confirming_without_the_work_is_no_way_out() {
    assert_eq!(on_a_calm_day::<CONFIRMS>(), Some(ConfirmedWithoutPayment));
    let money_only = on_a_calm_day::<CHARGES_ONLY>();
    assert_eq!(money_only, Some(Accident::ChargedWithoutAnOrder));
}

#[test]
fn doing_the_work_is_the_way_and_doing_it_at_once() {
    assert_eq!(on_a_calm_day::<WORKS>(), None);
    assert_eq!(on_a_calm_day::<WORKS_SLOWLY>(), Some(NeverSettled));
}
