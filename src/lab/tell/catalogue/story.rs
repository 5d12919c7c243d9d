//! What happens in a scene, and its notes.

use super::claims::status;
use super::messages::{passed_on, row_as_object};
use super::times::spoken;
use super::{Language, Say, joined};
use crate::engine::trace::{Rollback, Sale, Settled, Told};
use crate::language::fault::Fault;
use crate::language::message::{Reply, Response};
use crate::language::name::Name;
use crate::language::order::Answer;
use crate::language::time::Ms;
use crate::sentence;
use crate::tell::ending::Ending;
use crate::tell::scene::fact::{Fact, Understood};
use crate::tell::scene::idle::Repeats;
use crate::tell::scene::{Fate, Note};

impl Say for Fact {
    fn say(&self, language: Language) -> String {
        match self {
            Fact::ComesIn(actor) => {
                sentence!(language, en: "{actor} comes in", ja: "{actor}が来る")
            }
            Fact::Told(told) => told.say(language),
            Fact::Recover(run) => sentence!(language, en: "recover #{run}", ja: "recover #{run}"),
            Fact::RecoverFailed { run, error } => {
                let error = passed_on(error, language);
                sentence!(
                    language,
                    en: "recover #{run} ends with an error: {error}",
                    ja: "recover #{run}がエラーで終わる：{error}"
                )
            }
            Fact::Repeats(Repeats { count, since }) => {
                let since = spoken(*since, language);
                sentence!(
                    language,
                    en: "recover: {count} times the same, since {since}",
                    ja: "recover：{since}から同じことを{count}回"
                )
            }
            Fact::Logged(text) => format!("\"{text}\""),
            Fact::Sql(label) => label.to_string(),
            Fact::SqlFailed { label, error } => {
                let error = error.say(language);
                sentence!(language, en: "{label} fails: {error}", ja: "{label}が失敗：{error}")
            }
            Fact::WaitsForLock { holder } => sentence!(
                language,
                en: "waits for the lock {holder} holds",
                ja: "{holder}が握るロックを待つ"
            ),
            Fact::RolledBack(why) => why.say(language),
            Fact::GaveUp { waited, takes_it } => gave_up(*waited, *takes_it, language),
            Fact::Died => sentence!(
                language,
                en: "the shop's process dies",
                ja: "お店のプロセスが落ちる"
            ),
            Fact::Restarted => sentence!(
                language,
                en: "the shop's process starts again",
                ja: "お店のプロセスが再起動する"
            ),
            Fact::Paused => sentence!(
                language,
                en: "the shop's process stands still",
                ja: "お店のプロセスが固まる"
            ),
            Fact::WentOn => sentence!(
                language,
                en: "the shop's process goes on, unaware",
                ja: "お店のプロセスが、気づかずに続ける"
            ),
            Fact::Asks(request) => request.say(language),
            Fact::Answers { response, replayed } => answers(response, *replayed, language),
            Fact::Reply { to, response } => reply(*to, response, language),
            Fact::Settled { actor, what } => settled(*actor, what, language),
            Fact::Webhook(notice) => {
                let notice = notice.say(language);
                sentence!(language, en: "webhook: {notice}", ja: "Webhook：{notice}")
            }
            Fact::WebhookUnderWay(notice) => {
                let notice = notice.say(language);
                sentence!(
                    language,
                    en: "webhook: {notice} (still under way)",
                    ja: "Webhook：{notice}（まだ途中）"
                )
            }
            Fact::Noted => String::new(),
        }
    }
}

impl Say for Told {
    fn say(&self, language: Language) -> String {
        match self {
            Told::Answer(answer) => {
                let answer = answer.say(language);
                sentence!(
                    language,
                    en: "tells the customer: {answer}",
                    ja: "お客さんへ：{answer}"
                )
            }
            Told::ErrorPage(error) => {
                let error = passed_on(error, language);
                sentence!(
                    language,
                    en: "shows the customer an error page ({error})",
                    ja: "お客さんにエラー画面を出す：{error}"
                )
            }
            Told::ConnectionLost => sentence!(
                language,
                en: "the customer's connection breaks",
                ja: "お客さんとの接続が切れる"
            ),
            Told::HungUp => sentence!(
                language,
                en: "the customer hangs up",
                ja: "お客さんが接続を切る"
            ),
        }
    }
}

impl Say for Rollback {
    fn say(&self, language: Language) -> String {
        match self {
            Rollback::Asked => sentence!(language, en: "rollback", ja: "rollback"),
            Rollback::Dropped => sentence!(
                language,
                en: "rollback (transaction dropped)",
                ja: "rollback（トランザクションを手放した）"
            ),
            Rollback::Crash => sentence!(
                language,
                en: "rollback (the process is gone)",
                ja: "rollback（プロセスが落ちた）"
            ),
        }
    }
}

fn gave_up(waited: Ms, takes_it: Understood, language: Language) -> String {
    let waited = spoken(waited, language);
    match takes_it {
        Understood::AsNoAnswer => sentence!(
            language,
            en: "{waited} timeout: no answer",
            ja: "{waited}でタイムアウト：応答なし"
        ),
        Understood::AsFailure => sentence!(
            language,
            en: "{waited} timeout: takes it for a failure",
            ja: "{waited}でタイムアウト：失敗とみなす"
        ),
        Understood::AsUnknown => sentence!(
            language,
            en: "{waited} timeout: outcome unknown",
            ja: "{waited}でタイムアウト：結果はわからない"
        ),
        Understood::ByNobody => sentence!(
            language,
            en: "dropped after {waited}: nobody waits",
            ja: "{waited}で打ち切り：もう誰も待っていない"
        ),
    }
}

