//! What the shop and its services say to each other, and what the database answers. In English they say it themselves:
//! an error is printed by the order code, too.

use super::{Language, Say, joined};
use crate::language::db_error::DbError;
use crate::language::message::{CallError, Charge, ChargeStatus, Part, Reply, Request, Response};
use crate::language::name::Name;
use crate::language::order::{Answer, Order, Yen};

impl Say for Answer {
    fn say(&self, language: Language) -> String {
        match self {
            Answer::Confirmed => sentence!(language, en: "{self}", ja: "確定"),
            Answer::Pending => sentence!(language, en: "{self}", ja: "保留中"),
            Answer::Cancelled => sentence!(language, en: "{self}", ja: "取り消し"),
        }
    }
}

impl Say for Request {
    fn say(&self, language: Language) -> String {
        match self {
            // A service that a world brings along has words of its own.
            Request::Other(asked) => asked.message.to_string(),
            Request::Charge { order, amount, key } => {
                let key = bracketed(key.as_ref());
                sentence!(language, en: "{self}", ja: "課金 {order} {amount}{key}")
            }
            Request::Find(by) => sentence!(language, en: "{self}", ja: "課金を照会 {by}"),
            Request::Refund {
                charge,
                amount,
                key,
            } => sentence!(language, en: "{self}", ja: "返金 {charge} {amount}（{key}）"),
            Request::Void { key } => sentence!(language, en: "{self}", ja: "取り消し {key}"),
            Request::Reserve {
                order,
                sku,
                quantity,
                key,
            } => {
                sentence!(language, en: "{self}", ja: "在庫確保 {sku}×{quantity} {order}（{key}）")
            }
            Request::Release { key } => sentence!(language, en: "{self}", ja: "在庫を戻す {key}"),
            Request::Confirm { key } => sentence!(language, en: "{self}", ja: "在庫を確定 {key}"),
            Request::Restock {
                order,
                sku,
                quantity,
                key,
            } => {
                let key = bracketed(key.as_ref());
                sentence!(language, en: "{self}", ja: "棚に戻す {sku}×{quantity}（{order}の分）{key}")
            }
            Request::Ship { order, key } => {
                let key = bracketed(key.as_ref());
                sentence!(language, en: "{self}", ja: "発送 {order}{key}")
            }
            Request::FindParcels(by) => sentence!(language, en: "{self}", ja: "荷物を照会 {by}"),
            Request::CancelParcel(by) => sentence!(language, en: "{self}", ja: "荷物を止める {by}"),
            Request::Authorize { order, amount, key } => {
                sentence!(language, en: "{self}", ja: "仮売上 {order} {amount}（{key}）")
            }
            Request::Capture { key } => sentence!(language, en: "{self}", ja: "売上確定 {key}"),
            Request::Part { part, .. } => part.say(language),
        }
    }
}

fn bracketed(key: Option<&crate::language::message::Key>) -> String {
    key.map_or(String::new(), |key| format!("（{key}）"))
}

impl Say for Part {
    fn say(&self, language: Language) -> String {
        match self {
            Part::Prepare { tx, work, .. } if tx.as_str() == work.order.as_str() => {
                sentence!(language, en: "{self}", ja: "準備せよ {tx}")
            }
            Part::Prepare { tx, work, .. } => {
                let order = work.order;
                sentence!(language, en: "{self}", ja: "準備せよ {order}（{tx}）")
            }
            Part::Commit { tx } => sentence!(language, en: "{self}", ja: "コミットせよ {tx}"),
            Part::Abort { tx } => sentence!(language, en: "{self}", ja: "中止せよ {tx}"),
            Part::InDoubt => sentence!(language, en: "{self}", ja: "未確定のものは？"),
            Part::Restart => sentence!(language, en: "{self}", ja: "再起動せよ"),
        }
    }
}

impl Say for Charge {
    fn say(&self, language: Language) -> String {
        let Charge {
            id,
            amount,
            status,
            refunded,
            ..
        } = self;
        let back = match refunded {
            Yen(0) => String::new(),
            refunded => format!("、うち {refunded} は返金済み"),
        };
        match status {
            ChargeStatus::Accepted => {
                sentence!(language, en: "{self}", ja: "受付 {id} {amount}{back}")
            }
            ChargeStatus::Authorized => {
                sentence!(language, en: "{self}", ja: "仮売上 {id} {amount}{back}")
            }
            ChargeStatus::Captured => {
                sentence!(language, en: "{self}", ja: "課金成立 {id} {amount}{back}")
            }
            ChargeStatus::Declined => {
                sentence!(language, en: "{self}", ja: "拒否 {id} {amount}{back}")
            }
            ChargeStatus::Voided => {
                sentence!(language, en: "{self}", ja: "取り消し済み {id} {amount}{back}")
            }
            ChargeStatus::Expired => {
                sentence!(language, en: "{self}", ja: "期限切れ {id} {amount}{back}")
            }
        }
    }
}

