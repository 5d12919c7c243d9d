//! The frame of a report and a timeline.

use super::{Language, Say};
use crate::sentence;
use crate::tell::scene::Lane;

/// A text for one place only, in both languages. [`both!`](crate::both) writes one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// In English.
    pub english: String,
    /// In Japanese.
    pub japanese: String,
}

impl Both {
    /// Text that is the same in both languages: a path, a message from elsewhere.
    pub fn same(text: impl Into<String>) -> Both {
        let english = text.into();
        let japanese = english.clone();
        Both { english, japanese }
    }
}

impl Say for Both {
    fn say(&self, language: Language) -> String {
        language.pick(&self.english, &self.japanese).clone()
    }
}

/// A [`Both`]: `both!(en: "{id} draws no worlds", ja: "{id} は世界を引きません")`.
#[macro_export]
macro_rules! both {
    (en: $english:literal, ja: $japanese:literal $(,)?) => {
        $crate::tell::Both {
            english: format!($english),
            japanese: format!($japanese),
        }
    };
}

/// The word at the beginning of a report's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// Something happened that must not.
    Accident,
    /// The code cannot be judged.
    NoVerdict,
    /// A prediction is wrong.
    Prediction,
    /// The course, or the machinery that runs the code, cannot go on.
    Trouble,
    /// Which faults struck.
    Schedule,
    /// How far a search has come.
    Score,
    /// What ought to be.
    Expected,
    /// What is.
    Found,
    /// The nearest world that passes.
    BesideIt,
    /// How that one ends.
    Passes,
    /// The command that plays it again.
    Replay,
    /// A statement that is not SQL.
    Statement,
    /// A code's name.
    Code,
    /// What to read.
    Read,
    /// What to edit.
    Edit,
    /// Every schedule.
    Proof,
    /// What was drawn.
    Worlds,
    /// Where to go on.
    ReadOn,
    /// The first schedule that breaks.
    First,
}

impl Say for Label {
    fn say(&self, language: Language) -> String {
        match self {
            Label::Accident => sentence!(language, en: "ACCIDENT", ja: "事故"),
            Label::NoVerdict => sentence!(language, en: "NO VERDICT", ja: "判定なし"),
            Label::Prediction => sentence!(language, en: "PREDICTION", ja: "予想"),
            Label::Trouble => {
                sentence!(language, en: "NOT AN ACCIDENT", ja: "これは事故ではありません")
            }
            Label::Schedule => sentence!(language, en: "schedule", ja: "スケジュール"),
            Label::Score => sentence!(language, en: "score", ja: "成績"),
            Label::Expected => sentence!(language, en: "expected", ja: "期待"),
            Label::Found => sentence!(language, en: "found", ja: "実際"),
            Label::BesideIt => sentence!(language, en: "beside it", ja: "すぐ隣"),
            Label::Passes => sentence!(language, en: "passes: ", ja: "無事："),
            Label::Replay => sentence!(language, en: "replay", ja: "再現"),
            Label::Statement => sentence!(language, en: "statement", ja: "SQL文"),
            Label::Code => sentence!(language, en: "code", ja: "コード"),
            Label::Read => sentence!(language, en: "read", ja: "読む"),
            Label::Edit => sentence!(language, en: "edit", ja: "編集"),
            Label::Proof => sentence!(language, en: "proof", ja: "証明"),
            Label::Worlds => sentence!(language, en: "worlds", ja: "世界"),
            Label::ReadOn => sentence!(language, en: "read on", ja: "続き"),
            Label::First => sentence!(language, en: "first", ja: "最初"),
        }
    }
}

/// A gutter of the timeline.
#[derive(Clone, Copy)]
pub(crate) enum Gutter {
    Doubt,
    Lock,
}

impl Say for Gutter {
    fn say(&self, language: Language) -> String {
        match self {
            Gutter::Doubt => sentence!(
                language,
                en: "in doubt: the shop does not know whether its request took effect",
                ja: "未確定：リクエストが効いたのかどうか、お店にはわからない"
            ),
            Gutter::Lock => sentence!(
                language,
                en: "a transaction holds the database's write lock",
                ja: "トランザクションが、DBの書き込みロックを握っている"
            ),
        }
    }
}

/// A service has the name that it has in steps.
impl Say for Lane {
    fn say(&self, language: Language) -> String {
        let name = self.name();
        match self {
            Lane::Shop => sentence!(language, en: "{name}", ja: "お店"),
            Lane::Service(_) => name.to_owned(),
        }
    }
}
