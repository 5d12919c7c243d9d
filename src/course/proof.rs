//! What green looks like: a chapter whose tests have all passed says what that proves.
//!
//! Each proof test runs in its own process, which tells its parent what it has searched. The parent keeps that until
//! the last test is over, and prints it only if all have passed: a proof printed above a red test would have to be
//! taken back.

use crate::chapter::Chapter;
use crate::commands::run_line;
use crate::isolate::Outcome;
use lab::flow::Code;
use lab::language::order::grouped;
use lab::search::census::{Census, Sight};
use lab::search::exhaustive::Score;
use lab::sentence;
use lab::tell::report::{Style, paint};
use lab::tell::{Label, Language, Say};
use outcomes::{Drawn, Proof, Seen, Shown};
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// What a search that has found nothing proves.
pub(crate) fn proven(chapter: &Chapter, code: Code, score: &Score) -> Proof {
    let world = (chapter.setup)().name();
    let most = score.levels.last().map_or(0, |level| level.faults);
    let in_world = world.map_or(String::new(), |world| format!("--world {world} "));
    Proof {
        world: world.map(str::to_owned),
        levels: score.levels.iter().map(|level| level.run as u64).collect(),
        ends: score.ends as u64,
        grid: run_line(chapter, code, &format!("{in_world}--grid {most}")),
    }
}

/// How many sights are listed.
const TOLD: usize = 4;

/// Drawn worlds that ended well, and the most telling of their contents.
pub(crate) fn drawn(census: &Census) -> Drawn {
    let language = Style::from_environment().language;
    let telling = Sight::TELLING.into_iter();
    let seen = telling.map(|sight| Seen {
        words: sight.say(language),
        count: census.of(sight) as u64,
    });
    Drawn {
        worlds: census.worlds() as u64,
        seen: seen.filter(|seen| seen.count > 0).take(TOLD).collect(),
    }
}

/// The progress of this process's tests.
struct Done {
    over: usize,
    red: bool,
    shown: Shown,
}

/// A test is over, and has shown this. After the last test of a green run, everything is printed.
pub(crate) fn is_over(verdict: &Outcome, shown: Shown) {
    static DONE: Mutex<Done> = Mutex::new(Done {
        over: 0,
        red: false,
        shown: Shown::NOTHING,
    });
    let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
    done.over += 1;
    done.red |= verdict.is_err();
    done.shown.extend(shown);
    // A process that asks for outcomes prints them itself.
    let is_to_be_told = !outcomes::is_asked_for() && !done.red && !done.shown.is_nothing();
    if is_to_be_told && Some(done.over) == tests_of_this_run() {
        // Best effort: standard error may be closed.
        let _ = tell(&done.shown);
    }
}

/// How many tests this process was asked to run. libtest does not say, so it is asked for a list.
fn tests_of_this_run() -> Option<usize> {
    static COUNT: OnceLock<Option<usize>> = OnceLock::new();
    *COUNT.get_or_init(|| {
        let listed = Command::new(std::env::current_exe().ok()?)
            .args(std::env::args_os().skip(1))
            .arg("--list")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        let listed = String::from_utf8_lossy(&listed.ok()?.stdout).into_owned();
        Some(
            listed
                .lines()
                .filter(|line| line.ends_with(": test"))
                .count(),
        )
    })
}

/// Bypasses libtest's capturing, which shows nothing of a test that passes; and keeps apart from the results on
/// standard output, which other programs read. The blank lines separate it from a test's line that libtest may have
/// begun.
fn tell(shown: &Shown) -> std::io::Result<()> {
    let mut out = std::io::stderr().lock();
    let color = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let style = Style {
        color,
        ..Style::terminal()
    };
    let text = lines(shown, style.language)
        .into_iter()
        .map(|(what, line)| {
            let what = style.cell(&what.say(style.language), 8);
            let what = paint(&what, color, yansi::Style::new().green().bold());
            format!("{what} {line}\n")
        });
    write!(out, "\n{}\n", text.collect::<String>())
}

/// The lines, each with its label.
fn lines(shown: &Shown, language: Language) -> Vec<(Label, String)> {
    let proof = proof(shown, language).map(|proof| (Label::Proof, proof));
    let drawn = shown.leading_drawn();
    let drawn = drawn.map(|drawn| (Label::Worlds, worlds(drawn, language)));
    let next = (Label::ReadOn, "cargo run".to_owned());
    proof.into_iter().chain(drawn).chain([next]).collect()
}

/// The usual world stands for all; if it is not searched, the deepest proof does.
fn proof(shown: &Shown, language: Language) -> Option<String> {
    let (proofs, first) = (&shown.proofs, shown.leading_proof()?);
    let (most, ends, grid) = (first.most(), first.ends, &first.grid);
    let run = grouped(first.run());
    let in_world = match &first.world {
        Some(world) => {
            sentence!(language, en: " in the world {world}", ja: "世界{world}では、")
        }
        None => String::new(),
    };
    let by_faults = by_faults(first, language);
    let others = others(proofs, first, language);
    Some(sentence!(
        language,
        en: "{run} of {run} schedules of at most {most} faults end well{in_world} (of {by_faults}), in {ends} ways{others};\n         \
             what was tried where: {grid}",
        ja: "{in_world}障害{most}個までのスケジュール、{run}通りすべてが無事🎉\n         \
             （{by_faults}。終わり方は{ends}種類）{others}\n         \
             何をどこで試したか： {grid}"
    ))
}

