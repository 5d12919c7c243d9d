//! What a `chapter.toml` says of the chapter's player.

use crate::course::Course;
use anyhow::{Context, Result, anyhow, bail};
use guide::chapter::Chapter;
use guide::language::Both;
use toml::{Table, Value};

/// In a schedule, stands for how much longer than usual it takes.
const TOTAL: &str = "{total}";

/// What the readers of a chapter can choose.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long the shop waits (virtual ms); nothing if that cannot be chosen.
    pub patience: Vec<u64>,
    /// What goes wrong; the first is shown first.
    pub choices: Vec<Choice>,
}

/// Something that can go wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// In words.
    pub label: Both,
    /// The schedule.
    pub schedule: String,
    /// In this world, if not the usual one.
    pub world: Option<String>,
    /// How long all of it takes (virtual ms), in ascending order; nothing if the schedule has no `{total}`.
    pub values: Vec<u64>,
    /// The one among them that is shown first.
    pub starts: u64,
}

impl Settings {
    /// The settings of a chapter. `None`: it has no player.
    ///
    /// # Errors
    /// A message that names the file and what is wrong with it.
    pub fn read(course: &Course, chapter: &Chapter) -> Result<Option<Settings>> {
        let file = chapter.directory.join("chapter.toml");
        let text = course.text(&file)?;
        Settings::parse(&text).with_context(|| format!("{}: [player]", file.display()))
    }

    fn parse(text: &str) -> Result<Option<Settings>> {
        let table: Table = text.parse().context("it is not TOML")?;
        let Some(player) = table.get("player") else {
            return Ok(None);
        };
        let player = player.as_table().context("it has to be a table")?;
        let patience = match player.get("patience") {
            Some(values) => numbers(values).context("`patience`")?,
            None => Vec::new(),
        };
        let choices = player.get("choices").and_then(Value::as_array);
        let choices = choices.context("it offers no `choices`")?.iter();
        let one = |(place, choice): (usize, &Value)| {
            choice_of(choice).with_context(|| format!("choice {}", place + 1))
        };
        let choices = choices.enumerate().map(one).collect::<Result<_>>()?;
        Ok(Some(Settings { patience, choices }))
    }
}

impl Choice {
    /// The schedule in which all of it takes `total`, where it takes `usual` on a calm day.
    pub fn taking(&self, total: u64, usual: u64) -> String {
        match total.saturating_sub(usual) {
            0 => String::new(),
            late => self.schedule.replace(TOTAL, &format!("{late}ms")),
        }
    }

    /// Whether there are several delays to choose from.
    pub fn slides(&self) -> bool {
        !self.values.is_empty()
    }
}

fn choice_of(value: &Value) -> Result<Choice> {
    let table = value.as_table().context("it has to be a table")?;
    let text = |key: &str| {
        let text = table.get(key).and_then(Value::as_str);
        text.map(str::to_owned)
            .ok_or_else(|| anyhow!("`{key}` has to be a text"))
    };
    let values = match table.get("values") {
        Some(values) => numbers(values).context("`values`")?,
        None => Vec::new(),
    };
    let starts = match table.get("starts") {
        Some(value) => value.as_integer().and_then(|it| u64::try_from(it).ok()),
        None => Some(values.last().copied().unwrap_or_default()),
    };
    let choice = Choice {
        label: Both {
            en: text("en")?,
            ja: text("ja")?,
        },
        schedule: text("schedule")?,
        world: table.get("world").map(|_| text("world")).transpose()?,
        starts: starts.context("`starts` has to be a whole number")?,
        values,
    };
    if choice.schedule.contains(TOTAL) != choice.slides() {
        bail!("`values` belong to a schedule with {TOTAL}, and to no other");
    }
    if choice.slides() && !choice.values.contains(&choice.starts) {
        bail!("`starts` has to be one of the `values`");
    }
    Ok(choice)
}

/// Whole numbers in ascending order.
fn numbers(value: &Value) -> Result<Vec<u64>> {
    let values = value.as_array().context("has to be a list")?;
    let number = |value: &Value| u64::try_from(value.as_integer()?).ok();
    let numbers: Option<Vec<u64>> = values.iter().map(number).collect();
    let numbers = numbers.context("has to be a list of whole numbers")?;
    if !numbers.is_sorted_by(|one, next| one < next) || numbers.is_empty() {
        bail!("has to be in ascending order");
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[player]
patience = [100, 700]
[[player.choices]]
en = "slow"
ja = "遅い"
schedule = "order1/payment.charge#1: reply late {total}"
values = [200, 300]
starts = 300
[[player.choices]]
en = "lost"
ja = "消える"
schedule = "order1/payment.charge#1: reply lost"
"#;

    #[test]
    fn a_delay_is_told_as_the_time_that_all_of_it_takes() {
        let settings = Settings::parse(TEXT).unwrap().unwrap();
        let slow = &settings.choices[0];
        assert_eq!(
            slow.taking(300, 200),
            "order1/payment.charge#1: reply late 100ms"
        );
        assert_eq!(slow.taking(200, 200), "");
        assert!(slow.slides() && !settings.choices[1].slides());
    }

    #[test]
    fn a_chapter_without_choices_has_no_player() {
        assert_eq!(Settings::parse("id = \"ch08\"").unwrap(), None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |from: &str, to: &str| {
            let error = Settings::parse(&TEXT.replace(from, to)).unwrap_err();
            format!("{error:#}")
        };
        assert_eq!(
            error("ja = \"消える\"", ""),
            "choice 2: `ja` has to be a text"
        );
        assert_eq!(
            error("[200, 300]", "[300, 200]"),
            "choice 1: `values`: has to be in ascending order"
        );
        assert_eq!(
            error("{total}", "1s"),
            "choice 1: `values` belong to a schedule with {total}, and to no other"
        );
        assert_eq!(
            error("starts = 300", "starts = 301"),
            "choice 1: `starts` has to be one of the `values`"
        );
        assert!(error("[100, 700]", "7").contains("`patience`: has to be a list"));
    }
}
