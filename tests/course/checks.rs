//! The checks themselves: each sees the mistake that it is there for.

use crate::codes::unheld;
use crate::languages::{agree, differences, figures};
use crate::links::broken;
use crate::metadata::{incomplete, is_unwritten, row};
use crate::pages::{strangers, unreachable};
use crate::regions::region;
use crate::setting::slips;
use crate::worlds::named_in;
use crate::{Verdict, blocks, case, headers, terms, tree, voice};
use guide::chapter::Chapter;
use guide::language::Both;
use libtest_mimic::Trial;
use markdown::{Marker, Text, slug};
use outcomes::Proof;
use std::path::Path;
use std::sync::Arc;

/// The cases.
pub fn cases() -> Vec<Trial> {
    vec![
        case("checks: a region is cut out of its file", regions),
        case("checks: a text is read", texts),
        case(
            "checks: what differs between the languages is seen",
            languages,
        ),
        case("checks: an answer that stands open is seen", folds),
        case("checks: figures are compared by value and unit", numbers),
        case("checks: a broken link is seen", dead_ends),
        case("checks: a slip of the setting is seen", settings),
        case("checks: an empty hint is seen", hints),
        case("checks: commands are split as a shell would", commands),
        case("checks: a test that a chapter does not have is seen", named),
        case("checks: an item that nothing shows is seen", items),
        case("checks: the errors that a header names are read", errors),
        case("checks: a bound that is not searched is seen", bounds),
        case("checks: halves of a header that differ are seen", halves),
        case("checks: a slip of the term sheet is seen", term_sheet),
        case("checks: a voice that strays is seen", voices),
    ]
}

/// Both are equal, or they are shown.
fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Verdict {
    if found == expected {
        Ok(())
    } else {
        Err(format!("found    {found:?}\nexpected {expected:?}"))
    }
}

fn regions() -> Verdict {
    let source = "x\n    // [a]\n    one\n\n        // [b]\n        two\n        // [/b]\n    // [/a]\n// [open]\n";
    same(region(source, Some("a")), Ok("one\n\n    two\n".to_owned()))?;
    same(region(source, Some("b")), Ok("two\n".to_owned()))?;
    same(region(source, Some("c")).is_err(), true)?;
    same(region(source, Some("open")).is_err(), true)?;
    same(
        region("// [a]\nx // [b]\n", None),
        Ok("x // [b]\n".to_owned()),
    )
}

const ENGLISH: &str = "# Title\n\n<!-- code: a.rs#b -->\n```rust\nlet a;\n```\n\nAfter 700 ms, \
    [see](a.md#x) ![p](p.svg)\n\n## Twice `x`\n\n```sh\ncargo run  # go\n```\n\n## Twice `x`\n";

fn text(path: &str, source: &str) -> Text {
    Text::parse(Path::new(path), source.to_owned())
}

fn texts() -> Verdict {
    let text = text("docs/en/t.md", ENGLISH);
    same(
        text.anchors.as_slice(),
        &["title", "twice-x", "twice-x-1"].map(str::to_owned),
    )?;
    same(
        text.blocks[0].marker.clone(),
        Some(Marker::Code("a.rs#b".to_owned())),
    )?;
    same(text.blocks[0].content.as_str(), "let a;\n")?;
    same(&text.source[text.blocks[0].range.clone()], "let a;\n")?;
    same(text.blocks[1].marker.clone(), None)?;
    same(text.links.as_slice(), &["a.md#x".to_owned()])?;
    same(text.pictures.as_slice(), &["p.svg".to_owned()])?;
    same(
        slug("はじめに: the `Saga` (1)"),
        "はじめに-the-saga-1".to_owned(),
    )
}

fn languages() -> Verdict {
    let english = text("docs/en/t.md", ENGLISH);
    let translated = ENGLISH
        .replace("# Title", "# 題")
        .replace("After 700 ms", "700ミリ秒後")
        .replace("a.md#x", "a.md#y")
        .replace("# go", "# 実行");
    let differ = |from: &str, to: &str| {
        let other = text("docs/ja/t.md", &translated.replacen(from, to, 1));
        differences(&english, &other).len()
    };
    same(differ("", ""), 0)?;
    for (from, to) in [
        ("## Twice", "### Twice"),
        ("a.rs#b", "a.rs#c"),
        ("cargo run", "cargo test"),
        ("700", "800"),
        ("(a.md#y)", "(b.md#y)"),
        ("p.svg", "q.svg"),
        ("700", "\n\n<details>\n\n</details>\n\n700"),
    ] {
        same((from, differ(from, to)), (from, 1))?;
    }
    Ok(())
}