/// How many schedules there are of this many faults.
fn by_faults(proof: &Proof, language: Language) -> String {
    let faults: Vec<String> = (0..=proof.most()).map(|n| n.to_string()).collect();
    let numbers: Vec<String> = proof.levels.iter().map(|n| grouped(*n)).collect();
    let each = faults.iter().zip(&numbers);
    let each: Vec<String> = each.map(|(n, run)| format!("{n}個は{run}通り")).collect();
    let (faults, numbers, each) = (faults.join(", "), numbers.join(", "), each.join("、"));
    sentence!(language, en: "{faults} faults: {numbers}", ja: "{each}")
}

/// What was proved in other worlds than the leading proof's.
fn others(proofs: &[Proof], first: &Proof, language: Language) -> String {
    let others = proofs.len() - 1;
    let more = grouped(proofs.iter().map(Proof::run).sum::<u64>() - first.run());
    let deeper = match first.surpassed_by(proofs) {
        Some((most, worlds)) => {
            let worlds = worlds.join(&sentence!(language, en: ", ", ja: "、"));
            sentence!(
                language,
                en: " (of at most {most} faults in {worlds})",
                ja: "（{worlds}では障害{most}個まで）"
            )
        }
        None => String::new(),
    };
    match others {
        0 => String::new(),
        1 => sentence!(
            language,
            en: ", and in 1 other world {more} of {more}{deeper}",
            ja: "\n         ほかの1つの世界でも、{more}通りすべてが無事{deeper}"
        ),
        _ => sentence!(
            language,
            en: ", and in {others} other worlds {more} of {more}{deeper}",
            ja: "\n         ほかの{others}つの世界でも、合わせて{more}通りすべてが無事{deeper}"
        ),
    }
}

/// `1,024 drawn, all end well: 61 with two customers at once, …`, two sights a line.
fn worlds(drawn: &Drawn, language: Language) -> String {
    let seen = drawn.seen.iter().map(|seen| {
        let (count, words) = (grouped(seen.count), &seen.words);
        sentence!(language, en: "{count} {words}", ja: "{words}のは{count}通り")
    });
    let seen: Vec<String> = seen.collect();
    let comma = sentence!(language, en: ", ", ja: "、");
    let lines: Vec<String> = seen.chunks(2).map(|pair| pair.join(&comma)).collect();
    let lines = lines.join(&format!("{}\n         ", comma.trim_end()));
    let worlds = grouped(drawn.worlds);
    if lines.is_empty() {
        return sentence!(
            language,
            en: "{worlds} drawn, all end well",
            ja: "くじで引いた{worlds}個も、すべて無事"
        );
    }
    sentence!(
        language,
        en: "{worlds} drawn, all end well: {lines}",
        ja: "くじで引いた{worlds}個も、すべて無事。うち、\n         {lines}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proven(world: Option<&str>, levels: &[u64]) -> Proof {
        Proof {
            world: world.map(str::to_owned),
            levels: levels.to_vec(),
            ends: 13,
            grid: format!("cargo run -p ch03 -- --grid {}", levels.len() - 1),
        }
    }

    #[test]
    fn a_green_chapter_says_the_same_few_things_however_many_proofs_it_has() {
        let told = |proofs: &[Proof]| {
            let shown = Shown {
                proofs: proofs.to_vec(),
                ..Shown::NOTHING
            };
            lines(&shown, Language::English)
        };
        let usual = proven(None, &[1, 48, 1_183]);
        let expected = "1,232 of 1,232 schedules of at most 2 faults end well (of 0, 1, 2 faults: 1, 48, 1,183), in 13 ways";
        let grid = "what was tried where: cargo run -p ch03 -- --grid 2";
        let next = (Label::ReadOn, "cargo run".to_owned());
        assert_eq!(
            told(std::slice::from_ref(&usual)),
            [
                (Label::Proof, format!("{expected};\n         {grid}")),
                next.clone()
            ]
        );
        // The usual world stands for all, and every world that was searched further is named.
        let small = proven(Some("slow"), &[1, 999_999]);
        let named = proven(Some("at-once"), &[1, 50, 2_000]);
        let more = format!("{expected}, and in 2 other worlds 1,002,051 of 1,002,051");
        assert_eq!(
            told(&[small.clone(), named, usual.clone()]),
            [(Label::Proof, format!("{more};\n         {grid}")), next]
        );
        let deeper = proven(Some("at-once"), &[1, 50, 2_000, 9]);
        let told_of = |proofs: &[Proof]| told(proofs)[0].1.clone();
        let more = "and in 1 other world 2,060 of 2,060 (of at most 3 faults in at-once)";
        assert!(told_of(&[deeper, usual]).contains(more));
        let alone = "schedules of at most 1 faults end well in the world slow (of 0, 1 faults";
        assert!(told_of(&[small]).contains(alone));
    }
    #[test]
    fn two_sights_stand_on_a_line() {
        let told = |seen: &[(Sight, u64)]| {
            let seen = seen.iter().map(|(sight, count)| Seen {
                words: sight.english(),
                count: *count,
            });
            let drawn = Drawn {
                worlds: 1_024,
                seen: seen.collect(),
            };
            worlds(&drawn, Language::English)
        };
        assert_eq!(told(&[]), "1,024 drawn, all end well");
        let seen = [
            (Sight::TwoAtOnce, 61),
            (Sight::InFlight, 1_000),
            (Sight::Crash, 400),
        ];
        let expected = "1,024 drawn, all end well: 61 with two customers at once, 1,000 in which InFlight was heard,\n         400 in which the process died";
        assert_eq!(told(&seen), expected);
    }
}
