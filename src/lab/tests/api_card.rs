//! The code on the API card, run. `docs/en/api-card.md` and `docs/ja/api-card.md` quote it.

use lab::flow::Code;
use lab::language::schedule::Schedule;
use lab::prelude::*;
use lab::run::replay;
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
        Ok(Answer::Cancelled)
    }
}

#[test]
fn an_order_is_rebuilt_from_its_row_and_its_money_given_back() {
    let setup = Setup::new()
        .schema(
            "CREATE TABLE orders (id TEXT PRIMARY KEY, customer TEXT, sku TEXT, quantity INTEGER, amount INTEGER,
             status TEXT) STRICT;",
        )
        .orders([(Ms::ZERO, Order::new("order1", Yen(1_200)))]);
    let code = Code::of::<ThereAndBack>("there and back");
    let evidence = replay(&setup, code, &Schedule::CALM).evidence;
    assert_eq!(evidence.halt, None);
    let [charge] = evidence.charges.as_slice() else {
        panic!("one charge, not {:?}", evidence.charges);
    };
    assert_eq!((charge.refunded, charge.kept()), (Yen(1_200), Yen(0)));
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
