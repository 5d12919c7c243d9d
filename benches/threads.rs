//! What a search gains by a second thread: `cargo bench -p benches --bench threads`.
//!
//! Every schedule of three faults of chapter 3's solution, on one thread and on two, in turns; the best turn counts. On a machine
//! that has something else to do, two threads get less than twice as much of it.

use lab::flow::Code;
use lab::language::time::Ms;
use lab::search::exhaustive::Search;
use lab::setup::Setup;
use lab::tell::catalogue::Say;
use std::time::{Duration, Instant};

#[allow(dead_code, missing_docs)]
#[path = "../chapters/ch03_timeout/answers/solution.rs"]
mod solution;

const SCHEMA: &str = include_str!("../chapters/ch03_timeout/src/schema.sql");

const TURNS: usize = 3;

/// How long the search takes on so many threads, and what it says.
#[allow(clippy::disallowed_methods)] // Speed is a matter of real time.
fn searched(setup: &Setup, threads: usize) -> (Duration, String) {
    let code = Code::of::<solution::Checkout>("solution");
    let begin = Instant::now();
    let score = Search::new(setup, code).threads(threads).every_schedule(3);
    (
        begin.elapsed(),
        format!("{}, {} ends", score.english(), score.ends),
    )
}

fn main() {
    let setup = Setup::new().schema(SCHEMA).keys_last(Ms::hours(30 * 24));
    let mut best = [Duration::MAX; 2];
    for _ in 0..TURNS {
        let scores = [1, 2].map(|threads| {
            let (took, score) = searched(&setup, threads);
            best[threads - 1] = best[threads - 1].min(took);
            score
        });
        assert_eq!(scores[0], scores[1]);
        println!("{}", scores[0]);
    }
    let [one, two] = best.map(|took| took.as_secs_f64());
    println!(
        "{one:.2} s on one thread, {two:.2} s on two: {:.2} times as fast (wanted: 1.80 or more)",
        one / two
    );
}
