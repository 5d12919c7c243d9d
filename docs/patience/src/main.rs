//! Chapter 3's code, broken and right, with as much patience as one likes: what the book's player shows when a reader
//! moves the slider. `patience --code broken_300 --schedule "order1/payment.charge#1: reply lost"` replays a run of it.

use course::chapter::Chapter;
use course::demo::Demo;
use lab::flow::Code;
use lab::setup::Setup;
use std::process::ExitCode;

include!(concat!(env!("OUT_DIR"), "/codes.rs"));

const SETTINGS: &str = include_str!("../../../chapters/ch03_timeout/chapter.toml");

/// The world of chapter 3's tests.
fn setup() -> Setup {
    let schema = include_str!("../../../chapters/ch03_timeout/src/schema.sql");
    Setup::new().schema(schema)
}

fn main() -> ExitCode {
    let demo = Demo {
        chapter: Chapter {
            patterns: &["A"],
            codes: CODES,
            setup,
            ..Chapter::described(SETTINGS, "ch03_timeout")
        },
        about: |language| {
            language.pick(
                "Chapter 3's code with another patience. Name one: --code broken_300",
                "第3章のコードを、別の待ち時間で。どれか1つ指定します：--code broken_300",
            )
        },
        setup: |seed| setup().seed(seed),
        seed: 1,
    };
    demo.main()
}
