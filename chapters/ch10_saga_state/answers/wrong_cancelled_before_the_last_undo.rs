//! Write `cancelled` as soon as nothing can go wrong any more, and then give the money back.
//!
//! **Why it tempts**: the goods are on the shelf again, the direction is stored, and the void cannot be refused. The
//! customer should not have to wait for the bank.
//!
//! **Caught by**: `accidents::cancelled_is_the_last_thing_to_be_written`, charged without an order.
//!
//! **Schedule**: `order1/payment.void#1: request lost`
//!
//! **World**: `undeliverable`
//!
//! "Cannot be refused" is not "is done". The void gets lost, the order is final, and a final order is one that nobody
//! looks at again.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

/// What may be under way for an order. It is in our books before the request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Charging,
    Reserving,
    Holding,
    Shipping,
    Confirmed,
    Releasing,
    Voiding,
    Cancelled,
}

/// What we have heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Done,
    /// A final no: it has not happened, and never will.
    No,
    /// Silence, a 500, nobody at the door, somebody else is asking just now: it may have happened, or happen yet.
    Nothing,
}

use Heard::{Done, No, Nothing};
use State::*;

/// From which state, after hearing what, to which. Whatever is not in here changes nothing.
const TABLE: [(State, Heard, State); 10] = [
    (Charging, Done, Reserving),
    (Charging, No, Cancelled),
    (Reserving, Done, Holding),
    (Reserving, No, Voiding),
    (Holding, Done, Shipping),
    (Holding, No, Releasing),
    (Shipping, Done, Confirmed),
    (Shipping, No, Releasing),
    (Releasing, Done, Voiding),
    (Voiding, Done, Cancelled),
];

/// Where this leads; `None` if we stay.
fn next(state: State, heard: Heard) -> Option<State> {
    let mut rows = TABLE.iter();
    rows.find(|(from, when, _)| (*from, *when) == (state, heard))
        .map(|(_, _, to)| *to)
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let intent = "INSERT OR IGNORE INTO orders (id, customer, sku, quantity, amount, status,
                          version, charge_key, reserve_key, ship_key)
                      VALUES (?1, ?2, ?3, ?4, ?5, 'charging', 1, ?6, ?7, ?8)";
        let [charge, hold, parcel] = [(); 3].map(|()| self.shop.new_key());
        let values = params![id, customer, sku, quantity, amount, charge, hold, parcel];
        self.shop.db.execute(intent, values).await?;
        self.advance(order).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT * FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            // One that is stuck keeps nobody else waiting.
            if let Err(Failure(why)) = self.advance(&order_of(&row)).await {
                self.shop.log(format!("{}: {why}", row.get::<String>("id")));
            }
        }
        Ok(())
    }
}

impl Checkout {
    /// Takes an order as far as it gets: does what the state says, listens, and looks up where that leads.
    async fn advance(&self, order: &Order) -> Result<Answer, Failure> {
        loop {
            let saga = self.read(&order.id).await?;
            match saga.state {
                Confirmed => return Ok(Answer::Confirmed),
                Cancelled => return Ok(Answer::Cancelled),
                Charging | Reserving | Holding | Shipping | Releasing | Voiding => {}
            }
            let heard = self.act(order, &saga).await;
            match next(saga.state, heard) {
                Some(Voiding) => {
                    self.turn(order, &saga, Cancelled).await?;
                    self.give_back(order, &saga).await;
                }
                Some(to) => self.turn(order, &saga, to).await?,
                None => return Ok(Answer::Pending),
            }
        }
    }

    /// Each request has one key for ever, so whoever asks, however often, it is one request.
    async fn act(&self, order: &Order, saga: &Saga) -> Heard {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        let Saga {
            charge,
            hold,
            parcel,
            ..
        } = saga;
        match saga.state {
            Charging => hear(payment.charge(ChargeRequest::of(order), Some(charge))).await,
            Reserving => hear(inventory.reserve(order, hold)).await,
            Holding => hear(inventory.confirm(hold)).await,
            Shipping => hear(shipping.request(order, Some(parcel))).await,
            Releasing => hear(inventory.release(hold)).await,
            Voiding => hear(payment.void(charge)).await,
            Confirmed | Cancelled => Nothing,
        }
    }

    /// Of all who have read this version, one may write. The others have been overtaken: they look again.
    async fn turn(&self, order: &Order, saga: &Saga, to: State) -> Result<(), Failure> {
        let turn = "UPDATE orders SET status = ?3, version = version + 1
                    WHERE id = ?1 AND version = ?2";
        let values = params![order.id, saga.version, to.word()];
        if self.shop.db.execute(turn, values).await? == 1 {
            self.shop.log(format!("📒 {}: {}", order.id, to.word()));
        } else {
            self.shop.log(format!("⏭️ {}: overtaken", order.id));
        }
        Ok(())
    }

    /// All of the money goes back.
    async fn give_back(&self, order: &Order, saga: &Saga) {
        if hear(self.shop.payment.void(&saga.charge)).await != Done {
            self.shop.log(format!("⚠️ {}: not voided", order.id));
        }
    }

    async fn read(&self, id: &str) -> Result<Saga, Failure> {
        let row = "SELECT * FROM orders WHERE id = ?1";
        let rows = self.shop.db.query(row, params![id]).await?;
        let row = &rows[0];
        Ok(Saga {
            state: State::of(&row.get::<String>("status")),
            version: row.get("version"),
            charge: row.get("charge_key"),
            hold: row.get("reserve_key"),
            parcel: row.get("ship_key"),
        })
    }
}

/// An order's row, as far as it tells how the saga stands.
struct Saga {
    state: State,
    version: u32,
    charge: Key,
    hold: Key,
    parcel: Key,
}

impl State {
    const ALL: [State; 8] = [
        Charging, Reserving, Holding, Shipping, Confirmed, Releasing, Voiding, Cancelled,
    ];

    /// How it stands in our books.
    fn word(self) -> &'static str {
        match self {
            Charging => "charging",
            Reserving => "reserving",
            Holding => "holding",
            Shipping => "shipping",
            Confirmed => "confirmed",
            Releasing => "releasing",
            Voiding => "voiding",
            Cancelled => "cancelled",
        }
    }

    fn of(word: &str) -> State {
        let mut states = State::ALL.into_iter();
        states
            .find(|state| state.word() == word)
            .expect("no other word is ever written")
    }
}

/// What an answer means, whatever it is about.
async fn hear<T>(call: impl Future<Output = Result<T, CallError>>) -> Heard {
    match timeout(PATIENCE, call).await {
        Ok(Ok(_)) => Done,
        // The bank, the warehouse or the shipper says no; or the hold has lapsed.
        Ok(Err(CallError::Declined | CallError::NotFound)) => No,
        Ok(Err(_)) | Err(_) => Nothing,
    }
}

fn order_of(row: &Row) -> Order {
    Order {
        id: row.get("id"),
        customer: row.get("customer"),
        sku: row.get("sku"),
        quantity: row.get("quantity"),
        amount: row.get("amount"),
    }
}
