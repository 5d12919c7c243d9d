//! What the shop believes, and what the others know.

use super::messages::{passed_on, row_as_object};
use super::times::moment;
use super::{Language, Say};
use crate::engine::trace::Told;
use crate::judge::claim::Claim;
use crate::language::message::ChargeStatus;
use crate::language::name::Name;
use crate::language::order::{Answer, Yen};
use crate::language::time::Ms;
use crate::sentence;
use crate::services::record::ReservationStatus;
use crate::two_phase::record::Outcome;

impl Say for Claim {
    fn say(&self, language: Language) -> String {
        match self {
            Claim::Stands { order, status } => match status {
                None => sentence!(
                    language,
                    en: "{order} does not exist",
                    ja: "{order}は存在しない"
                ),
                Some(status) => is(*order, status, language),
            },
            Claim::Told(told) => was_told(told.as_ref(), language),
            Claim::ToldOften { told, times } => {
                let told = was_told(Some(told), language);
                sentence!(language, en: "{told} ({times} times)", ja: "{told}（{times}回）")
            }
            Claim::Charge {
                order,
                id,
                amount,
                status,
                refunded,
            } => charge(*order, *id, [*amount, *refunded], *status, language),
            Claim::NeverCharged { order } => sentence!(
                language,
                en: "{order} was never charged",
                ja: "{order}は課金されていない"
            ),
            Claim::InHistory {
                order,
                is_there: true,
            } => sentence!(
                language,
                en: "{order} has a line in the history",
                ja: "{order}の履歴は1行ある"
            ),
            Claim::InHistory {
                order,
                is_there: false,
            } => sentence!(
                language,
                en: "{order} has no line in the history",
                ja: "{order}の履歴は1行もない"
            ),
            Claim::HistoryKnows { order } => sentence!(
                language,
                en: "the history has a line for {order}",
                ja: "履歴には{order}の行がある"
            ),
            Claim::Reservation {
                order,
                id,
                quantity,
                sku,
                status,
            } => match status {
                ReservationStatus::Held => sentence!(
                    language,
                    en: "{quantity} {sku} for {order}: set aside ({id})",
                    ja: "{order}に{sku}×{quantity}を取り置き中（{id}）"
                ),
                ReservationStatus::Confirmed => sentence!(
                    language,
                    en: "{quantity} {sku} for {order}: taken from the stock ({id})",
                    ja: "{order}の{sku}×{quantity}は在庫から出した（{id}）"
                ),
                ReservationStatus::Released => sentence!(
                    language,
                    en: "{quantity} {sku} for {order}: given back ({id})",
                    ja: "{order}の{sku}×{quantity}は棚に戻した（{id}）"
                ),
                ReservationStatus::Expired => sentence!(
                    language,
                    en: "{quantity} {sku} for {order}: free again: the reservation has lapsed ({id})",
                    ja: "{order}の{sku}×{quantity}は期限切れで棚に戻った（{id}）"
                ),
            },
            Claim::Parcel { order, id } => sentence!(
                language,
                en: "{order} is on its way in {id}",
                ja: "{order}は{id}で配送中"
            ),
            Claim::NoParcel { order } => sentence!(
                language,
                en: "no parcel is on its way for {order}",
                ja: "{order}の荷物は出ていない"
            ),
            Claim::Ledger { service, line } => sentence!(
                language,
                en: "{service}: {line}",
                ja: "{service}：{line}"
            ),
            Claim::Participant {
                participant,
                what,
                outcome,
                row,
            } => how_it_ended(*participant, *what, *outcome, *row, language),
            Claim::Over { transaction } => sentence!(
                language,
                en: "{transaction} is over",
                ja: "{transaction}は終わった"
            ),
            Claim::WasInDoubt {
                participant,
                from,
                until,
            } => {
                let from = moment(*from, language);
                let until = moment(*until, language);
                sentence!(
                    language,
                    en: "{participant} was in doubt from {from} to {until}",
                    ja: "{participant}は{from}から{until}まで未確定だった"
                )
            }
            Claim::OrderedByNobody { order } => sentence!(
                language,
                en: "nobody has ever ordered {order}",
                ja: "{order}を注文した人はいない"
            ),
            Claim::Stood { order, status, at } => stood(*order, status.as_deref(), *at, language),
            Claim::RestCame { at } => {
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "the rest of its rows came at {at}",
                    ja: "残りの行がそろったのは{at}"
                )
            }
            Claim::RestHadNotCome { by } => {
                let by = moment(*by, language);
                sentence!(
                    language,
                    en: "the rest of its rows had not come when it was taken back, at {by}",
                    ja: "{by}に取り消されたとき、残りの行はまだなかった"
                )
            }
            Claim::Sold { sku, count } => sentence!(
                language,
                en: "{count} of {sku} are sold",
                ja: "{sku}は{count}個売れた"
            ),
            Claim::Gone { sku, count } => match *count {
                count @ 0.. => sentence!(
                    language,
                    en: "{count} of {sku} are gone from the stock",
                    ja: "{sku}は在庫から{count}個減った"
                ),
                fewer => {
                    let count = -fewer;
                    sentence!(
                        language,
                        en: "the stock counts {count} of {sku} too many",
                        ja: "{sku}の在庫は{count}個多すぎる"
                    )
                }
            },
            Claim::PaidByThen { amount } => sentence!(
                language,
                en: "by then, {amount} had been paid",
                ja: "その時点の支払いは{amount}"
            ),
            Claim::Held { order, amount, at } => {
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "at {at}, the provider held {amount} for {order}",
                    ja: "{at}の時点で、決済会社は{order}の{amount}を預かっていた"
                )
            }
            Claim::RefundsInOrder => sentence!(
                language,
                en: "every refund was for money that had come in",
                ja: "どの返金も、受け取ったお金の分"
            ),
            Claim::TooMuchBack { amount } => sentence!(
                language,
                en: "{amount} too much went back",
                ja: "返しすぎは{amount}"
            ),
            Claim::WentBack {
                order,
                amount,
                times,
            } => sentence!(
                language,
                en: "{amount} went back for {order}, in {times} parts",
                ja: "{order}に返したのは、{times}回で{amount}"
            ),
            Claim::CustomerTold { order, answer, at } => {
                let said = answer.say(language);
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "the customer of {order} was told at {at}: {said}",
                    ja: "{at}に、{order}のお客さんへの返事：{said}"
                )
            }
            Claim::ToldAt { answer, at } => {
                let said = answer.say(language);
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "the customer was told at {at}: {said}",
                    ja: "{at}に、お客さんへの返事：{said}"
                )
            }
            Claim::NoParcelByThen { order } => sentence!(
                language,
                en: "by then, no parcel was on its way for {order}",
                ja: "その時点で、{order}の荷物は出ていなかった"
            ),
            Claim::ParcelThen { id } => sentence!(
                language,
                en: "{id} was on its way then",
                ja: "その時点で、{id}は配送中だった"
            ),
            Claim::ParcelRequested { id, at } => {
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "{id} was requested at {at}",
                    ja: "{at}に{id}の発送を頼んだ"
                )
            }
            Claim::NoRow { order, at } => {
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "at {at}, no row said anything of {order}",
                    ja: "{at}の時点で、{order}の行はどこにもなかった"
                )
            }
            Claim::HeardNo { order, at } => {
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "the shop heard at {at}: {order} is declined",
                    ja: "お店は{at}に、{order}の確定した拒否を受け取った"
                )
            }
            Claim::HoldsForSafety { holder } => sentence!(
                language,
                en: "{holder} holds a lock, for safety, while it waits for others",
                ja: "{holder}は念のため、相手を待つあいだもロックを握っている"
            ),
            Claim::WaitedForLock { order, waited } => {
                let waited = moment(*waited, language);
                sentence!(
                    language,
                    en: "{order} waited {waited} for that lock",
                    ja: "{order}はそのロックを{waited}待った"
                )
            }
            Claim::NothingWentWrong { order } => sentence!(
                language,
                en: "nothing went wrong with {order}",
                ja: "{order}には何も起きていない"
            ),
            Claim::KeptWaiting { order, waited } => {
                let waited = moment(*waited, language);
                sentence!(
                    language,
                    en: "{order} was kept waiting for {waited}",
                    ja: "{order}は{waited}待たされた"
                )
            }
            Claim::FoundLocked { order, holder, at } => {
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "{order} found the database locked by {holder} at {at}",
                    ja: "{order}が{at}に来ると、DBは{holder}がロックしていた"
                )
            }
            Claim::RowKept {
                order,
                holder,
                row: name,
                participant,
            } => {
                let row = row_as_object(*name, language);
                sentence!(
                    language,
                    en: "{holder} had \"{row}\" locked at {participant}, and {order} did not get it",
                    ja: "{holder}が{participant}の{row}ロックしていて、{order}は使えなかった"
                )
            }
            Claim::Ended { order, answer } => is(*order, answer, language),
            Claim::EndsOnce { answer } => {
                let said = status(answer, language);
                sentence!(
                    language,
                    en: "delivered once, and nothing else going wrong, it is {answer}",
                    ja: "1回だけ届いて、ほかに何も起きなければ{said}"
                )
            }
        }
    }
}

