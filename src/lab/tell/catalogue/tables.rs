//! What stands in the table at the end of a demo, and in the grid of a search.

use super::{Language, Say};
use crate::judge::accident::Accident;
use crate::language::name::Name;
use crate::language::order::Yen;
use crate::search::exhaustive::{Cell, Score};
use crate::sentence;
use crate::two_phase::record::Outcome;

/// The heading of a column.
#[derive(Clone, Copy)]
pub(crate) enum Column {
    Order,
    TheShopBelieves,
    TheProviderKnows,
    TableOrders,
    TableHistory,
    CustomerWasTold,
}

impl Say for Column {
    fn say(&self, language: Language) -> String {
        match self {
            Column::Order => sentence!(language, en: "order", ja: "注文"),
            Column::TheShopBelieves => {
                sentence!(language, en: "the shop believes", ja: "お店の認識")
            }
            Column::TheProviderKnows => {
                sentence!(language, en: "the provider knows", ja: "相手側の事実")
            }
            Column::TableOrders => {
                sentence!(language, en: "the table orders", ja: "テーブルorders")
            }
            Column::TableHistory => {
                sentence!(language, en: "the table history", ja: "テーブルhistory")
            }
            Column::CustomerWasTold => {
                sentence!(language, en: "the customer was told", ja: "お客さんへの返事")
            }
        }
    }
}

/// What stands in a cell.
pub(crate) enum Entry<'a> {
    DoesNotExist,
    /// Whether there is one.
    ALine(bool),
    NothingYet,
    AnErrorPage,
    ConnectionLost,
    HungUp,
    Charged {
        amount: Yen,
        id: Name,
    },
    Declined {
        amount: Yen,
        id: Name,
    },
    Accepted {
        amount: Yen,
        id: Name,
    },
    NotCharged,
    NotSent,
    Sent(&'a str),
}

impl Say for Entry<'_> {
    fn say(&self, language: Language) -> String {
        match self {
            Entry::DoesNotExist => sentence!(language, en: "does not exist", ja: "存在しない"),
            Entry::ALine(true) => sentence!(language, en: "a line", ja: "1行ある"),
            Entry::ALine(false) => sentence!(language, en: "no line", ja: "行なし"),
            Entry::NothingYet => sentence!(language, en: "nothing yet", ja: "まだ何も"),
            Entry::AnErrorPage => sentence!(language, en: "an error page", ja: "エラー画面"),
            Entry::ConnectionLost => sentence!(language, en: "connection lost", ja: "接続が切れた"),
            Entry::HungUp => sentence!(language, en: "hung up", ja: "接続を切った"),
            Entry::Charged { amount, id } => sentence!(
                language,
                en: "charged {amount} ({id})",
                ja: "課金済み {amount}（{id}）"
            ),
            Entry::Declined { amount, id } => sentence!(
                language,
                en: "declined {amount} ({id})",
                ja: "否認 {amount}（{id}）"
            ),
            Entry::Accepted { amount, id } => sentence!(
                language,
                en: "accepted {amount} ({id})",
                ja: "受付済み {amount}（{id}）"
            ),
            Entry::NotCharged => sentence!(language, en: "not charged", ja: "課金なし"),
            Entry::NotSent => sentence!(language, en: "; not sent", ja: "、発送なし"),
            Entry::Sent(parcels) => {
                sentence!(language, en: "; sent {parcels}", ja: "、発送済み {parcels}")
            }
        }
    }
}

/// How a transaction ended for a participant, in one word.
pub(crate) fn ended(outcome: Option<Outcome>, language: Language) -> String {
    match outcome {
        None => "–".to_owned(),
        Some(Outcome::Committed) => sentence!(language, en: "committed", ja: "コミット"),
        Some(Outcome::Aborted) => sentence!(language, en: "aborted", ja: "アボート"),
        Some(Outcome::InDoubt) => sentence!(language, en: "in doubt", ja: "未確定"),
    }
}

/// What a row shows that must not be, in few words.
pub(crate) fn mark(accident: Accident, language: Language) -> String {
    match accident {
        Accident::TwoOutcomesOfOneTransaction => {
            sentence!(language, en: "two outcomes", ja: "結末が2つ")
        }
        other => other.say(language),
    }
}

/// What is added up below a table.
#[derive(Clone, Copy)]
pub(crate) enum Sum {
    ChargedTwice,
    ChargedWithoutAnOrder,
    ConfirmedWithoutPayment,
}

impl Sum {
    /// The sum, and the orders that it is made of.
    pub(crate) fn say(self, sum: Yen, orders: &str, language: Language) -> String {
        let what = match self {
            Sum::ChargedTwice => {
                sentence!(language, en: "money charged twice", ja: "二重に課金したお金")
            }
            Sum::ChargedWithoutAnOrder => sentence!(
                language,
                en: "money charged without an order",
                ja: "注文がないのに課金したお金"
            ),
            Sum::ConfirmedWithoutPayment => sentence!(
                language,
                en: "goods confirmed without payment",
                ja: "支払いなしで確定した商品"
            ),
        };
        match orders {
            "" => sentence!(language, en: "{what}: {sum}", ja: "{what}：{sum}"),
            orders => {
                sentence!(language, en: "{what}: {sum} ({orders})", ja: "{what}：{sum}（{orders}）")
            }
        }
    }
}

/// So many parcels more than orders.
pub(crate) fn parcels_too_many(parcels: usize, language: Language) -> String {
    sentence!(language, en: "parcels too many: {parcels}", ja: "余分な荷物：{parcels}個")
}

/// What is in stock at the end, and what was sold.
pub(crate) fn stock(sku: Name, [at_first, left, sold]: [i64; 3], language: Language) -> String {
    sentence!(
        language,
        en: "{sku}: {at_first} in the table stock at first, {left} left; {sold} sold, by the table orders",
        ja: "{sku}：テーブルstockでは最初 {at_first}、残り {left}。テーブルordersでは{sold}個売れた"
    )
}

/// How many schedules a search has run.
pub(crate) fn ran(score: &Score, language: Language) -> String {
    let (run, ends) = (score.run(), score.ends);
    sentence!(
        language,
        en: "{run} schedules run; the worlds ended in {ends} different ways",
        ja: "{run}件のスケジュールを実行。世界の終わり方は{ends}通り"
    )
}

/// How a fault went at a step.
impl Say for Cell {
    fn say(&self, language: Language) -> String {
        match self {
            Cell { held, broke: 0 } => sentence!(language, en: "held {held}", ja: "無事 {held}"),
            Cell { held, broke } => {
                sentence!(language, en: "BROKE {broke}, held {held}", ja: "事故 {broke}、無事 {held}")
            }
        }
    }
}

/// A step at which no search could try anything.
pub(crate) fn never_tried(steps: &str, language: Language) -> String {
    sentence!(
        language,
        en: "warning: reached only by the last fault of a schedule, so that nothing was tried there: {steps}",
        ja: "注意：スケジュールの最後の障害でしか通らず、何も試せなかったステップ： {steps}"
    )
}
