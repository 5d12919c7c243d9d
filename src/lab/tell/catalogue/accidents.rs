//! The names of accidents, what they mean, and whose claims are compared.

use super::{Language, Say};
use crate::judge::accident::Accident;
use crate::judge::claim::Side;
use crate::sentence;

impl Say for Accident {
    fn say(&self, language: Language) -> String {
        let name = self.name();
        match self {
            Accident::ChargedWithoutAnOrder => {
                sentence!(language, en: "{name}", ja: "注文がないのに課金")
            }
            Accident::ConfirmedWithoutPayment => {
                sentence!(language, en: "{name}", ja: "決済なしで注文確定")
            }
            Accident::ChargedTwice => sentence!(language, en: "{name}", ja: "二重課金"),
            Accident::ShippedTwice => sentence!(language, en: "{name}", ja: "二重配送"),
            Accident::StockOutOfBalance => sentence!(language, en: "{name}", ja: "在庫が合わない"),
            Accident::RefundedMoreThanCaptured => {
                sentence!(language, en: "{name}", ja: "返金しすぎ")
            }
            Accident::RefundedTwice => sentence!(language, en: "{name}", ja: "二重返金"),
            Accident::HalfAnOrder => sentence!(language, en: "{name}", ja: "半端な注文"),
            Accident::AFinalWordTakenBack => {
                sentence!(language, en: "{name}", ja: "決まったはずが覆る")
            }
            Accident::OtherOrdersLockedOut => {
                sentence!(language, en: "{name}", ja: "ほかの注文の締め出し")
            }
            Accident::LeftInDoubt => sentence!(language, en: "{name}", ja: "未確定のまま放置"),
            Accident::TwoOutcomesOfOneTransaction => {
                sentence!(language, en: "{name}", ja: "1つの取引に2つの結末")
            }
            Accident::NeverSettled => sentence!(language, en: "{name}", ja: "決着がつかない"),
            Accident::ALegitimateRequestSwallowed => {
                sentence!(language, en: "{name}", ja: "正当な注文が消える")
            }
        }
    }
}

/// What an accident means, in a sentence.
pub fn meaning(accident: Accident, language: Language) -> String {
    match accident {
        Accident::ChargedWithoutAnOrder => sentence!(
            language,
            en: "the customer has paid for an order that does not exist",
            ja: "存在しない注文に、お客さんがお金を払っている"
        ),
        Accident::ConfirmedWithoutPayment => sentence!(
            language,
            en: "the goods will leave, and nobody has paid for them",
            ja: "商品は出ていくのに、誰も払っていない"
        ),
        Accident::ChargedTwice => sentence!(
            language,
            en: "the customer has paid more than once for one order",
            ja: "1つの注文に、お客さんが2回以上払っている"
        ),
        Accident::ShippedTwice => sentence!(
            language,
            en: "the customer gets more than one parcel for one order",
            ja: "1つの注文で荷物が2つ以上届く"
        ),
        Accident::StockOutOfBalance => sentence!(
            language,
            en: "the stock says something else than the orders do",
            ja: "在庫の数が、注文と合わない"
        ),
        Accident::RefundedMoreThanCaptured => sentence!(
            language,
            en: "more money went back than had ever come in",
            ja: "受け取ったより多くのお金を返した"
        ),
        Accident::RefundedTwice => sentence!(
            language,
            en: "money that had already gone back went back again",
            ja: "もう返したはずのお金を、もう一度返した"
        ),
        Accident::HalfAnOrder => sentence!(
            language,
            en: "some of the order's rows are there, and some are not",
            ja: "注文の行が、一部だけある"
        ),
        Accident::AFinalWordTakenBack => sentence!(
            language,
            en: "it was final, and then it was not",
            ja: "決まったはずなのに、覆った"
        ),
        Accident::OtherOrdersLockedOut => sentence!(
            language,
            en: "orders wait for a payment that is none of their business",
            ja: "ほかの注文が、自分と関係のない決済を待たされている"
        ),
        Accident::LeftInDoubt => sentence!(
            language,
            en: "a participant holds its locks and is not told how it ended",
            ja: "参加者がロックを握ったまま、結末を知らされない"
        ),
        Accident::TwoOutcomesOfOneTransaction => sentence!(
            language,
            en: "one side says it happened, another that it did not",
            ja: "一方は「起きた」と言い、もう一方は「起きていない」と言う"
        ),
        Accident::NeverSettled => sentence!(
            language,
            en: "at the end of the day somebody still waits",
            ja: "1日が終わっても、まだ誰かが待っている"
        ),
        Accident::ALegitimateRequestSwallowed => sentence!(
            language,
            en: "a customer is owed an order, and there is none",
            ja: "お客さんに届くはずの注文が、どこにもない"
        ),
    }
}

impl Say for Side {
    fn say(&self, language: Language) -> String {
        match self {
            Side::Shop => sentence!(language, en: "the shop believes", ja: "お店の認識"),
            Side::Provider => sentence!(language, en: "the provider knows", ja: "相手側の事実"),
            Side::Others => sentence!(language, en: "the others know", ja: "ほかの当事者の事実"),
            Side::Tables => sentence!(language, en: "the tables say", ja: "テーブルの中身"),
        }
    }
}