/// The status of an order that is to be undone.
const CALLED_OFF: &str = "called off";

/// A status as the shop's tables have it. The code's own words stay as they are.
pub(super) fn status(status: &str, language: Language) -> String {
    match status {
        "confirmed" => Answer::Confirmed.say(language),
        "pending" => Answer::Pending.say(language),
        "cancelled" => Answer::Cancelled.say(language),
        "paid" => sentence!(language, en: "paid", ja: "支払い済み"),
        "declined" => sentence!(language, en: "declined", ja: "否認"),
        own => sentence!(language, en: "{own}", ja: "{own}"),
    }
}

/// A status that stands alone.
pub(crate) fn stands(word: &str, language: Language) -> String {
    status(word, language).trim_start().to_owned()
}

fn is(order: Name, word: &str, language: Language) -> String {
    if word == CALLED_OFF {
        return sentence!(language, en: "{order} is {word}", ja: "{order}を取りやめる");
    }
    let said = status(word, language);
    sentence!(language, en: "{order} is {word}", ja: "{order}は{said}")
}

fn was_told(told: Option<&Told>, language: Language) -> String {
    match told {
        None => sentence!(
            language,
            en: "the customer is still waiting for an answer",
            ja: "お客さんは、まだ返事を待っている"
        ),
        Some(Told::Answer(answer)) => {
            let said = answer.say(language);
            sentence!(
                language,
                en: "the customer was told: {said}",
                ja: "お客さんへの返事：{said}"
            )
        }
        Some(Told::ErrorPage(error)) => {
            let said = passed_on(error, language);
            sentence!(
                language,
                en: "the customer saw an error page ({said})",
                ja: "お客さんにはエラー画面：{said}"
            )
        }
        Some(Told::ConnectionLost) => sentence!(
            language,
            en: "the customer lost the connection",
            ja: "お客さんとの接続は切れた"
        ),
        Some(Told::HungUp) => sentence!(
            language,
            en: "the customer hung up",
            ja: "お客さんは接続を切った"
        ),
    }
}

