//! The contents of drawn worlds.

use super::{Language, Say};
use crate::search::census::{Input, Sight};
use crate::sentence;

/// The continuation of "48 worlds", and what comes before "のは48通り".
impl Say for Sight {
    fn say(&self, language: Language) -> String {
        match self {
            Sight::TwoAtOnce => sentence!(
                language,
                en: "with two customers at once",
                ja: "2人が同時に注文した"
            ),
            Sight::Crowd => sentence!(
                language,
                en: "with ten customers or more",
                ja: "お客さんが10人以上来た"
            ),
            Sight::SameCustomer => sentence!(
                language,
                en: "in which one customer bought twice",
                ja: "同じお客さんが2回買った"
            ),
            Sight::ComesAgain => sentence!(
                language,
                en: "in which an order came again",
                ja: "同じ注文がもう一度来た"
            ),
            Sight::SeveralPieces => sentence!(
                language,
                en: "with more than one piece in an order",
                ja: "まとめ買いがあった"
            ),
            Sight::OtherGoods => {
                sentence!(language, en: "with other goods", ja: "別の商品も売れた")
            }
            Sight::SoldOut => sentence!(
                language,
                en: "in which the goods did not last for all",
                ja: "商品が足りなくなった"
            ),
            Sight::WhileTheJobRuns => sentence!(
                language,
                en: "with a customer while the job ran",
                ja: "定期ジョブの途中で注文が来た"
            ),
            Sight::HoursLater => sentence!(
                language,
                en: "with a customer hours later",
                ja: "何時間もあとに注文が来た"
            ),
            Sight::AcrossMidnight => {
                sentence!(language, en: "across midnight", ja: "日付をまたいだ")
            }
            Sight::SlowService => {
                sentence!(language, en: "with a slow service", ja: "サービスが遅かった")
            }
            Sight::Outage => {
                sentence!(language, en: "with an outage", ja: "サービスが止まっていた")
            }
            Sight::LongOutage => sentence!(
                language,
                en: "with an outage of half a day or more",
                ja: "サービスが半日以上止まった"
            ),
            Sight::InFlight => sentence!(
                language,
                en: "in which InFlight was heard",
                ja: "InFlightを受け取った"
            ),
            Sight::Declined => sentence!(
                language,
                en: "in which Declined was heard",
                ja: "Declinedを受け取った"
            ),
            Sight::ServerError => {
                sentence!(language, en: "in which a 500 was heard", ja: "500を受け取った")
            }
            Sight::Undone => sentence!(
                language,
                en: "in which Undone was heard",
                ja: "Undoneを受け取った"
            ),
            Sight::Crash => sentence!(
                language,
                en: "in which the process died",
                ja: "プロセスが落ちた"
            ),
            Sight::DbError => sentence!(
                language,
                en: "in which the database failed",
                ja: "DBがエラーを返した"
            ),
        }
    }
}

impl Say for Input {
    fn say(&self, language: Language) -> String {
        match self {
            Input::ServicesTake => {
                sentence!(language, en: "how long services take", ja: "サービスの処理時間")
            }
            Input::WorldLasts => {
                sentence!(language, en: "how long the world lasts", ja: "世界の長さ")
            }
            Input::Customers => sentence!(language, en: "how many customers", ja: "お客さんの人数"),
            Input::Pieces => sentence!(language, en: "how many pieces", ja: "注文の個数"),
            Input::TimesUndone => sentence!(language, en: "how often it is undone", ja: "戻す回数"),
            Input::Amount => sentence!(language, en: "the amount", ja: "金額"),
            Input::Shelf => sentence!(language, en: "the shelf", ja: "棚の中身"),
            Input::TimeOfDay => sentence!(language, en: "the time of day", ja: "始まる時刻"),
            Input::AccountsCover => {
                sentence!(language, en: "what accounts cover", ja: "口座の残高")
            }
            Input::Away => {
                sentence!(language, en: "what is away, and when", ja: "どのサービスがいつ止まるか")
            }
            Input::Undone => sentence!(language, en: "what is undone", ja: "何を戻すか"),
            Input::Wanted => sentence!(language, en: "what they want", ja: "買うもの"),
            Input::CustomersCome => {
                sentence!(language, en: "when customers come", ja: "お客さんが来る時刻")
            }
            Input::CalledOff => {
                sentence!(language, en: "when it is called off", ja: "いつ取りやめるか")
            }
            Input::MoneySettles => {
                sentence!(language, en: "when money settles", ja: "お金がいつ動くか")
            }
            Input::RefundsSettle => sentence!(
                language,
                en: "when refunds settle",
                ja: "返金がいつ決着するか"
            ),
            Input::VoidsTooLate => sentence!(
                language,
                en: "whether a void comes too late",
                ja: "取り消しが間に合うか"
            ),
            Input::Who => sentence!(language, en: "who comes", ja: "誰が来るか"),
        }
    }
}
