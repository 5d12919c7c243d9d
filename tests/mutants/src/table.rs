//! Telling what has become of the mutants.

use crate::mutate::Mutant;
use crate::survivors::Named;
use crate::trial::Fate;
use std::collections::BTreeMap;

/// How wide the column of names is at most.
const WIDTH: usize = 90;

/// Prints a line for every mutant that compiles, how many each test catches, and every survivor with its change.
pub fn print(tried: &[(&Mutant, Fate)], named: &[Named], text: &str) {
    let compiled = tried
        .iter()
        .filter(|(_, fate)| *fate != Fate::DoesNotCompile);
    let longest = tried
        .iter()
        .map(|(mutant, _)| mutant.name.chars().count())
        .max();
    let width = longest.unwrap_or(0).min(WIDTH);
    println!("line  {:width$}  what catches it", "mutant");
    let mut tests: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut caught, mut endless, mut survive) = (0, 0, 0);
    for (mutant, fate) in compiled.clone() {
        let end = match fate {
            Fate::Caught { test, accident } => {
                *tests.entry(test).or_default() += 1;
                caught += 1;
                format!("{test} · {accident}")
            }
            Fate::Endless => {
                endless += 1;
                "it does not come to an end".to_owned()
            }
            _ => {
                survive += 1;
                let named = named.iter().find(|named| named.mutant == mutant.name);
                match named {
                    Some(named) => format!("survives: {}", named.why),
                    None => "SURVIVES".to_owned(),
                }
            }
        };
        println!("{:4}  {:width$}  {end}", mutant.line, mutant.name);
    }
    println!("\nmutants  first caught by");
    for (test, count) in tests {
        println!("{count:7}  {test}");
    }
    for (mutant, _) in compiled.clone().filter(|(mutant, fate)| {
        *fate == Fate::Survives && named.iter().all(|named| named.mutant != mutant.name)
    }) {
        println!(
            "\nSURVIVES: {}\n{}",
            mutant.name,
            change(text, &mutant.text)
        );
    }
    println!(
        "\n{} mutants compile: {caught} caught, {endless} without an end, {survive} survive\n",
        compiled.count()
    );
}

/// The lines that differ, as a diff has them.
fn change(before: &str, after: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let head = before.iter().zip(&after).take_while(same).count();
    let rest = before.len().min(after.len()) - head;
    let tail = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take(rest)
        .take_while(same)
        .count();
    let with = |sign: &str, lines: &[&str], end: usize| -> Vec<String> {
        lines[head..end - tail]
            .iter()
            .map(|line| format!("{sign} {line}"))
            .collect()
    };
    let mut lines = vec![format!("  line {}", head + 1)];
    lines.extend(with("-", &before, before.len()));
    lines.extend(with("+", &after, after.len()));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_by_its_lines() {
        assert_eq!(change("a\nb\nc", "a\nx\nc"), "  line 2\n- b\n+ x");
        assert_eq!(change("a\nb\nc", "a\nc"), "  line 2\n- b");
        assert_eq!(change("a\na\na", "a\na"), "  line 3\n- a");
    }
}