fn charge(
    order: Name,
    id: Name,
    [amount, refunded]: [Yen; 2],
    status: ChargeStatus,
    language: Language,
) -> String {
    match status {
        ChargeStatus::Captured if refunded == Yen(0) => sentence!(
            language,
            en: "{order} was charged {amount} ({id})",
            ja: "{order}は{amount}課金済み（{id}）"
        ),
        ChargeStatus::Captured => sentence!(
            language,
            en: "{order} was charged {amount} ({id}), and {refunded} went back",
            ja: "{order}は{amount}課金済み（{id}）、うち{refunded}は返金済み"
        ),
        ChargeStatus::Accepted => sentence!(
            language,
            en: "{order}: {id} was accepted, no money has moved",
            ja: "{order}：{id}は受け付けただけ、お金は動いていない"
        ),
        ChargeStatus::Authorized => sentence!(
            language,
            en: "{order}: {id} was authorized, no money has moved",
            ja: "{order}：{id}は仮売上だけ、お金は動いていない"
        ),
        ChargeStatus::Expired => sentence!(
            language,
            en: "{order}: {id} has lapsed, no money has moved",
            ja: "{order}：{id}は期限切れ、お金は動いていない"
        ),
        ChargeStatus::Declined => sentence!(
            language,
            en: "{order}: {id} was declined",
            ja: "{order}：{id}は否認"
        ),
        ChargeStatus::Voided => sentence!(
            language,
            en: "{order}: {id} was undone, the money is back",
            ja: "{order}：{id}は取り消し済み、お金は戻った"
        ),
    }
}

fn how_it_ended(
    who: Name,
    what: Name,
    outcome: Outcome,
    locked: Option<Name>,
    language: Language,
) -> String {
    match (outcome, locked) {
        (Outcome::Committed, _) => sentence!(
            language,
            en: "{who} has committed {what}",
            ja: "{who}は{what}をコミット済み"
        ),
        (Outcome::Aborted, _) => sentence!(
            language,
            en: "{who} has aborted {what}",
            ja: "{who}は{what}をアボート済み"
        ),
        (Outcome::InDoubt, None) => sentence!(
            language,
            en: "{who} is in doubt about {what}",
            ja: "{who}は{what}が未確定のまま"
        ),
        (Outcome::InDoubt, Some(own)) if own == what => sentence!(
            language,
            en: "{who} is in doubt about {what}, and keeps it locked",
            ja: "{who}は{what}が未確定のまま、ロックを握っている"
        ),
        (Outcome::InDoubt, Some(other)) => {
            let row = row_as_object(other, language);
            sentence!(
                language,
                en: "{who} is in doubt about {what}, and keeps \"{row}\" locked",
                ja: "{who}は{what}が未確定のまま、{row}ロックしている"
            )
        }
    }
}

fn stood(order: Name, word: Option<&str>, at: Ms, language: Language) -> String {
    let at = moment(at, language);
    match word {
        Some(word) => {
            let said = status(word, language);
            sentence!(
                language,
                en: "{order} was {word} at {at}",
                ja: "{order}は{at}に{said}だった"
            )
        }
        None => sentence!(
            language,
            en: "the row of {order} was gone at {at}",
            ja: "{at}に{order}の行はなくなっていた"
        ),
    }
}
