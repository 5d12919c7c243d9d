//! A shop that does what its customer's name says, word for word: `charge a; insert confirmed; confirmed`.

use lab::flow::Code;
use lab::judge::accident::Accident;
use lab::judge::accident::find;
use lab::judge::evidence::Evidence;
use lab::language::name::Name;
use lab::language::schedule::Schedule;
use lab::prelude::*;
use lab::run::{Run, replay};
use lab::setup::Setup;
use std::time::Duration;
use tokio::time::{sleep, timeout};

const SCHEMA: &str = "
    CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;
    CREATE TABLE history (order_id TEXT PRIMARY KEY) STRICT;
";

struct Script(Shop);

impl OrderFlow for Script {
    fn start(shop: Shop) -> Self {
        Script(shop)
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let mut answer = Answer::Pending;
        for line in order.customer.split("; ") {
            let mut words = line.split(' ');
            let (verb, what) = (words.next(), words.next().unwrap_or_default());
            match verb {
                Some("confirmed") => answer = Answer::Confirmed,
                Some("cancelled") => answer = Answer::Cancelled,
                Some("pending") => answer = Answer::Pending,
                Some(verb) => self.obey(verb, what, order).await?,
                None => {}
            }
        }
        Ok(answer)
    }

    /// A customer whose card is declined later on is charged anew.
    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        if !webhook.captured {
            let order = Order::new(&webhook.order, webhook.amount);
            let key = Key::from("anew");
            let charge = self.0.payment.charge(ChargeRequest::of(&order), Some(&key));
            charge.await?;
        }
        Ok(())
    }

    /// Goes on after a crash.
    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status = 'trying'";
        for row in self.0.db.query(open, params![]).await? {
            let order = Order::new(&row.get::<String>("id"), Yen(1_200));
            let key = self.0.new_key();
            let charge = self.0.payment.charge(ChargeRequest::of(&order), Some(&key));
            charge.await?;
            self.obey("update", "confirmed", &order).await?;
        }
        Ok(())
    }
}

impl Script {
    async fn obey(&self, verb: &str, what: &str, order: &Order) -> Result<(), Failure> {
        let Shop {
            db,
            payment,
            shipping,
            ..
        } = &self.0;
        let key = Key::from(what);
        let charge = || payment.charge(ChargeRequest::of(order), Some(&key));
        match verb {
            "sleep" => sleep(Duration::from_millis(what.parse().expect("ms"))).await,
            // What comes of it is seen in the end.
            "charge" => drop(charge().await),
            "hurry" => drop(timeout(Duration::from_millis(50), charge()).await),
            "find" => drop(payment.find(By::Key(key)).await),
            "void" => drop(payment.void(&key).await),
            "ship" => drop(shipping.request(order, Some(&key)).await),
            "stop" => drop(shipping.cancel(By::Key(key)).await),
            "sql" => drop(
                db.execute("INSRT INTO orders VALUES ('x', 'y')", params![])
                    .await,
            ),
            _ => {
                let sql = match verb {
                    "insert" => "INSERT INTO orders VALUES (?1, ?2)",
                    "update" => "UPDATE orders SET status = ?2 WHERE id = ?1",
                    "delete" => "DELETE FROM orders WHERE id = ?1 OR ?2 = 'x'",
                    "forget" => "DELETE FROM history WHERE order_id = ?1 OR ?2 = 'x'",
                    "history" => "INSERT INTO history SELECT ?1 WHERE ?2 = ''",
                    "stranger" => "INSERT INTO orders VALUES (?2, 'confirmed')",
                    _ => panic!("{verb}: no such verb"),
                };
                db.execute(sql, params![order.id, what]).await?;
            }
        }
        Ok(())
    }
}

/// One customer, and what the shop does for them.
pub fn world(script: &str) -> Setup {
    customers(&[(0, script)])
}

/// Clicks for one order, and what the shop does at each.
pub fn customers(scripts: &[(u64, &str)]) -> Setup {
    let orders = scripts.iter().map(|(at, script)| {
        let order = Order {
            customer: (*script).to_owned(),
            ..Order::new("order1", Yen(1_200))
        };
        (Ms(*at), order)
    });
    Setup::new().schema(SCHEMA).orders(orders)
}

pub fn play(setup: &Setup, schedule: &str) -> Run {
    let schedule: Schedule = schedule.parse().expect("a schedule");
    replay(setup, Code::of::<Script>("script"), &schedule)
}

pub fn accident(setup: &Setup, schedule: &str) -> Option<Accident> {
    find(&play(setup, schedule).evidence).map(|finding| finding.accident)
}

/// What the books came to say of order1, in turn.
pub fn said(evidence: &Evidence) -> Vec<Option<&str>> {
    let books = evidence.books.iter();
    let of_order1 = books.filter(|it| it.order == Name::of("order1"));
    of_order1.map(|it| it.status.as_deref()).collect()
}
