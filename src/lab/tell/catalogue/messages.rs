//! The messages between the shop and its services, and the database's errors. Errors print themselves in English, since
//! order code prints them, too.

use super::{Language, Say, joined};
use crate::language::db_error::DbError;
use crate::language::message::{
    CallError, Charge, ChargeStatus, Notice, Part, Refund, RefundStatus, Reply, Request, Response,
};
use crate::language::name::Name;
use crate::language::order::{Answer, Order, Yen};
use crate::sentence;

impl Say for Answer {
    fn say(&self, language: Language) -> String {
        match self {
            Answer::Confirmed => sentence!(language, en: "{self}", ja: "確定"),
            Answer::Pending => sentence!(language, en: "{self}", ja: "処理中"),
            Answer::Cancelled => sentence!(language, en: "{self}", ja: "取り消し"),
        }
    }
}

impl Say for Request {
    fn say(&self, language: Language) -> String {
        match self {
            // A service that the setup adds has its own words.
            Request::Other(asked) => asked.message.to_string(),
            Request::Charge { order, amount, key } => {
                let key = bracketed(key.as_ref());
                sentence!(language, en: "{self}", ja: "{order}に{amount}を課金{key}")
            }
            Request::Find(by) => sentence!(language, en: "{self}", ja: "課金を照会：{by}"),
            Request::Refund {
                charge,
                amount,
                key,
            } => sentence!(language, en: "{self}", ja: "{charge}を{amount}返金（{key}）"),
            Request::Void { key } => sentence!(language, en: "{self}", ja: "{key}の課金を取り消す"),
            Request::Reserve {
                order,
                sku,
                quantity,
                key,
            } => {
                sentence!(language, en: "{self}", ja: "{order}に{sku}×{quantity}を取り置く（{key}）")
            }
            Request::Release { key } => {
                sentence!(language, en: "{self}", ja: "取り置きを戻す：{key}")
            }
            Request::Confirm { key } => {
                sentence!(language, en: "{self}", ja: "取り置きを確定：{key}")
            }
            Request::Restock {
                order,
                sku,
                quantity,
                key,
            } => {
                let key = bracketed(key.as_ref());
                sentence!(language, en: "{self}", ja: "{sku}×{quantity}を棚に足す（{order}の分）{key}")
            }
            Request::Ship { order, key } => {
                let key = bracketed(key.as_ref());
                sentence!(language, en: "{self}", ja: "{order}を発送{key}")
            }
            Request::FindParcels(by) => sentence!(language, en: "{self}", ja: "荷物を照会：{by}"),
            Request::CancelParcel(by) => {
                sentence!(language, en: "{self}", ja: "荷物を止める：{by}")
            }
            Request::Authorize { order, amount, key } => {
                sentence!(language, en: "{self}", ja: "{order}に{amount}の仮売上（{key}）")
            }
            Request::Capture { key } => sentence!(language, en: "{self}", ja: "売上確定：{key}"),
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
                sentence!(language, en: "{self}", ja: "prepare {tx}")
            }
            Part::Prepare { tx, work, .. } => {
                let order = work.order;
                sentence!(language, en: "{self}", ja: "prepare {order}（{tx}）")
            }
            Part::Commit { tx } => sentence!(language, en: "{self}", ja: "commit {tx}"),
            Part::Abort { tx } => sentence!(language, en: "{self}", ja: "abort {tx}"),
            Part::InDoubt => sentence!(language, en: "{self}", ja: "未確定の一覧は？"),
            Part::Restart => sentence!(language, en: "{self}", ja: "再起動して"),
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
            refunds,
            ..
        } = self;
        let mut back = match refunded {
            Yen(0) => String::new(),
            refunded => format!("、うち{refunded}は返金済み"),
        };
        for Refund { amount, status, .. } in refunds {
            match status {
                RefundStatus::Pending => back += &format!("、{amount}は返金の途中"),
                RefundStatus::Failed => back += &format!("、{amount}の返金は失敗"),
                RefundStatus::Succeeded => {}
            }
        }
        match status {
            ChargeStatus::Accepted => {
                sentence!(language, en: "{self}", ja: "受付（{id}、{amount}{back}）")
            }
            ChargeStatus::Authorized => {
                sentence!(language, en: "{self}", ja: "仮売上（{id}、{amount}{back}）")
            }
            ChargeStatus::Captured => {
                sentence!(language, en: "{self}", ja: "課金済み（{id}、{amount}{back}）")
            }
            ChargeStatus::Declined => {
                sentence!(language, en: "{self}", ja: "否認（{id}、{amount}{back}）")
            }
            ChargeStatus::Voided => {
                sentence!(language, en: "{self}", ja: "取り消し済み（{id}、{amount}{back}）")
            }
            ChargeStatus::Expired => {
                sentence!(language, en: "{self}", ja: "期限切れ（{id}、{amount}{back}）")
            }
        }
    }
}

impl Say for Refund {
    fn say(&self, language: Language) -> String {
        let Refund {
            id,
            charge,
            amount,
            status,
            ..
        } = self;
        match status {
            RefundStatus::Pending => sentence!(
                language,
                en: "{id}: {amount} of {charge} under way",
                ja: "{id}：{charge}の{amount}を返金中"
            ),
            RefundStatus::Succeeded => sentence!(
                language,
                en: "{id}: {amount} of {charge} has gone back",
                ja: "{id}：{charge}の{amount}を返金済み"
            ),
            RefundStatus::Failed => sentence!(
                language,
                en: "{id} failed: {amount} of {charge} is with the provider again",
                ja: "{id}は失敗：{charge}の{amount}は決済会社に戻った"
            ),
        }
    }
}

