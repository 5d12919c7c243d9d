//! Texts in lines that fit, English and Japanese.
//!
//! This file stands alone: the guide, which does not link the lab, is compiled with it as well.

/// The text in lines that fit, broken after blanks and strokes and between the characters of Japanese, and elsewhere only
/// where a piece alone is too wide for a line. Line breaks that it has stay.
pub fn wrap(text: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces(text) {
        let line = lines.last_mut().expect("there is always a line");
        let longer = format!("{line}{piece}");
        if fits(longer.trim_end()) {
            *line = longer;
            continue;
        }
        if !line.is_empty() {
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
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// What no line begins with.
const CLOSING: &str =
    ">]、。，．・：；／！？）」』】〉》ー…〜ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ";
/// What no line ends with.
const OPENING: &str = "（「『【〈《";

/// The parts between which a line may be broken.
pub fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, character) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, character)) {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(character);
    }
    pieces.push(&text[start..]);
    pieces
}

/// Whether a line may end with this character and the next begin with that one.
fn may_break(before: char, after: char) -> bool {
    let is_japanese = |character| matches!(character, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    if [' ', '/'].contains(&before) {
        return true;
    }
    // A word in katakana stays whole, and so does a number with its unit.
    let is_katakana = |character| matches!(character, '\u{30a1}'..='\u{30ff}');
    let is_within = is_katakana(before) && is_katakana(after) || before.is_ascii_digit();
    let is_between = is_japanese(before) || is_japanese(after);
    let may_stand = after != ' ' && !CLOSING.contains(after) && !OPENING.contains(before);
    is_between && !is_within && may_stand
}

#[cfg(test)]
mod tests {
    use super::wrap;
    use unicode_width::UnicodeWidthStr;

    fn wrapped(text: &str, columns: usize) -> Vec<String> {
        wrap(text, |line| line.width() <= columns)
    }

    #[test]
    fn japanese_is_broken_between_characters_and_never_before_what_closes() {
        let text = "order1は「確定」して、支払い済み。";
        assert_eq!(
            wrapped(text, 12),
            ["order1は「確", "定」して、支", "払い済み。"]
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
    fn english_is_broken_after_blanks_and_strokes() {
        assert_eq!(
            wrapped("to be or/not to be", 6),
            ["to be", "or/not", "to be"]
        );
        assert_eq!(wrapped("unbreakable", 6), ["unbrea", "kable"]);
    }
}
