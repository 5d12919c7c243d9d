// Chapter 7: two-phase commit. This file is yours: change whatever is below the marker line.
// 日本語の説明は、この英語のすぐ下にあります。
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own, a
// `recover`. No other file has to change. Whatever is in the fields of `Checkout` dies with the process, which may
// happen at any step; what is committed to the database does not.
//
// What you owe:
//   place_order     what it returns is what the customer is told:
//                     Answer::Confirmed   all three have committed, or will: a promise
//                     Answer::Cancelled   none has, and none will: a promise, too
//                     Answer::Pending     we are on it: promises nothing yet
//                     Err                 an error page: promises nothing
//                   The same order may be submitted again: a double click, or hours later. On a calm day (nothing goes
//                   wrong, each participant answers within 600 ms, and whoever waits for another order's row waits less
//                   than a second) the answer is Confirmed, within 10 s.
//   recover         yours to write, next to `place_order`: `async fn recover(&self) -> Result<(), Failure>`. It runs
//                   at every start and then after 1, 2, 4, 8, … minutes. In the end nothing may be left in doubt, and
//                   nobody is left in doubt longer than need be: who can be told is told, whoever else is silent, within
//                   15 minutes and one more run of `recover`.
//   transactions    a table of your own database: order_id (unique), tx, status (texts), began_at (a time). Yours to
//                   use, or to leave empty. Nobody else reads it.
//
// What the shop (`self.shop`) offers:
//   participants()                     orders, payment and inventory; each has a `name()`, and can:
//     prepare(&tx, &order)             phase one. `Ok` is a promise, and one row stays locked until you say how it ends
//     commit(&tx)                      phase two: do it
//     abort(&tx)                       phase two: forget it; what has not arrived yet will be refused
//     in_doubt()                       what is promised and not decided, with `tx`, `order` and `since`
//   new_transaction()                  an id that nobody has ever used, not even before a restart
//   db.execute(sql, params![…])        one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])          rows; `row.get("column")`
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback; a `tx` that is dropped is rolled back. It takes the one
//                                      write lock; no customer may have to wait for it for a second
//   log("…")   now()                   a line in the timeline; virtual time, which can be stored
//
// What an error means: `Declined`, `Locked`: a final no; this participant has aborted its part. `NotFound`: nothing is
// promised under this id (any more). `Undone`: it was aborted. `TooLate`: it is committed. `KeyReused`: the id belongs to
// another order. `ServerError` (a 500) and silence: open. `ConnectionRefused`: *this* request was not executed.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch07`. Stuck? `cargo run -- hint ch07`.
//
// ======== 日本語 ========
//
// 第7章 2相コミット。このファイルはあなたのものです。下の線から先を、好きに変えてください。
//
// 残すのは、`Checkout`という名前とトレイト`OrderFlow`だけ。フィールドも関数もSQLも、自分のタスクも`recover`も自由です。
// ほかのファイルは、そのままで大丈夫。プロセスは、どのステップで落ちるかわかりません。落ちると`Checkout`のフィールドは
// 消えます。DBにコミットしたものは残ります。
//
// あなたが守ること：
//   place_order     戻り値が、そのままお客さんへの返事になります。
//                     Answer::Confirmed   3者ともコミットした、または必ずする。これは約束です
//                     Answer::Cancelled   誰もコミットしていないし、この先もしない。これも約束です
//                     Answer::Pending     承りました。まだ約束はしません
//                     Err                 エラー画面。何も約束しません
//                   同じ注文がもう一度来ることがあります。ダブルクリックのことも、何時間もあとのことも。何も起きない日
//                   （障害がなく、どの参加者も600 ms以内に返事をし、ほかの注文の行を待つ人も1秒未満で済む日）なら、
//                   返事は10秒以内にConfirmedです。
//   recover         `place_order`の隣に自分で書きます：`async fn recover(&self) -> Result<(), Failure>`。
//                   起動のたびに動き、そのあとは1、2、4、8、…分後にも動きます。最後に未確定を残さないこと。そして、
//                   誰も必要以上に長く未確定のままにしないこと。連絡がつく参加者には、ほかの誰が黙っていても、
//                   15分と`recover`もう1回分のうちに結末を伝えます。
//   transactions    自分のDBのテーブル。order_id（一意）、tx、status（文字列）、began_at（時刻）。使っても、
//                   空のままでもかまいません。ほかの誰も読みません。
//
// お店（`self.shop`）でできること：
//   participants()                     注文・決済・在庫。それぞれ`name()`があり、次のことができます
//     prepare(&tx, &order)             フェーズ1。`Ok`は約束です。結末を伝えるまで、1つの行がロックされたままになります
//     commit(&tx)                      フェーズ2：実行してください
//     abort(&tx)                       フェーズ2：忘れてください。まだ届いていないものは、届いても断られます
//     in_doubt()                       約束したのに、まだ決まっていないもの。`tx`、`order`、`since`がわかります
//   new_transaction()                  誰も使ったことのないid。再起動の前にも使われていません
//   db.execute(sql, params![…])        SQL文を1つ。すぐコミットされ、変わった行数が返ります
//   db.query(sql, params![…])          行を読みます。`row.get("column")`
//   db.begin() → tx.execute、tx.query、tx.commit、tx.rollback。捨てられた`tx`はロールバックされます。取るのは、たった
//                                      1つの書き込みロック。お客さんを1秒も待たせないこと
//   log("…")   now()                   タイムラインに1行。時刻（保存できます）
//
// エラーの意味：`Declined`と`Locked`は確定した拒否で、この参加者は自分の分をアボートしました。`NotFound`：
// このidの約束は、（もう）ありません。`Undone`：アボート済み。`TooLate`：コミット済み。`KeyReused`：
// そのidは別の注文のもの。`ServerError`（500）と応答なしは、未確定。`ConnectionRefused`：
// **今回の**リクエストは実行されませんでした。
//
// くわしくは docs/ja/api-card.md。テストは`cargo test -p ch07`。困ったら`cargo run -- hint ch07`。
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer. A participant may have to wait for a lock first.
const PATIENCE: Duration = Duration::from_secs(2);

/// The order code of our shop: it coordinates.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    // [place_order]
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        // One order, one transaction: all three services, or none.
        let tx = TxId::from(order.id.as_str());
        if self.all_of_them(&tx, order).await.is_ok() {
            self.shop.log(format!("✅ {}: confirmed", order.id));
            return Ok(Answer::Confirmed);
        }
        // Somebody could not. So nobody shall.
        for participant in self.shop.participants() {
            let _ = timeout(PATIENCE, participant.abort(&tx)).await;
        }
        self.shop.log(format!("❌ {}: called off", order.id));
        Ok(Answer::Cancelled)
    }
    // [/place_order]
}

impl Checkout {
    // [all_of_them]
    async fn all_of_them(&self, tx: &TxId, order: &Order) -> Result<(), Failure> {
        let participants = self.shop.participants();
        // Phase one: everybody promises.
        for participant in &participants {
            timeout(PATIENCE, participant.prepare(tx, order)).await??;
        }
        // Phase two: everybody does it.
        for participant in &participants {
            timeout(PATIENCE, participant.commit(tx)).await??;
        }
        Ok(())
    }
    // [/all_of_them]
}