impl Say for Notice {
    fn say(&self, language: Language) -> String {
        match self {
            Notice::Charge(charge) => charge.say(language),
            Notice::Refund(refund) => refund.say(language),
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
            Reply::Refunded(total) => sentence!(language, en: "{self}", ja: "{total}を返金"),
            Reply::RefundAccepted(total) => {
                sentence!(language, en: "{self}", ja: "返金を受付（{total}）")
            }
            Reply::Voided(Yen(0)) => sentence!(
                language,
                en: "{self}",
                ja: "取り消し済み：このキーではもう課金されない"
            ),
            Reply::Voided(amount) => {
                sentence!(language, en: "{self}", ja: "取り消し済み、{amount}を返金")
            }
            Reply::Reserved(reservation) => {
                let id = reservation.id;
                sentence!(language, en: "{self}", ja: "取り置いた（{id}）")
            }
            Reply::Released => sentence!(language, en: "{self}", ja: "取り置きを戻した"),
            Reply::Confirmed => sentence!(language, en: "{self}", ja: "取り置きを確定した"),
            Reply::Restocked => sentence!(language, en: "{self}", ja: "棚に足した"),
            Reply::Parcel(parcel) => {
                let id = parcel.id;
                sentence!(language, en: "{self}", ja: "{id}を送る")
            }
            Reply::Parcels(found) => {
                let count = found.len();
                sentence!(language, en: "{self}", ja: "荷物が{count}個見つかった")
            }
            Reply::ParcelCancelled(count) => {
                sentence!(language, en: "{self}", ja: "荷物を{count}個止めた")
            }
            Reply::Prepared(_) => sentence!(language, en: "{self}", ja: "約束した"),
            Reply::Committed => sentence!(language, en: "{self}", ja: "コミット済み"),
            Reply::Aborted(true) => sentence!(language, en: "{self}", ja: "アボート済み"),
            Reply::Aborted(false) => {
                sentence!(language, en: "{self}", ja: "アボート済み、これからも約束しない")
            }
            Reply::InDoubt(open) => match open.as_slice() {
                [] => sentence!(language, en: "{self}", ja: "未確定はなし"),
                open => {
                    let ids: Vec<&str> = open.iter().map(|open| open.tx.as_str()).collect();
                    let ids = ids.join("、");
                    sentence!(language, en: "{self}", ja: "未確定：{ids}")
                }
            },
            Reply::Restarted(count) => {
                sentence!(language, en: "{self}", ja: "再起動した、まだ未確定なのは{count}件")
            }
        }
    }
}

impl Say for CallError {
    fn say(&self, language: Language) -> String {
        match self {
            CallError::ConnectionRefused => {
                sentence!(language, en: "{self}", ja: "接続拒否")
            }
            CallError::ServerError => {
                sentence!(language, en: "{self}", ja: "500（サーバーエラー）")
            }
            CallError::Declined => sentence!(language, en: "{self}", ja: "確定した拒否"),
            CallError::InFlight => sentence!(
                language,
                en: "{self}",
                ja: "実行中：同じキーの最初のリクエストが、まだ終わっていない"
            ),
            CallError::KeyReused => {
                sentence!(language, en: "{self}", ja: "そのキーは、別のリクエストのもの")
            }
            CallError::Undone => sentence!(language, en: "{self}", ja: "無効：もう取り消してある"),
            CallError::NotFound => sentence!(language, en: "{self}", ja: "見つからない"),
            CallError::TooLate => sentence!(language, en: "{self}", ja: "手遅れ"),
            CallError::Locked => {
                sentence!(language, en: "{self}", ja: "ロック中：別の取引がその行を握っている")
            }
            CallError::Invalid => sentence!(language, en: "{self}", ja: "リクエストが正しくない"),
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
            DbError::Sql(message) => {
                sentence!(language, en: "{self}", ja: "SQL文のエラー：{message}")
            }
        }
    }
}

/// What `tokio::time::timeout` says.
const ELAPSED: &str = "deadline has elapsed";

/// The error that the order code returned. A `Failure` is a text, which may be the code's own and then stays as it is.
/// Most are errors of a client or of the database, which can be read back.
pub fn passed_on(text: &str, language: Language) -> String {
    if let Some(error) = CallError::read(text) {
        return error.say(language);
    }
    if let Some(error) = DbError::read(text) {
        return error.say(language);
    }
    match text {
        ELAPSED => sentence!(language, en: "{text}", ja: "{text}（タイムアウト）"),
        own => own.to_owned(),
    }
}

/// A row that a participant locks, as the object of a sentence. The row of a customer named after the order is
/// described as such.
pub(super) fn row_as_object(row: Name, language: Language) -> String {
    match Order::whose_customer(row.as_str()) {
        Some(order) => sentence!(language, en: "{row}", ja: "{order}のお客さんを"),
        None => sentence!(language, en: "{row}", ja: "{row}を"),
    }
}