fn folds() -> Verdict {
    let answer = "<!-- code: answers/a.rs -->\n```rust\nx\n```\n";
    let folded = format!("# T\n\n<details>\n<summary>S</summary>\n\n{answer}\n</details>\n");
    let count = |source: &str| blocks::spoilers(&text("t.md", source)).len();
    same(count(&folded), 0)?;
    same(count(&format!("{folded}\n{answer}")), 1)?;
    same(text("t.md", &folded).folds, vec![1])
}

fn numbers() -> Verdict {
    let alike = |one: &str, other: &str| agree(&figures(one), &figures(other));
    same(
        alike("It takes 700 ms, costs ¥1,200.", "700ミリ秒で1,200円"),
        true,
    )?;
    same(alike("after 700 ms: gone", "700 ms待つ"), true)?;
    same(alike("after 12 virtual hours", "仮想の12時間後"), true)?;
    same(alike("after 12 h", "12分後"), false)?;
    same(alike("12 and 13", "13と14"), false)?;
    same(alike("12 and 13", "12だけ"), false)?;
    same(figures("5 orders, ch03, S14, v1.95").len(), 0)
}

fn dead_ends() -> Verdict {
    let one = Arc::new(text("docs/en/a.md", "# There\n"));
    let source = "# Here\n[1](a.md#there) [2](#here) [3](https://x.y/z) [4](../../README.md)";
    let exists = |path: &Path| {
        ["docs/en/a.md", "docs/en/t.md", "README.md"].contains(&&*path.to_string_lossy())
    };
    let count =
        |source: &str| broken(&text("docs/en/t.md", source), &[Arc::clone(&one)], exists).len();
    same(count(source), 0)?;
    same(count("[1](b.md)"), 1)?;
    same(count("[1](a.md#here) [2](#there)"), 2)?;
    same(count("[1](../../../README.md)"), 1)?;
    same(tree::normal(Path::new("a/../../b")), None)
}

fn settings() -> Verdict {
    let count = |source: &str| slips(source).len();
    same(
        count(
            "**発送**\u{ff08}shipping\u{ff09}\u{ff1a}`a(b)`は*今*だけ。*no (not)*\u{ff08}x\u{ff09} \u{300c}x\u{300d}。\n",
        ),
        0,
    )?;
    same(count("```text\n発送(a): **b\n```\n"), 0)?;
    same(count("これは(だめ)です"), 2)?;
    same(count("`a`:これもだめ"), 1)?;
    same(count("これは**「だめ」**です"), 2)?;
    same(count("**「いい」** です"), 0)
}

fn hints() -> Verdict {
    let both = |en: &str, ja: &str| {
        incomplete(&Both {
            en: en.to_owned(),
            ja: ja.to_owned(),
        })
    };
    same(both("Look", "見てみよう").is_none(), true)?;
    same(both("…", "見てみよう").is_some(), true)?;
    same(both("Look", "Look").is_some(), true)?;
    same(
        row("|id|\n| **S4** | x |\n| S14 | y |", "S4"),
        Some("| **S4** | x |"),
    )?;
    let unwritten = [
        "- …",
        "flow.en = \"…\"",
        "- and so on …",
        "en = \"x …\"",
        "x = \"\"",
    ];
    same(
        unwritten.map(is_unwritten),
        [true, true, false, false, false],
    )
}

fn commands() -> Verdict {
    let split = blocks::words("cargo run -- --schedule \"a b: c\"")?;
    same(
        split,
        ["cargo", "run", "--", "--schedule", "a b: c"]
            .map(str::to_owned)
            .to_vec(),
    )?;
    same(blocks::words("a \"b").is_err(), true)
}

fn named() -> Verdict {
    let tests = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let known = vec![
        ("chapters/ch01_x".to_owned(), tests(&["m::one"])),
        ("chapters/ch02_y".to_owned(), tests(&["m::two"])),
    ];
    let count = |text: &str| strangers(text, &known).map(|wrong| wrong.len());
    same(
        count("[1](../../chapters/ch01_x/README.md) `m::one`"),
        Ok(0),
    )?;
    same(
        count("[1](../../chapters/ch01_x/README.md):\n`m::one`"),
        Ok(0),
    )?;
    same(
        count("[1](../../chapters/ch01_x/README.md) `m::two`"),
        Ok(1),
    )?;
    same(count("`m::one`"), Ok(1))
}

fn errors() -> Verdict {
    let known = ["CallError::Locked", "DbError::Locked", "DbError::Io"].map(str::to_owned);
    let header =
        "// `Locked`, `Err`, `DbError::Io` or\n// `CallError::Io`: `Answer`\n// ----\n// `Io`\n";
    let names = named_in(header, &known)?.into_iter().collect::<Vec<_>>();
    same(names, vec!["DbError::Io".to_owned(), "Locked".to_owned()])?;
    same(named_in("`Locked` and no marker", &known)?.len(), 0)
}

