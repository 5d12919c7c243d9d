//! What the player itself says, in both languages. The script gets these with the runs; `{0}`, `{1}` stand for what it
//! puts in.

use guide::language::Language;
use serde_json::{Map, Value};

/// A word's name, and what it is in English and in Japanese.
const WORDS: &[(&str, &str, &str)] = &[
    ("title", "🎬 Play it yourself", "🎬 自分で再生してみる"),
    (
        "intro",
        "Both codes of this chapter, under the same fault. These are real runs: the code was compiled and run when the book was made. Choose what goes wrong, and step through it.",
        "この章の2つのコードに、同じ障害をぶつけました。どれも本を作るときにコンパイルして、本当に走らせたものです。何が起きるかを選んで、1歩ずつ進めてみましょう👣",
    ),
    (
        "no_script",
        "To step through the runs your browser needs JavaScript. The table says how each of them ends.",
        "1歩ずつ進めるには、ブラウザのJavaScriptが必要です。結末だけなら、表でわかります。",
    ),
    ("what", "What goes wrong", "何が起きるか"),
    ("broken", "the code of the text", "本文のコード"),
    ("fixed", "the answer", "答えのコード"),
    ("fine", "all is well", "問題なし"),
    ("from", "from {0} on", "{0}から"),
    ("takes", "the answer takes", "返事までの時間"),
    ("patience", "the shop waits", "お店が待つ時間"),
    (
        "tips",
        "It tips over between these two:",
        "この2つのあいだで、結末がひっくり返ります：",
    ),
    (
        "never_tips",
        "In this range it never breaks.",
        "この範囲なら、ずっと無事です。",
    ),
    (
        "stage",
        "Timeline of both runs, to scale. Arrow keys step through it.",
        "2つの実行のタイムライン（縮尺どおり）。矢印キーで1歩ずつ進めます。",
    ),
    (
        "veil",
        "This runs the answer. Better try your own first.",
        "この先は、答えのコードです。まずは自分で直してみましょう。",
    ),
    ("unveil", "Show it anyway", "それでも見る"),
    ("first", "to the beginning", "最初へ"),
    ("back", "one step back", "1歩戻る"),
    ("play", "play", "再生"),
    ("pause", "pause", "一時停止"),
    ("next", "one step on", "1歩進む"),
    ("last", "to the end", "最後へ"),
    ("scrub", "step", "ステップ"),
    ("step", "step {0} of {1}", "ステップ{0}/{1}"),
    ("nothing", "nothing happens", "何も起きない"),
    ("list", "Both runs as a table", "2つの実行を表で見る"),
    ("time", "time", "時刻"),
    (
        "map",
        "The whole map: how long the answer takes (→), and how long the shop waits (↓)",
        "全体の地図：返事までの時間（→）と、お店が待つ時間（↓）",
    ),
    (
        "map_note",
        "Each field is a run of the code of the text. ✓ all is well, ✗ charged without an order.",
        "1マスが、本文のコードの実行1回です。✓は問題なし、✗は「注文がないのに課金」。",
    ),
    (
        "legend_doubt",
        "the shop does not know whether its request took effect",
        "リクエストが効いたかどうか、お店にはわからない",
    ),
    (
        "legend_held",
        "a transaction holds the write lock",
        "トランザクションが書き込みロックを握る",
    ),
    (
        "legend_wait",
        "a statement waits for that lock",
        "SQL文がそのロックを待つ",
    ),
    (
        "legend_row",
        "a participant has promised, and keeps a row locked",
        "参加者が約束して、行をロックしたまま待つ",
    ),
    (
        "legend_apart",
        "belief and truth have parted",
        "認識と事実がズレている",
    ),
    ("row_held", "holds the lock", "ロックを握る"),
    (
        "row_wait",
        "waits for the lock of another",
        "ほかの人のロックを待つ",
    ),
    (
        "row_doubt",
        "waits for its own payment",
        "自分の支払いを待つ",
    ),
    ("confirmed", "{0} confirmed", "確定：{0}"),
    ("refused", "{0} turned away", "お断り：{0}"),
    ("pending", "{0} pending", "処理中：{0}"),
    ("waiting", "{0} waiting", "待ち：{0}"),
    ("ms", "{0} ms", "{0} ms"),
    ("s", "{0} s", "{0}秒"),
    ("min", "{0} min", "{0}分"),
    ("h", "{0} h", "{0}時間"),
    ("later", "{0} later", "{0}後"),
    ("schedule", "Replay it yourself:", "自分で再生するには："),
];

/// A word in a language.
///
/// # Panics
/// There is no word of this name.
pub fn word(name: &str, language: Language) -> &'static str {
    let mut words = WORDS.iter();
    let found = words.find(|(known, _, _)| *known == name);
    let (_, english, japanese) = found.unwrap_or_else(|| panic!("the player has no word `{name}`"));
    language.pick(english, japanese)
}

/// All words of a language, by their names.
pub fn all(language: Language) -> Value {
    let words = WORDS.iter().map(|(name, english, japanese)| {
        let word = language.pick(english, japanese);
        ((*name).to_owned(), Value::from(*word))
    });
    words.collect::<Map<String, Value>>().into()
}

/// A time as a reader counts it: `1700 ms`, `12 s`, `1 h`.
pub fn time(at: u64, language: Language) -> String {
    let (number, unit) = match at {
        0..10_000 => (at, "ms"),
        n if n % 3_600_000 == 0 => (n / 3_600_000, "h"),
        n if n % 60_000 == 0 => (n / 60_000, "min"),
        n if n % 1_000 == 0 => (n / 1_000, "s"),
        n => (n, "ms"),
    };
    word(unit, language).replace("{0}", &number.to_string())
}