/// What a service has done. The caller is not told that it locks a row, but whoever wants the same row will be.
fn answers(response: &Response, replayed: bool, language: Language) -> String {
    let said = response.say(language);
    match response {
        _ if replayed => sentence!(
            language,
            en: "stored answer again: {said}",
            ja: "保存済みの返事をもう一度：{said}"
        ),
        Ok(Reply::Prepared(locked)) => {
            let row = row_as_object(*locked, language);
            sentence!(language, en: "locks {row} · {said}", ja: "{row}ロック · {said}")
        }
        _ => said,
    }
}

fn reply(to: Option<Name>, response: &Response, language: Language) -> String {
    let said = match response {
        Ok(Reply::Charges(found)) if !found.is_empty() => found_now(found, language),
        response => response.say(language),
    };
    match to {
        Some(whose) => sentence!(
            language,
            en: "reply to {whose}: {said}",
            ja: "{whose}への返事：{said}"
        ),
        None => sentence!(language, en: "reply: {said}", ja: "返事：{said}"),
    }
}

/// What was found, behind a colon.
fn found_now(found: &[crate::language::message::Charge], language: Language) -> String {
    let between = sentence!(language, en: "; ", ja: "；");
    let found = joined(found, &between, language);
    sentence!(language, en: "found {found}", ja: "見つかった：{found}")
}

fn settled(actor: Name, what: &Settled, language: Language) -> String {
    match what {
        Settled::Charge(charge) => charge.say(language),
        Settled::Refund(refund) => refund.say(language),
        Settled::WaitsForRow { holder, row } => sentence!(
            language,
            en: "{actor} waits for {holder} ({row})",
            ja: "{actor}は{holder}を待つ（{row}）"
        ),
        Settled::WalkIn { sku, sale } => match sale {
            Sale::Sold => {
                sentence!(language, en: "{actor} buys a {sku}", ja: "{actor}が{sku}を買う")
            }
            Sale::SoldOut => sentence!(
                language,
                en: "{actor} wants a {sku}: sold out",
                ja: "{actor}が{sku}をほしがる：売り切れ"
            ),
            Sale::KeptLocked => sentence!(
                language,
                en: "{actor} goes home without a {sku}",
                ja: "{actor}は{sku}を買えずに帰る"
            ),
        },
        Settled::GivesUp { tx } => sentence!(
            language,
            en: "{actor}: told nothing for too long, aborts {tx} on its own",
            ja: "{actor}：長いあいだ知らされず、自分で{tx}をアボートする"
        ),
    }
}

impl Say for Note {
    fn say(&self, language: Language) -> String {
        match self {
            Note::Fault { fault, at } => {
                let fault = in_full(*fault);
                let at = at.map_or(String::new(), |step| format!(" {step}"));
                sentence!(language, en: "fault: {fault}{at}", ja: "障害：{fault}{at}")
            }
            Note::Parting => sentence!(
                language,
                en: "from here belief and truth part",
                ja: "ここから認識と事実がズレる"
            ),
        }
    }
}

/// The fault as in a schedule, and if its number is unreadable, about how long it is.
fn in_full(fault: Fault) -> String {
    match fault.span().and_then(Ms::gloss) {
        Some(gloss) => format!("{fault} ({gloss})"),
        None => fault.to_string(),
    }
}

/// The note where a reply was lost.
pub fn lost_reply(language: Language) -> String {
    sentence!(language, en: "the reply is lost", ja: "返事が消える")
}

impl Say for Ending {
    fn say(&self, language: Language) -> String {
        match self {
            Ending::StillWaits => sentence!(language, en: "still waits", ja: "まだ待っている"),
            Ending::PendingThen(word) => {
                let (first, later) = (Answer::Pending.say(language), status(word, language));
                sentence!(language, en: "{first}, later {word}", ja: "{first}、あとで{later}")
            }
            Ending::Told(told) => match told {
                Told::Answer(answer) => {
                    let said = answer.say(language);
                    match answer {
                        Answer::Confirmed => sentence!(language, en: "✓ {said}", ja: "✓ {said}"),
                        Answer::Pending => said,
                        Answer::Cancelled => sentence!(language, en: "✗ {said}", ja: "✗ {said}"),
                    }
                }
                Told::ErrorPage(error) => {
                    let error = passed_on(error, language);
                    sentence!(language, en: "✗ {error}", ja: "✗ {error}")
                }
                Told::ConnectionLost => {
                    sentence!(language, en: "✗ connection lost", ja: "✗ 接続が切れた")
                }
                Told::HungUp => sentence!(language, en: "✗ hung up", ja: "✗ 接続を切った"),
            },
        }
    }
}

impl Fate {
    /// What is said behind a message's own words.
    pub fn remark(self, language: Language) -> String {
        match self {
            Fate::Arrives => String::new(),
            Fate::Unheard => {
                sentence!(language, en: " (nobody is waiting)", ja: "（もう誰も待っていない）")
            }
            Fate::Lost => sentence!(language, en: " (lost)", ja: "（消えた）"),
            Fate::Refused => sentence!(language, en: "connection refused", ja: "接続拒否"),
        }
    }
}
