//! Why a world ended early.

use super::{Language, Say};
use crate::engine::record::{Busy, Halt};
use crate::language::order::grouped;
use crate::sentence;

/// What went wrong in a world that ended early, and what to look for.
pub fn advice(halt: &Halt, language: Language) -> String {
    match halt {
        Halt::NeverSettles { what, count } => {
            let (what, many) = (what.say(language), grouped(*count));
            sentence!(
                language,
                en: "The code took more than {count} {what} in one world and was still busy. Look for a retry without \
                     a pause,\nfor a pause that does not grow, or for a loop that nothing ends.",
                ja: "1つの世界で{what}{many}を超えても、コードがまだ止まりません😵\n\
                     よくある犯人：間を置かないリトライ、\n\
                     間隔が伸びないリトライ、終わらないループ。"
            )
        }
        Halt::TicksTooOften { ticks } => sentence!(
            language,
            en: "A task of your own has looked for work more than {ticks} times in this world and found nothing new. That is\n\
                 right, and yet no search can try thousands of such worlds. Look every two seconds at most; every minute\n\
                 is plenty. Or let `recover` do it.",
            ja: "あなたのタスクが、この世界で{ticks}回を超えて仕事を探して、毎回から振りでした。\n\
                 動きは正しいのですが、これだと何千もの世界を試せません。多くても2秒に1回。1分に1回でも十分です。\n\
                 `recover`に任せてもOKです。"
        ),
        Halt::Panicked { message, place } => sentence!(
            language,
            en: "The code panicked at {place}:\n{message}",
            ja: "コードが{place}でパニックしました：\n{message}"
        ),
    }
}

/// A panic in one line: the first of its message.
pub(crate) fn panicked(message: &str, place: &str, language: Language) -> String {
    let message = message.lines().next().unwrap_or_default();
    sentence!(
        language,
        en: "a panic at {place}: {message}",
        ja: "{place}でパニック：{message}"
    )
}

impl Say for Busy {
    fn say(&self, language: Language) -> String {
        match self {
            Busy::Steps => sentence!(language, en: "steps", ja: "ステップ数が"),
            Busy::Tasks => sentence!(language, en: "tasks at once", ja: "同時に動くタスクが"),
            Busy::Turns => {
                sentence!(language, en: "turns on the processor", ja: "CPUの順番が回ってきた回数が")
            }
        }
    }
}