fn halves() -> Verdict {
    let half = "// `Err` after 10 s, charge_key: db.begin()\n";
    let header = |japanese: &str| {
        headers::differences(&format!("{half}// ======== 日本語 ========\n{japanese}"))
    };
    same(
        header("// `Err`は10秒後。charge_keyとdb.begin()\n")?.len(),
        0,
    )?;
    same(header("// `Err`は12秒後。db.begin()\n")?.len(), 3)?;
    same(headers::differences(half)?.len(), 1)
}

fn term_sheet() -> Verdict {
    let rules = terms::sheet()?;
    let count = |text: &str| terms::slips(text, &rules).len();
    same(count("返事は沈黙でした\n"), 1)?;
    same(count("`沈黙`も、*沈黙*も、```の中も\n"), 2)?;
    same(
        count("```text\n沈黙する\n```\nSQL文が1つ、注文が1つ。**太字**です\n"),
        0,
    )
}

fn voices() -> Verdict {
    let english = |text: &str| voice::english(text).map(|found| found.len());
    same(
        english("`the shop believes it` / \"order1: it is paid\"")?,
        0,
    )?;
    same(english("deadline has elapsed（タイムアウト）")?, 0)?;
    same(english("エラー：the schedule is not here")?, 1)?;
    let bound = voice::Voice(100.0, 50.0);
    let strays = |text: &str| voice::strays("x", text, &bound).map(|wrong| wrong.len());
    same(strays("課金だけ発生しちゃった😇")?, 0)?;
    same(strays("お金は戻りません😇")?, 1)?;
    same(strays("お金は戻りません\n```\n😇\n```\n")?, 2)
}

fn bounds() -> Verdict {
    let proof = |world: Option<&str>, most: usize| Proof {
        world: world.map(str::to_owned),
        levels: vec![1; most + 1],
        ends: 1,
        grid: String::new(),
    };
    let head = "id = 'x'\ntitle = { en = '', ja = '' }\nsection = ''\n";
    let smaller = "[[smaller]]\nworlds = ['small']\nbound = 2\nen = ''\nja = ''\n";
    let count = |bounds: &str, proofs: &[Proof]| {
        let toml = format!("{head}{bounds}[fails]\n[tests]\n[sources]\n");
        let chapter = Chapter::parse(&toml, Path::new("x"))?;
        Ok::<usize, String>(unheld(&chapter, proofs).len())
    };
    let usual_and_small = [proof(None, 1), proof(Some("small"), 2), proof(Some("s"), 1)];
    same(count("bound = 1\n", &usual_and_small[..1])?, 0)?;
    same(
        count(&format!("bound = 1\n{smaller}"), &usual_and_small)?,
        0,
    )?;
    same(count(smaller, &usual_and_small[1..])?, 0)?;
    // As it was: only the smaller world is searched so far.
    same(count("bound = 2\n", &usual_and_small)?, 1)?;
    same(count("bound = 1\n", &usual_and_small)?, 1)?;
    same(count("bound = 2\n", &usual_and_small[1..])?, 1)?;
    same(
        count(&format!("bound = 1\n{smaller}"), &[proof(None, 1)])?,
        1,
    )
}

fn items() -> Verdict {
    let known = vec![("chapters/ch01_x".to_owned(), vec!["m::one".to_owned()])];
    let row = |id: usize| match id {
        13 => "| S13 | a | all | the demo, `cargo run -p ch01` |\n".to_owned(),
        18..=20 | 22 => format!("| S{id} | a | all | [the template](x.md) |\n"),
        id => format!("| S{id} | a | [1](../../chapters/ch01_x/README.md) | `m::one` |\n"),
    };
    let table: String = (0..23).map(row).collect();
    let wrong = |from: &str, to: &str| {
        let text = table.replacen(from, to, 1);
        unreachable(&text, &known).map(|wrong| wrong.join("; "))
    };
    let seen = |text: &str| Ok(text.to_owned());
    same(wrong("", ""), seen(""))?;
    same(wrong("| S10 |", "| S9 |"), seen("S10 has no row"))?;
    same(
        wrong("`m::one`", "`m::two`"),
        seen("S0: no chapter linked there has a test m::two"),
    )?;
    same(
        wrong("`m::one`", "nobody"),
        seen("no row of S0 says what shows it"),
    )?;
    same(
        wrong("[the template](x.md)", "soon"),
        seen("no row of S18 says what shows it"),
    )?;
    same(
        wrong("| S22 |", "| S22 | a | all | [l](x.md) |\n| S23 |"),
        seen("the plan knows no S23"),
    )
}
