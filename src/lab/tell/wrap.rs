//! Texts in lines that fit, English and Japanese.
//!
//! This file depends on nothing else of the lab: the guide, which does not link it, is compiled with it as well.

use budoux_phf_rs::Parser;

/// The text in lines that fit, broken after blanks and between the phrases of Japanese. A piece too wide for a line is
/// broken after a stroke or where the script changes, and elsewhere only if that is not enough. Line breaks that it has
/// stay.
pub fn wrap(text: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    fill(&pieces(text, Strokes::Stay), fits)
}

/// The [pieces] of a text in lines that fit.
pub fn fill(pieces: &[&str], fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces {
        put(
            &mut lines,
            piece,
            &[ends_with_stroke, changes_script, may_stand],
            &fits,
        );
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// Whether a line may be broken between two characters.
type Breaks = fn(char, char) -> bool;

/// Puts a piece on the last line or on a new one; what is too wide for one is cut as the first of these allows, then as
/// the next, and then anywhere.
fn put(lines: &mut Vec<String>, piece: &str, finer: &[Breaks], fits: &impl Fn(&str) -> bool) {
    if append(lines, piece, fits) {
        return;
    }
    match finer {
        [breaks, finer @ ..] => {
            for smaller in cut(piece, |_, before, after| breaks(before, after)) {
                put(lines, smaller, finer, fits);
            }
        }
        [] => spell(lines, piece, fits),
    }
}

/// Puts a piece on the last line, or else on a line of its own; says whether it fits on one.
fn append(lines: &mut Vec<String>, piece: &str, fits: impl Fn(&str) -> bool) -> bool {
    let line = lines.last_mut().expect("there is always a line");
    let longer = format!("{line}{piece}");
    if fits(longer.trim_end()) {
        *line = longer;
        return true;
    }
    let is_narrow = fits(piece.trim_end());
    if is_narrow {
        lines.push(piece.to_owned());
    }
    is_narrow
}

/// Breaks a piece that is too wide wherever a line is full.
fn spell(lines: &mut Vec<String>, piece: &str, fits: impl Fn(&str) -> bool) {
    if lines.last().is_some_and(|line| !line.is_empty()) {
        lines.push(String::new());
    }
    for character in piece.chars() {
        let line = lines.last_mut().expect("there is always a line");
        line.push(character);
        if !fits(line.trim_end()) && line.chars().count() > 1 {
            line.pop();
            lines.push(character.to_string());
        }
    }
}

/// What no line begins with.
const CLOSING: &str =
    ">]、。，．・：；／！？）」』】〉》ー…〜ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ";
/// What no line ends with.
const OPENING: &str = "（「『【〈《";
/// What ends a part of a sentence.
const ENDS: &str = "、。：；！？";
/// Words of ours that would be taken apart.
const WHOLE: [&str; 4] = ["取り置", "後戻り", "実行中", "決まったはず"];
/// Units that stand behind their figure with a blank between.
const UNITS: [&str; 4] = ["ms", "s", "min", "h"];

/// What becomes of the strokes in a path or a step's name.
#[derive(Clone, Copy, PartialEq)]
pub enum Strokes {
    /// A line may end behind one: where lines are so short that each has to be full.
    Break,
    /// They are broken only where there is no other way.
    Stay,
}

/// The parts between which a line may be broken.
pub fn pieces(text: &str, strokes: Strokes) -> Vec<&str> {
    let breaks = breaks(text);
    cut(text, |at, before, after| {
        let stays = before == '/' && strokes == Strokes::Stay;
        !stays && breaks(at, before, after)
    })
}

/// Where a text may be broken: whether at a place, between the characters before and after it.
fn breaks(text: &str) -> impl Fn(usize, char, char) -> bool {
    let phrases = phrases(text);
    move |at, before, after| {
        let is_plain = [' ', '/'].contains(&before);
        let Some(phrases) = &phrases else {
            return is_plain;
        };
        if is_plain {
            return after != '·' && !is_unit(&text[..at], &text[at..]);
        }
        let is_between = phrases.binary_search(&at).is_ok() || ENDS.contains(before);
        is_between && may_stand(before, after)
    }
}

/// Where the phrases of a Japanese text begin; `None` if it is not Japanese.
fn phrases(text: &str) -> Option<Vec<usize>> {
    if !text.chars().any(is_japanese) {
        return None;
    }
    let mut phrases = Vec::new();
    let mut at = 0;
    Parser::japanese_parser().parse_with(text, |phrase| {
        phrases.push(at);
        at += phrase.len();
    });
    for word in WHOLE {
        for (start, word) in text.match_indices(word) {
            phrases.retain(|at| *at <= start || *at >= start + word.len());
        }
    }
    Some(phrases)
}

/// Whether a text goes on with the unit of the figure before it.
fn is_unit(before: &str, after: &str) -> bool {
    let end = after.find(|c: char| !c.is_ascii_alphanumeric());
    let word = &after[..end.unwrap_or(after.len())];
    UNITS.contains(&word) && before.trim_end().ends_with(|c: char| c.is_ascii_digit())
}

/// The text, cut wherever `breaks` says so of a place and the characters before and after it.
fn cut(text: &str, breaks: impl Fn(usize, char, char) -> bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, character) in text.char_indices() {
        if before.is_some_and(|before| breaks(at, before, character)) {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(character);
    }
    pieces.push(&text[start..]);
    pieces
}

/// Whether a stroke ends here.
fn ends_with_stroke(before: char, _: char) -> bool {
    before == '/'
}

/// Whether a word of another script begins here.
fn changes_script(before: char, after: char) -> bool {
    Script::of(before) != Script::of(after)
        && Script::of(after) != Script::Hiragana
        && may_stand(before, after)
}

/// Whether a line may end with this character of Japanese and the next begin with that one: never between a figure and
/// its unit, before an emoji, nor against the rules for brackets and stops.
fn may_stand(before: char, after: char) -> bool {
    let is_between = is_japanese(before) || is_japanese(after);
    let is_closing = after == ' ' || CLOSING.contains(after) || after >= '\u{1f300}';
    is_between && !before.is_ascii_digit() && !is_closing && !OPENING.contains(before)
}

fn is_japanese(character: char) -> bool {
    matches!(character, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// What a character is written in.
#[derive(PartialEq)]
enum Script {
    Hiragana,
    Katakana,
    Kanji,
    Other,
}

impl Script {
    fn of(character: char) -> Script {
        match character {
            '\u{3041}'..='\u{309f}' => Script::Hiragana,
            '\u{30a1}'..='\u{30ff}' => Script::Katakana,
            '\u{3400}'..='\u{9fff}' | '々' => Script::Kanji,
            _ => Script::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Strokes, pieces, wrap};
    use unicode_width::UnicodeWidthStr;

    fn wrapped(text: &str, columns: usize) -> Vec<String> {
        wrap(text, |line| line.width() <= columns)
    }

    fn cut_up(text: &str) -> Vec<&str> {
        pieces(text, Strokes::Break)
    }

    #[test]
    fn japanese_is_broken_between_phrases_and_never_before_what_closes() {
        let text = "order1は「確定」して、注文がないのに課金済み。";
        assert_eq!(
            wrapped(text, 16),
            ["order1は", "「確定」して、", "注文がないのに", "課金済み。"]
        );
        for columns in 8..40 {
            for line in wrapped(text, columns) {
                assert!(line.width() <= columns, "{line}");
                assert!(!line.starts_with(['、', '。', '」']), "{line}");
                assert!(!line.ends_with('「'), "{line}");
            }
        }
    }

    #[test]
    fn a_figure_stays_with_its_unit() {
        let text = "返事を700 ms待つ。お客さんは10人以上、5秒";
        assert_eq!(
            cut_up(text),
            ["返事を", "700 ms待つ。", "お客さんは", "10人以上、", "5秒"]
        );
        assert_eq!(cut_up("ロック · 解除"), ["ロック · ", "解除"]);
        assert_eq!(cut_up("for 700 ms"), ["for ", "700 ", "ms"]);
    }

    #[test]
    fn a_phrase_too_wide_for_a_line_is_broken_where_the_script_changes() {
        assert_eq!(
            cut_up("返事：取り置きを確定した"),
            ["返事：", "取り置きを", "確定した"]
        );
        assert_eq!(wrapped("アボート済み", 9), ["アボート", "済み"]);
        assert_eq!(wrapped("アボート済み", 6), ["アボー", "ト済み"]);
    }

    #[test]
    fn english_is_broken_after_blanks_and_if_need_be_after_strokes() {
        assert_eq!(wrapped("to be or/not", 9), ["to be", "or/not"]);
        assert_eq!(cut_up("to be or/not"), ["to ", "be ", "or/", "not"]);
        assert_eq!(wrapped("to be/or", 4), ["to", "be/", "or"]);
        assert_eq!(wrapped("unbreakable", 6), ["unbrea", "kable"]);
    }
}
