//! What would have been right.

use super::claims::status;
use super::times::moment;
use super::{Language, Say};
use crate::judge::claim::Expected;
use crate::language::message::Service;
use crate::sentence;

impl Say for Expected {
    fn say(&self, language: Language) -> String {
        match self {
            Expected::PaidOrCancelled { order } => sentence!(
                language,
                en: "{order} is confirmed and paid, or cancelled and nothing is charged",
                ja: "{order}は確定して支払い済み、または取り消しで課金なし"
            ),
            Expected::PaidOrGivenBack { order, taken, owed } => sentence!(
                language,
                en: "{order} is confirmed and paid, or cancelled and at least {owed} of {taken} goes back",
                ja: "{order}は確定して支払い済み、または取り消しで{taken}のうち{owed}以上を返金"
            ),
            Expected::ConfirmedAndPaid { order, amount } => sentence!(
                language,
                en: "{order} is confirmed, and {amount} is paid",
                ja: "{order}は確定して、{amount}が支払い済み"
            ),
            Expected::PaidBeforeConfirmed { order, amount } => sentence!(
                language,
                en: "{order} is confirmed only after {amount} is paid",
                ja: "{order}が確定するのは、{amount}が支払われたあと"
            ),
            Expected::ChargedOnce { order, amount } => sentence!(
                language,
                en: "{order} is charged {amount} once",
                ja: "{order}への課金は{amount}を1回だけ"
            ),
            Expected::NoMoreBackThanIn => sentence!(
                language,
                en: "no more goes back than has come in",
                ja: "返すお金は、受け取ったお金まで"
            ),
            Expected::GoesBackOnce { order, amount } => sentence!(
                language,
                en: "{amount} goes back for {order}, once",
                ja: "{order}に返すのは{amount}、1回だけ"
            ),
            Expected::OrderedBySomebody => sentence!(
                language,
                en: "every order in the books was ordered by somebody",
                ja: "お店の記録にある注文には、必ず注文した人がいる"
            ),
            Expected::OrderedBySomebodyWhoPays => sentence!(
                language,
                en: "every order in the books was ordered by somebody, who pays for it",
                ja: "お店の記録にある注文には、必ず注文してお金を払う人がいる"
            ),
            Expected::NoParcelUnpaid { order } => sentence!(
                language,
                en: "no parcel is on its way for {order}, which nobody pays",
                ja: "誰も払わない{order}の荷物は出ていない"
            ),
            Expected::OneParcel { order } => sentence!(
                language,
                en: "one parcel at most is on its way for {order}",
                ja: "{order}の荷物は、出ていても1つだけ"
            ),
            Expected::HistoryToo { order } => sentence!(
                language,
                en: "{order} and its line in the history are both there, or neither is",
                ja: "{order}とその履歴の行は、両方あるか、両方ないか"
            ),
            Expected::WholeAtOnce { order } => sentence!(
                language,
                en: "what belongs to {order} is there as soon as it is confirmed",
                ja: "{order}が確定した時点で、その行は全部そろっている"
            ),
            Expected::SoldIsGone { sku } => sentence!(
                language,
                en: "as many of {sku} are gone from the stock as are sold",
                ja: "{sku}は、売れた数だけ在庫から減っている"
            ),
            Expected::CancelledIsUnpaid { order, from } => {
                let from = moment(*from, language);
                sentence!(
                    language,
                    en: "who is told \"cancelled\" has not paid: from {from} on, nothing is held for {order}",
                    ja: "「取り消し」と言われた人は払っていない：{from}からは、{order}のお金を誰も預かっていない"
                )
            }
            Expected::CancelledCostsTheFee { order, from, fee } => {
                let from = moment(*from, language);
                sentence!(
                    language,
                    en: "who is told \"cancelled\" pays the fee at most: from {from} on, no more than {fee} is held for {order}",
                    ja: "「取り消し」と言われた人が払うのは手数料まで：{from}からは、{order}のお金を{fee}より多くは預かっていない"
                )
            }
            Expected::ConfirmedIsPaid { order, amount, at } => {
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "who is told \"confirmed\" has paid: at {at}, the provider holds {amount} for {order}",
                    ja: "「確定」と言われた人は払っている：{at}の時点で、{order}の{amount}を決済会社が預かっている"
                )
            }
            Expected::ConfirmedIsSent { order, at } => {
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "who is told \"confirmed\" has a parcel coming: at {at}, one is on its way for {order}",
                    ja: "「確定」と言われた人には荷物が届く：{at}の時点で、{order}の荷物が出ている"
                )
            }
            Expected::CancelledIsNotSent { order, from } => {
                let from = moment(*from, language);
                sentence!(
                    language,
                    en: "who is told \"cancelled\" gets no parcel: from {from} on, none is on its way for {order}",
                    ja: "「取り消し」と言われた人に荷物は届かない：{from}からは、{order}の荷物は出ていない"
                )
            }
            Expected::PendingIsRemembered { order, at } => {
                let at = moment(*at, language);
                sentence!(
                    language,
                    en: "who is told \"pending\" is not forgotten: at {at}, the books have a row for {order}",
                    ja: "「処理中」と言われた人を忘れない：{at}の時点で、{order}の行がお店の記録にある"
                )
            }
            Expected::Stays {
                order,
                status: was,
                from,
            } => {
                let said = status(was, language);
                let from = moment(*from, language);
                sentence!(
                    language,
                    en: "{order} stays {was}, from {from} on",
                    ja: "{order}は{from}からずっと{said}のまま"
                )
            }
            Expected::SameAnswer { order } => sentence!(
                language,
                en: "who asks for {order} again hears the same again",
                ja: "{order}をもう一度頼んだ人には、同じ返事をする"
            ),
            Expected::StaysCancelled { order } => sentence!(
                language,
                en: "{order} stays cancelled: the customer was told so",
                ja: "{order}は取り消しのまま：お客さんにそう伝えた"
            ),
            Expected::EndsConfirmed { order } => sentence!(
                language,
                en: "{order} ends confirmed: the customer was told so",
                ja: "{order}は最後には確定する：お客さんにそう伝えた"
            ),
            Expected::ConfirmedAsTold { order } => sentence!(
                language,
                en: "{order} is confirmed: the customer was told so",
                ja: "{order}は確定：お客さんにそう伝えた"
            ),
            Expected::CancelledWithoutParcel { order } => sentence!(
                language,
                en: "{order} is cancelled, and no parcel is on its way for it",
                ja: "{order}は取り消しで、荷物は出ていない"
            ),
            Expected::NoIsFinal { of, order } => no_is_final(*of, order.as_str(), language),
            Expected::Answered { order } => sentence!(
                language,
                en: "the customer of {order} gets an answer",
                ja: "{order}のお客さんに返事が届く"
            ),
            Expected::Ends { order } => sentence!(
                language,
                en: "{order} is confirmed or cancelled in the end",
                ja: "{order}は最後には確定か取り消しになる"
            ),
            Expected::AnsweredWithin { order, limit } => {
                let limit = moment(*limit, language);
                sentence!(
                    language,
                    en: "on a calm day {order} is answered within {limit}",
                    ja: "何も起きない日は、{order}に{limit}以内で返事をする"
                )
            }
            Expected::ConfirmedAtOnce { order } => sentence!(
                language,
                en: "{order} is told \"confirmed\" at once: nothing befell it",
                ja: "{order}にはすぐ「確定」と伝える：何も起きていない"
            ),
            Expected::ConfirmedUnharmed { order } => sentence!(
                language,
                en: "{order} is confirmed: nothing befell it",
                ja: "{order}は確定：何も起きていない"
            ),
            Expected::ToldItCannotBe { order } => sentence!(
                language,
                en: "{order} cannot be served, and its customer is told so",
                ja: "{order}は受けられないと、お客さんに伝える"
            ),
            Expected::ConfirmedAndSent { order } => sentence!(
                language,
                en: "{order} is confirmed, and a parcel is on its way for it",
                ja: "{order}は確定して、荷物が出ている"
            ),
            Expected::StoppedInTime { order } => sentence!(
                language,
                en: "{order} is called off in time, and its parcel is stopped",
                ja: "{order}は間に合ううちに取りやめて、荷物を止める"
            ),
            Expected::WaitsLess { order, limit } => {
                let limit = moment(*limit, language);
                sentence!(
                    language,
                    en: "{order} waits less than {limit} for a lock that is not its own",
                    ja: "{order}が他人のロックを待つのは{limit}未満"
                )
            }
            Expected::OwnWaitsOnly { order } => sentence!(
                language,
                en: "{order} is kept waiting by nobody but its own calls",
                ja: "{order}が待つのは、自分の呼び出しだけ"
            ),
            Expected::NotPutOff { order, holder } => sentence!(
                language,
                en: "{order} is not put off for {holder}'s sake",
                ja: "{order}は、{holder}のせいで後回しにされない"
            ),
            Expected::NotTurnedAway { order, holder } => sentence!(
                language,
                en: "{order} is not turned away for {holder}'s sake",
                ja: "{order}は、{holder}のせいで断られない"
            ),
            Expected::HearsTheEnd {
                participant,
                transaction,
            } => sentence!(
                language,
                en: "{participant} is told how {transaction} ends, and lets go of its locks",
                ja: "{participant}は{transaction}の結末を知らされて、ロックを手放す"
            ),
            Expected::HearsInTime {
                participant,
                transaction,
            } => sentence!(
                language,
                en: "{participant} can be reached, so it is told how {transaction} ends",
                ja: "{participant}には連絡がつくので、{transaction}の結末を伝える"
            ),
            Expected::EndsAlike { transaction } => sentence!(
                language,
                en: "all participants end {transaction} alike",
                ja: "{transaction}の結末は、参加者全員で同じ"
            ),
            Expected::EndsAsOnce { order } => sentence!(
                language,
                en: "{order} ends as it does when it is delivered once",
                ja: "{order}は、1回だけ届いたときと同じ結末になる"
            ),
        }
    }
}

/// Whose no it was, and to what.
fn no_is_final(of: Service, order: &str, language: Language) -> String {
    match of {
        Service::Shipping => sentence!(
            language,
            en: "the shipper's no is final: nothing is sent for {order} after it",
            ja: "発送会社の拒否は最終回答：そのあと{order}の荷物は出ない"
        ),
        Service::Orders
        | Service::Payment
        | Service::Inventory
        | Service::Queue
        | Service::Other(_) => sentence!(
            language,
            en: "the card's no is final: nothing is charged for {order} after it",
            ja: "カードの否認は最終回答：そのあと{order}に課金しない"
        ),
    }
}
