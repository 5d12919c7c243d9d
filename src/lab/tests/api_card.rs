//! The code on the API card, run. `docs/en/api-card.md` and `docs/ja/api-card.md` quote it.

use lab::engine::trace::{Entry, Event};
use lab::flow::Code;
use lab::language::schedule::Schedule;
use lab::prelude::*;
use lab::run::replay;
use lab::services::{PaymentRules, RefundsSettle};
use lab::setup::Setup;
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_millis(700);

// [order_of]
/// An order again, from its row.
fn order_of(row: &Row) -> Order {
    Order {
        id: row.get("id"),
        customer: row.get("customer"),
        sku: row.get("sku"),
        quantity: row.get("quantity"),
        amount: row.get("amount"),
    }
}
// [/order_of]

// [give_back]
/// Gives all of it back. The key has a name of its own, since the call borrows it for as long as it runs.
async fn give_back(shop: &Shop, charge: &Charge) -> Result<Yen, Failure> {
    let key = shop.new_key();
    let back = shop.payment.refund(charge, charge.amount, &key);
    Ok(timeout(PATIENCE, back).await??)
}
// [/give_back]

// [refund_status]
/// What has become of the refund under this key; `None` if the provider has not seen it so far.
async fn refund_status(
    shop: &Shop,
    charge_key: &Key,
    undo_key: &Key,
) -> Result<Option<RefundStatus>, Failure> {
    let charges = shop.payment.find(By::Key(charge_key.clone()));
    let charges = timeout(PATIENCE, charges).await??;
    let mut refunds = charges.iter().flat_map(|charge| &charge.refunds);
    let own = refunds.find(|refund| refund.key == *undo_key);
    Ok(own.map(|refund| refund.status))
}
// [/refund_status]

/// Charges, reads the order back from its row, charges that once more under the same key, and gives the money back.
struct ThereAndBack {
    shop: Shop,
}

impl OrderFlow for ThereAndBack {
    fn start(shop: Shop) -> Self {
        ThereAndBack { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let key = self.shop.new_key();
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let insert = "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, 'cancelled')";
        let values = params![id, customer, sku, quantity, amount];
        db.execute(insert, values).await?;
        let row = &db.query("SELECT * FROM orders", params![]).await?[0];
        let again = order_of(row);
        assert_eq!(again, *order);
        payment.charge(ChargeRequest::of(order), Some(&key)).await?;
        let charge = payment
            .charge(ChargeRequest::of(&again), Some(&key))
            .await?;
        assert_eq!(give_back(&self.shop, &charge).await?, *amount);
        let charges = payment.find(By::Key(key.clone())).await?;
        let undo_key = &charges[0].refunds[0].key;
        assert_eq!(
            refund_status(&self.shop, &key, undo_key).await?,
            Some(RefundStatus::Pending)
        );
        assert_eq!(refund_status(&self.shop, &key, &key).await?, None);
        Ok(Answer::Cancelled)
    }

    // [on_refund]
    /// `refund` has its `id`, `charge` and `order` (each a `Name`), and `amount`, `key` and `status`.
    async fn on_refund(&self, news: &RefundNews) -> Result<(), Failure> {
        let RefundNews { event, refund, .. } = news;
        let note = "INSERT OR IGNORE INTO news (event, order_id, how) VALUES (?1, ?2, ?3)";
        let how = match refund.status {
            RefundStatus::Succeeded => "the money is back",
            RefundStatus::Failed => "owed again",
            RefundStatus::Pending => "on its way",
        };
        let values = params![event, refund.order.as_str(), how];
        self.shop.db.execute(note, values).await?;
        Ok(())
    }
    // [/on_refund]
}

#[test]
fn an_order_is_rebuilt_from_its_row_and_its_money_given_back() {
    let setup = Setup::new()
        .schema(
            "CREATE TABLE orders (id TEXT PRIMARY KEY, customer TEXT, sku TEXT, quantity INTEGER, amount INTEGER,
             status TEXT) STRICT;
             CREATE TABLE news (event TEXT PRIMARY KEY, order_id TEXT, how TEXT) STRICT;",
        )
        .payment(PaymentRules {
            refunds: Some(RefundsSettle {
                after: Ms::minutes(5),
                failing: 0,
            }),
            tells_of_refunds: true,
            ..PaymentRules::default()
        })
        .orders([(Ms::ZERO, Order::new("order1", Yen(1_200)))]);
    let code = Code::of::<ThereAndBack>("there and back");
    let evidence = replay(&setup, code, &Schedule::CALM).evidence;
    assert_eq!(evidence.halt, None);
    let [charge] = evidence.charges.as_slice() else {
        panic!("one charge, not {:?}", evidence.charges);
    };
    assert_eq!((charge.refunded, charge.kept()), (Yen(1_200), Yen(0)));
    let noted = |entry: &&Entry| matches!(&entry.event, Event::Sql { label, .. } if label.as_str().contains("news"));
    assert_eq!(evidence.trace.entries.iter().filter(noted).count(), 1);
}

/// The place of an error in the list below: a new one does not compile until it is told.
fn place(error: CallError) -> usize {
    match error {
        CallError::ConnectionRefused => 0,
        CallError::ServerError => 1,
        CallError::Declined => 2,
        CallError::InFlight => 3,
        CallError::KeyReused => 4,
        CallError::Undone => 5,
        CallError::NotFound => 6,
        CallError::TooLate => 7,
        CallError::Locked => 8,
        CallError::Invalid => 9,
    }
}

#[test]
fn the_card_tells_what_every_error_leaves_open() {
    let errors = [
        CallError::ConnectionRefused,
        CallError::ServerError,
        CallError::Declined,
        CallError::InFlight,
        CallError::KeyReused,
        CallError::Undone,
        CallError::NotFound,
        CallError::TooLate,
        CallError::Locked,
        CallError::Invalid,
    ];
    let cards = [
        include_str!("../../../docs/en/api-card.md"),
        include_str!("../../../docs/ja/api-card.md"),
    ];
    for card in cards {
        let rows = card.lines().filter(|line| line.starts_with("| `"));
        let first = rows.filter_map(|row| row.split('|').nth(1));
        let told: String = first.collect();
        for (n, error) in errors.into_iter().enumerate() {
            assert_eq!(place(error), n);
            assert!(told.contains(&format!("`{error:?}`")), "{error:?}");
        }
    }
}
