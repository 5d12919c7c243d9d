//! The pictures' own words in every language: the meaning of bars, and measurements. The lab's catalogue tells the
//! events of a run.

use crate::Tone;
use lab::language::name::Name;
use lab::language::order::Answer;
use lab::language::time::Ms;
use lab::sentence;
use lab::tell::catalogue::spoken;
use lab::tell::scene::SpanKind;
use lab::tell::{Language, Say};

/// What a bar beside a lifeline means.
pub(crate) fn bar_of_timeline(kind: SpanKind, language: Language) -> String {
    match kind {
        SpanKind::InDoubt => sentence!(
            language,
            en: "the shop does not know whether its request took effect",
            ja: "リクエストが効いたかどうか、お店にはわからない"
        ),
        SpanKind::LockHeld => sentence!(
            language,
            en: "a transaction holds the write lock",
            ja: "トランザクションが書き込みロックを握る"
        ),
        SpanKind::LockWait => sentence!(
            language,
            en: "somebody waits for the write lock",
            ja: "だれかが書き込みロックを待つ"
        ),
        SpanKind::RowLocked => sentence!(
            language,
            en: "a participant has promised, and keeps a row locked",
            ja: "参加者が約束し、行をロックしたまま待つ"
        ),
    }
}

/// What a bar in the row of a customer means.
pub(crate) fn bar_of_customer(kind: SpanKind, language: Language) -> String {
    match kind {
        SpanKind::LockHeld => sentence!(language, en: "holds the lock", ja: "ロックを握る"),
        SpanKind::LockWait => sentence!(
            language,
            en: "waits for the lock of another",
            ja: "ほかの人のロックを待つ"
        ),
        SpanKind::InDoubt => sentence!(
            language,
            en: "waits for its own payment",
            ja: "自分の支払いを待つ"
        ),
        SpanKind::RowLocked => bar_of_promise(SpanKind::RowLocked, language),
    }
}

/// What a bar means where promises of two designs are compared.
pub(crate) fn bar_of_promise(kind: SpanKind, language: Language) -> String {
    match kind {
        SpanKind::LockHeld | SpanKind::RowLocked => sentence!(
            language,
            en: "keeps a row locked",
            ja: "行をロックしたまま"
        ),
        SpanKind::LockWait => sentence!(language, en: "waits for that row", ja: "その行を待つ"),
        SpanKind::InDoubt => sentence!(language, en: "the order is open", ja: "注文が未確定"),
    }
}

/// What is said at the pivot.
pub(crate) fn the_pivot(language: Language) -> String {
    sentence!(
        language,
        en: "pivot: from here on only forward",
        ja: "ピボット：ここから先は前へ進むだけ"
    )
}

/// The row of the shop's process.
pub(crate) fn the_process(language: Language) -> String {
    sentence!(language, en: "the process", ja: "プロセス")
}

pub(crate) fn is_down(language: Language) -> String {
    sentence!(language, en: "✖ is down", ja: "✖ 停止中")
}

pub(crate) fn is_back(language: Language) -> String {
    sentence!(language, en: "↻ is back", ja: "↻ 復帰")
}

/// How it ends for a customer at the counter: whether there was a sale; `None` while the customer waits.
pub(crate) fn at_the_counter(sold: Option<bool>, language: Language) -> (Tone, String) {
    match sold {
        Some(true) => (
            Tone::Good,
            sentence!(language, en: "✓ a book", ja: "✓ 本が買えた"),
        ),
        Some(false) => (
            Tone::Bad,
            sentence!(language, en: "✗ goes home", ja: "✗ 買えずに帰る"),
        ),
        None => (
            Tone::Bad,
            sentence!(language, en: "still waits", ja: "まだ待っている"),
        ),
    }
}

/// The end of an order without an accident.
pub(crate) fn standing(status: Option<&str>, language: Language) -> (Tone, String) {
    match status {
        Some("confirmed") => {
            let confirmed = Answer::Confirmed.say(language);
            (
                Tone::Good,
                sentence!(language, en: "✓ confirmed", ja: "✓ {confirmed}"),
            )
        }
        None | Some("cancelled") => (
            Tone::Bad,
            sentence!(language, en: "✗ called off", ja: "✗ 取り消し"),
        ),
        Some(_) => (
            Tone::Bad,
            sentence!(language, en: "still open", ja: "未確定のまま"),
        ),
    }
}

pub(crate) fn lets_go(language: Language) -> String {
    sentence!(language, en: "lets go", ja: "ロックを放す")
}

pub(crate) fn nothing_stays_locked(language: Language) -> String {
    sentence!(language, en: "nothing stays locked", ja: "ロックは残らない")
}

/// Measurements of two designs: the rows that stayed locked, with the longest span; how many others came, were served
/// at once, later, never.
pub(crate) fn measured(
    locked: Option<(usize, Ms)>,
    [others, at_once, later, never]: [usize; 4],
    language: Language,
) -> String {
    let locked = match locked {
        None => sentence!(language, en: "nothing stayed locked", ja: "ロックは残らない"),
        Some((rows, longest)) => {
            let longest = spoken(longest, language);
            let english = if rows == 1 { "row" } else { "rows" };
            sentence!(
                language,
                en: "{rows} {english} stayed locked, for up to {longest}",
                ja: "{rows}行が最長{longest}ロックされたまま"
            )
        }
    };
    sentence!(
        language,
        en: "{locked}; of {others} others {at_once} were served at once, {later} later, {never} never",
        ja: "{locked}。ほかの{others}人：すぐ買えた {at_once}、あとで買えた {later}、買えなかった {never}"
    )
}

/// How long a call took in the middle of a transaction.
pub(crate) fn slow(took: Ms, language: Language) -> String {
    let took = spoken(took, language);
    sentence!(language, en: "slow: {took}", ja: "遅い：{took}")
}

pub(crate) fn holds_the_lock(holder: Name, span: Ms, language: Language) -> String {
    let span = spoken(span, language);
    sentence!(
        language,
        en: "{holder} holds the lock for {span}",
        ja: "{holder}が{span}のあいだロックを握る"
    )
}

pub(crate) fn wants_the_lock(actor: Name, language: Language) -> String {
    sentence!(language, en: "{actor} wants the lock, too", ja: "{actor}もロックが欲しい")
}

pub(crate) fn waits(span: Ms, language: Language) -> String {
    let span = spoken(span, language);
    sentence!(language, en: "waits {span}", ja: "待ち時間 {span}")
}

/// This many more wait for the same lock.
pub(crate) fn behind_it(others: usize, language: Language) -> String {
    sentence!(language, en: "and {others} behind it", ja: "うしろにもう{others}人")
}
