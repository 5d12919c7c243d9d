//! What a `chapter.toml` says of the chapter's player.

use anyhow::{Context, Result, bail};
use guide::chapter::{Chapter, Player};
use guide::language::Both;

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
    pub fn read(chapter: &Chapter) -> Result<Option<Settings>> {
        let Some(player) = &chapter.player else {
            return Ok(None);
        };
        let settings = Settings::of(player).with_context(|| {
            let file = chapter.directory.join("chapter.toml");
            format!("{}: [player]", file.display())
        });
        settings.map(Some)
    }

    fn of(player: &Player) -> Result<Settings> {
        ascending(&player.patience).context("`patience`")?;
        let choices = player.choices.iter().enumerate();
        let choices = choices
            .map(|(place, said)| choice(said).with_context(|| format!("choice {}", place + 1)));
        Ok(Settings {
            patience: player.patience.clone(),
            choices: choices.collect::<Result<_>>()?,
        })
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

fn choice(said: &guide::chapter::Choice) -> Result<Choice> {
    ascending(&said.values).context("`values`")?;
    let last = said.values.last().copied().unwrap_or_default();
    let choice = Choice {
        label: said.label.clone(),
        schedule: said.schedule.clone(),
        world: said.world.clone(),
        starts: said.starts.unwrap_or(last),
        values: said.values.clone(),
    };
    if choice.schedule.contains(TOTAL) != choice.slides() {
        bail!("`values` belong to a schedule with {TOTAL}, and to no other");
    }
    if choice.slides() && !choice.values.contains(&choice.starts) {
        bail!("`starts` has to be one of the `values`");
    }
    Ok(choice)
}

fn ascending(values: &[u64]) -> Result<()> {
    if !values.is_sorted_by(|one, next| one < next) {
        bail!("has to be in ascending order");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;
    use std::path::Path;

    const TEXT: &str = r#"
id = "ch01"
title = { en = "", ja = "" }
section = ""
bound = 1
[fails]
[tests]
[sources]
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

    fn read(text: &str) -> Result<Option<Settings>> {
        let chapter = Chapter::parse(text, Path::new("x")).map_err(|error| anyhow!(error))?;
        Settings::read(&chapter)
    }

    #[test]
    fn a_delay_is_told_as_the_time_that_all_of_it_takes() {
        let settings = read(TEXT).unwrap().unwrap();
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
        let (without, _) = TEXT.split_once("[player]").unwrap();
        assert_eq!(read(without).unwrap(), None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let says = |from: &str, to: &str, what: &str| {
            let error = read(&TEXT.replace(from, to)).unwrap_err();
            let error = format!("{error:#}");
            assert!(error.contains(what), "{error}");
        };
        says("ja = \"消える\"", "", "missing field `ja`");
        let slider = "x/chapter.toml: [player]: choice 1: ";
        let values = format!("{slider}`values`: has to be in ascending order");
        says("[200, 300]", "[300, 200]", &values);
        let total = format!("{slider}`values` belong to a schedule with {{total}}");
        says("{total}", "1s", &total);
        let starts = format!("{slider}`starts` has to be one of the `values`");
        says("starts = 300", "starts = 301", &starts);
        says("[100, 700]", "7", "expected a sequence");
        says(
            "[100, 700]",
            "[700, 100]",
            "`patience`: has to be in ascending order",
        );
    }
}
