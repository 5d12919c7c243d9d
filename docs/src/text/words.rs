//! Words of the texts, and words put into them.

use crate::course::{Course, slug};
use guide::chapter::Chapter;
use guide::language::Language;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Whether no gap is written beside it.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// A figure and its unit: `700 ms`, `24時間`, `1件`; but not the end of a name, as in `order1は`.
static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    let unit = r" ?(?:ms|s|min|h|kB|MB)(?-u:\b)|%|時間|種類|通り|か所|文字|つ|[一-龠]";
    Regex::new(&format!(r"(?-u:\b)[0-9][0-9,.]*(?:{unit})")).expect("it is a pattern")
});

/// Where no line may end inside.
pub(super) fn amounts(text: &str) -> impl Iterator<Item = Range<usize>> {
    AMOUNT.find_iter(text).map(|found| found.range())
}

/// The words of a title without its emoji.
pub(super) fn plain(title: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '"' || c == '「' || c == '`';
    title.trim_start_matches(|c| !is_word(c)).to_owned()
}
/// How far each chapter is searched, from its `chapter.toml`.
pub(super) fn bounds(course: &Course, language: Language) -> String {
    let head = language.pick(
        "| chapter | every schedule of up to |\n|---|---|\n",
        "| 章 | ここまでの全スケジュール |\n|---|---|\n",
    );
    let row = |chapter: &Chapter| {
        let number = chapter.id.trim_start_matches("ch").trim_start_matches('0');
        let title = chapter.title.get(language);
        let usual = chapter.bound.map(|bound| faults(bound, language));
        let smaller = chapter.smaller.iter().map(|smaller| {
            let (faults, words) = (faults(smaller.bound, language), smaller.words.get(language));
            match language {
                Language::English => format!("{faults} in a smaller world: {words}"),
                Language::Japanese => format!("小さな世界（{words}）では{faults}"),
            }
        });
        let all: Vec<String> = usual.into_iter().chain(smaller).collect();
        let faults = all.join(language.pick("; ", "。"));
        format!(
            "| [{number} {title}]({}.html) | {faults} |\n",
            slug(chapter)
        )
    };
    let rows: String = course.chapters.iter().map(row).collect();
    format!("{head}{rows}\n")
}

fn faults(bound: usize, language: Language) -> String {
    match (language, bound) {
        (Language::English, 1) => "1 fault".to_owned(),
        (Language::English, bound) => format!("{bound} faults"),
        (Language::Japanese, bound) => format!("障害{bound}個"),
    }
}