impl Say for Reply {
    fn say(&self, language: Language) -> String {
        match self {
            Reply::Other(answer) => answer.to_string(),
            Reply::Charge(charge) => charge.say(language),
            Reply::Charges(found) => match found.as_slice() {
                [] => sentence!(language, en: "{self}", ja: "課金は見つからない"),
                found => {
                    let found = joined(found, "；", language);
                    sentence!(language, en: "{self}", ja: "見つかった：{found}")
                }
            },
            Reply::Refunded(total) => sentence!(language, en: "{self}", ja: "{total} を返金"),
            Reply::Voided(Yen(0)) => sentence!(
                language,
                en: "{self}",
                ja: "取り消し済み：このキーではもう課金されない"
            ),
            Reply::Voided(amount) => {
                sentence!(language, en: "{self}", ja: "取り消し済み、{amount} を返金")
            }
            Reply::Reserved(reservation) => {
                let id = reservation.id;
                sentence!(language, en: "{self}", ja: "確保 {id}")
            }
            Reply::Released => sentence!(language, en: "{self}", ja: "在庫を戻した"),
            Reply::Confirmed => sentence!(language, en: "{self}", ja: "確定"),
            Reply::Restocked => sentence!(language, en: "{self}", ja: "棚に戻した"),
            Reply::Parcel(parcel) => {
                let id = parcel.id;
                sentence!(language, en: "{self}", ja: "{id} を送る")
            }
            Reply::Parcels(found) => {
                let count = found.len();
                sentence!(language, en: "{self}", ja: "荷物が {count} 個見つかった")
            }
            Reply::ParcelCancelled(count) => {
                sentence!(language, en: "{self}", ja: "荷物を {count} 個止めた")
            }
            Reply::Prepared(_) => sentence!(language, en: "{self}", ja: "準備よし"),
            Reply::Committed => sentence!(language, en: "{self}", ja: "コミット済み"),
            Reply::Aborted(true) => sentence!(language, en: "{self}", ja: "中止済み"),
            Reply::Aborted(false) => {
                sentence!(language, en: "{self}", ja: "中止済み、今後も準備しない")
            }
            Reply::InDoubt(open) => match open.as_slice() {
                [] => sentence!(language, en: "{self}", ja: "未確定のものはない"),
                open => {
                    let ids: Vec<&str> = open.iter().map(|open| open.tx.as_str()).collect();
                    let ids = ids.join("、");
                    sentence!(language, en: "{self}", ja: "未確定：{ids}")
                }
            },
            Reply::Restarted(count) => {
                sentence!(language, en: "{self}", ja: "再起動した、まだ未確定なのは {count} 件")
            }
        }
    }
}

impl Say for CallError {
    fn say(&self, language: Language) -> String {
        match self {
            CallError::ConnectionRefused => {
                sentence!(language, en: "{self}", ja: "接続を拒否された")
            }
            CallError::ServerError => sentence!(language, en: "{self}", ja: "500 サーバーエラー"),
            CallError::Declined => sentence!(language, en: "{self}", ja: "カード拒否"),
            CallError::InFlight => sentence!(
                language,
                en: "{self}",
                ja: "処理中：同じキーの最初のリクエストがまだ終わっていない"
            ),
            CallError::KeyReused => {
                sentence!(language, en: "{self}", ja: "キーが別のリクエストに使われた")
            }
            CallError::Undone => sentence!(language, en: "{self}", ja: "無効：もう取り消し済み"),
            CallError::NotFound => sentence!(language, en: "{self}", ja: "見つからない"),
            CallError::TooLate => sentence!(language, en: "{self}", ja: "手遅れ"),
            CallError::Locked => {
                sentence!(language, en: "{self}", ja: "ロック中：別の取引がその行を握っている")
            }
            CallError::Invalid => sentence!(language, en: "{self}", ja: "不正なリクエスト"),
        }
    }
}

impl Say for Response {
    fn say(&self, language: Language) -> String {
        match self {
            Ok(reply) => reply.say(language),
            Err(error) => error.say(language),
        }
    }
}

impl Say for DbError {
    fn say(&self, language: Language) -> String {
        match self {
            DbError::Constraint(message) => {
                sentence!(language, en: "{self}", ja: "制約違反：{message}")
            }
            DbError::Locked => sentence!(language, en: "{self}", ja: "{self}（DBがロック中）"),
            DbError::Io => {
                sentence!(language, en: "{self}", ja: "{self}（ディスクの入出力エラー）")
            }
            DbError::Sql(message) => sentence!(language, en: "{self}", ja: "SQL：{message}"),
        }
    }
}

/// What `tokio::time::timeout` says.
const ELAPSED: &str = "deadline has elapsed";

/// What the order code passed on with `?`. A `Failure` is a text, which may be the code's own and then stays as it is.
/// Most are errors of a client or of the database, which can be read back.
pub(super) fn passed_on(text: &str, language: Language) -> String {
    if let Some(error) = CallError::read(text) {
        return error.say(language);
    }
    if let Some(error) = DbError::read(text) {
        return error.say(language);
    }
    match text {
        ELAPSED => sentence!(language, en: "{text}", ja: "{text}（時間切れ）"),
        own => own.to_owned(),
    }
}

/// A row that a participant locks, as the object of a sentence. That of a customer who is named after the order is known
/// as such.
pub(super) fn row_as_object(row: Name, language: Language) -> String {
    match Order::whose_customer(row.as_str()) {
        Some(order) => sentence!(language, en: "{row}", ja: "{order} のお客さんを"),
        None => sentence!(language, en: "{row}", ja: "{row} を"),
    }
}
