// Chapter 2: a rollback does not cross the border. This file is yours: change whatever is below the marker line.
// 日本語の説明は、この英語のすぐ下にあります。
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own. No
// other file has to change.
//
// What can go wrong here: any SQL statement may fail; a commit may fail before it takes effect, or after; a card may be
// declined; a customer may click twice, in the same moment or hours later. The network delivers every message in time,
// and the process never dies. (Chapter 3 takes both away.)
//
// What you owe:
//   place_order     what it returns is what the customer is told:
//                     Answer::Confirmed   it is paid and will be delivered: a promise
//                     Answer::Cancelled   you have not paid, and nothing will come: a promise, too, and true when it is
//                                         told: no money of this order is with the provider any more (but for what was
//                                         asked back before, and comes within a second), and none comes later. Owed to
//                                         whoever is too late for a book
//                     Answer::Pending     we are on it: promises no end, but a row has to remember it for as long as
//                                         there is no more to say
//                     Err                 an error page: promises nothing
//                   The same order may be submitted twice (a double click): it is one order, paid once. Who was told
//                   Cancelled has not bought anything, and does not with the next click either.
//                   When nothing goes wrong, everybody for whom there is enough is told Confirmed, within 10 s. And
//                   never does a customer wait for a second because somebody else, or a job of yours, holds the lock.
//   table orders    id, sku, quantity, amount, status, charge_key (text, unique, yours to use). The statuses
//                   `confirmed` and `cancelled` are final: a row that says one of them stays so. Any other word means
//                   "still open", and in the end nothing may be open. `confirmed` must not be in the books before the
//                   money is there. No row counts as no order, and no row is there that nobody ordered.
//   table stock     sku, quantity (never below zero). In the end, what is gone is what has been ordered and not cancelled.
//   table history   order_id, event (any text; each once per order). Every order that is not cancelled has a line.
//   the provider    keeps the money of confirmed orders, once each, and of no other.
//
// What the shop (`self.shop`) offers:
//   db.execute(sql, params![…])            one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])              rows; `row.get("column")`
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback; a `tx` that is dropped is rolled back
//   payment.charge(request, None)          takes the money: `Charge` (`id`, `amount`, …); each call is a new charge
//   payment.refund(&charge, amount, &key)  the way back; `let key = self.shop.new_key();` comes first
//   log("…")                               a line in the timeline
// And what you need from chapter 3 on, if you like: keys for charges, `find`, `void`, a `recover` of your own (it runs at
// the start, and 1, 2, 4, 8, … minutes after it, also while somebody orders). All on the API card.
//
// What an error means: `CallError::Declined`: a final no, and no money has moved; once you have heard it, this order is
// not charged any more. (The other errors of a call do not occur here.) `DbError::Constraint`, `DbError::Io` on a
// statement: it did nothing; a transaction stays open. `Io` on a commit: nobody knows whether it took effect; all of it
// did, or none of it.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch02`. Stuck? `cargo run -- hint ch02`.
//
// ======== 日本語 ========
//
// 第2章 ロールバックは境界を越えない。このファイルはあなたのものです。下の線から先を、好きに変えてください。
//
// 残すのは、`Checkout`という名前とトレイト`OrderFlow`だけ。フィールドも関数もSQLも、自分のタスクも自由です。
// ほかのファイルは、そのままで大丈夫。
//
// この章で起きること：どのSQL文も失敗するかもしれません。コミットは、効く前にも、効いたあとにも失敗します。
// カードは否認されることがあり、お客さんは2回クリックします（同時のことも、何時間もあとのことも）。
// ネットワークはいつも時間どおりで、プロセスは落ちません。（第3章で、どちらもなくなります。）
//
// あなたが守ること：
//   place_order     戻り値が、そのままお客さんへの返事になります。
//                     Answer::Confirmed   支払い済みで、お届けします。これは約束です
//                     Answer::Cancelled   お金はいただいていません。何も届きません。これも約束で、
//                                         言った時点で本当のこと。この注文のお金は決済会社に
//                                         残っておらず（先に頼んだ返金が1秒以内に着くのはかまいません）、
//                                         あとから増えもしません。売り切れの人には、こう答えます
//                     Answer::Pending     承りました。結末はまだ約束しません。決着がつくまで、行が覚えています
//                     Err                 エラー画面。何も約束しません
//                   同じ注文が2回来ても（ダブルクリック）、注文は1つ、支払いは1回です。Cancelledと言われた人は、
//                   何も買っていません。次のクリックでも、買ったことにはなりません。
//                   何も起きなければ、在庫が足りる人は全員、10秒以内にConfirmedです。そして、ほかの人やあなたの
//                   ジョブが握ったロックを、お客さんに1秒も待たせないこと。
//   テーブルorders  id、sku、quantity、amount、status、charge_key（文字列、一意。自由に使えます）。`confirmed`と
//                   `cancelled`は最終状態で、書いたら変わりません。それ以外の言葉は「途中」で、
//                   最後に残してはいけません。`confirmed`と書くのは、お金が入ってから。行がなければ注文はなく、
//                   誰も頼んでいない行もありません。
//   テーブルstock   sku、quantity（0より小さくならない）。最後には、注文されて取り消されていない分だけ減っています。
//   テーブルhistory order_id、event（好きな文字列。1つの注文に同じものは1つ）。取り消されていない注文には
//                   必ず行があります。
//   決済会社        確定した注文のお金を1回ずつ持ち、ほかのお金は持っていません。
//
// お店（`self.shop`）でできること：
//   db.execute(sql, params![…])            SQL文を1つ。すぐコミットされ、変わった行数が返ります
//   db.query(sql, params![…])              行を読みます。`row.get("column")`
//   db.begin() → tx.execute、tx.query、tx.commit、tx.rollback。捨てられた`tx`はロールバックされます
//   payment.charge(request, None)          課金します。`Charge`（`id`、`amount`、…）が返ります。
//                                          呼ぶたびに新しい課金です
//   payment.refund(&charge, amount, &key)  戻し方。その前に`let key = self.shop.new_key();`
//   log("…")                               タイムラインに1行
// 第3章から必要になるものも、使ってかまいません：課金のキー、`find`、`void`、自分の`recover`（起動のたびに動き、
// 1、2、4、8、…分後にも動きます。誰かが注文している最中のことも）。全部、APIカードにあります。
//
// エラーの意味：`CallError::Declined`は確定した拒否で、お金は動いていません。一度聞いたら、
// この注文にはもう課金しません。（呼び出しのほかのエラーは、ここでは起きません。）
// `DbError::Constraint`と、SQL文の`DbError::Io`：何もしませんでした。トランザクションは開いたまま。
// コミットの`Io`：効いたかどうか誰にもわかりません。全部効いたか、全部なかったことか、です。
//
// くわしくは docs/ja/api-card.md。テストは`cargo test -p ch02`。困ったら`cargo run -- hint ch02`。
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for the payment provider before we give up.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    // [place_order]
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        self.shop.log(format!("🛒 {}: start", order.id));

        let tx = db.begin().await?;
        tx.execute(
            "INSERT INTO orders (id, sku, quantity, amount, status)
             VALUES (?1, ?2, ?3, ?4, 'confirmed')",
            params![order.id, order.sku, order.quantity, order.amount],
        )
        .await?;

        let charge = payment.charge(ChargeRequest::of(order), None);
        let charge = timeout(PATIENCE, charge).await??;
        self.shop
            .log(format!("✅ payment succeeded: {}", charge.id));

        tx.execute(
            "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1",
            params![order.sku, order.quantity],
        )
        .await?;
        tx.execute(
            "INSERT INTO history (order_id, event) VALUES (?1, 'ordered')",
            params![order.id],
        )
        .await?;
        tx.commit().await?;

        self.shop.log(format!("✅ {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }
    // [/place_order]
}
