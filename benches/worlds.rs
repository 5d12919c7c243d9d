//! Worlds per second: `cargo bench -p benches`.
//!
//! Everything is measured in turns within one run, so that a busy machine slows all of it alike, and the best
//! turn counts. Trust the ratios.

use benches::{by_hand, in_the_lab, plain_sql, plain_tokio};
use std::hint::black_box;
use std::time::{Duration, Instant};

const TURNS: usize = 15;
const TURN: Duration = Duration::from_millis(200);

struct Runner {
    name: &'static str,
    world: fn(u64),
    best: f64,
}

impl Runner {
    const fn new(name: &'static str, world: fn(u64)) -> Runner {
        Runner {
            name,
            world,
            best: 0.0,
        }
    }

    #[allow(clippy::disallowed_methods)] // Speed is a matter of real time.
    fn turn(&mut self) {
        let begin = Instant::now();
        let mut worlds = 0_u64;
        while begin.elapsed() < TURN {
            for _ in 0..100 {
                (self.world)(worlds % 1_000);
                worlds += 1;
            }
        }
        let per_second = worlds as f64 / begin.elapsed().as_secs_f64();
        self.best = self.best.max(per_second);
    }
}

fn main() {
    let mut runners = [
        Runner::new("by hand, without tokio", |n| {
            black_box(by_hand::world(n));
        }),
        Runner::new("plain tokio", |n| {
            black_box(plain_tokio::world(n));
        }),
        Runner::new("the lab", |n| {
            black_box(in_the_lab::world(n));
        }),
        Runner::new("bare rusqlite, same statements", |n| {
            black_box(plain_sql::world(n));
        }),
        Runner::new("the lab, twelve hours, no database", |n| {
            black_box(in_the_lab::world_of_twelve_hours(n));
        }),
        Runner::new("the lab, twelve hours, database", |n| {
            black_box(in_the_lab::world_with_database(n));
        }),
    ];
    for _ in 0..TURNS {
        for runner in &mut runners {
            runner.turn();
        }
    }
    println!("{:<34}{:>14}{:>14}", "", "worlds/s", "µs a world");
    for Runner { name, best, .. } in &runners {
        println!("{name:<34}{best:>14.0}{:>14.2}", 1e6 / best);
    }
    let [_, tokio, lab, sql, without, with] = runners.map(|runner| 1.0 / runner.best);
    println!(
        "\nthe lab runs {:.2} times as many worlds as plain tokio (wanted: 1.00 or more)",
        tokio / lab
    );
    println!(
        "a world's statements cost {:.2} times as much in the lab as on bare rusqlite (wanted: 1.40 or less)",
        (with - without) / sql
    );
    println!(
        "a world with its database costs {:.2} times what it costs without plus bare rusqlite",
        with / (without + sql)
    );
}
