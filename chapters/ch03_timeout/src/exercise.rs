// Chapter 3: a timeout does not mean failure. This file is yours: change whatever is below the marker line.
// 日本語の説明は、この英語のすぐ下にあります。
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own, a
// `recover`. No other file has to change. Whatever is in the fields of `Checkout` dies with the process, which may
// happen at any step; what is committed to the database does not.
//
// What you owe:
//   place_order     what it returns is what the customer is told:
//                     Answer::Confirmed   it is paid and will be delivered: a promise
//                     Answer::Cancelled   you have not paid, and nothing will come: a promise, too. From then on the
//                                         provider has no money for this order
//                     Answer::Pending     we are on it: promises nothing yet, and a row in `orders` remembers it
//                     Err                 an error page: promises nothing
//                   The same order may be submitted again: a double click, or hours later. On a calm day (nothing goes
//                   wrong, and the provider answers within 600 ms) the answer is Confirmed, within 10 s.
//   recover         yours to write, next to `place_order`: `async fn recover(&self) -> Result<(), Failure>`. It runs
//                   at every start and then after 1, 2, 4, 8, … minutes. In the end nothing may be left open, however
//                   many orders there are, and however long the provider was away. It may run while somebody orders.
//   table orders    id, amount, status, charge_key (text, unique, yours to use). The statuses `confirmed` and
//                   `cancelled` are final, as soon as they are committed: such a row stays, and stays so. Any other
//                   word means "still open". `confirmed` must not be in the books before the money is there. No row
//                   counts as no order.
//
// What the shop (`self.shop`) offers:
//   db.execute(sql, params![…])            one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])              rows; `row.get("column")`
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback   takes the one write lock; no customer may have
//                                          to wait for it for a second on account of others, or of your own jobs
//   payment.charge(request, None)          every execution is a new charge
//   payment.charge(request, Some(&key))    the first result under this key, however often you ask
//   payment.find(By::Key(key))             what has been charged so far, declined charges included; also By::Order(id)
//   payment.void(&key)                     undoes what was charged under this key, or sees to it that it never will be
//   payment.refund(&charge, amount, &key)  gives money back, under a key of the refund's own
//   new_key()   log("…")   now()           a fresh key; a line in the timeline; virtual time
//
// What an error means: `Declined`: a final no; once you have heard it, this order is not charged any more.
// `ServerError` (a 500), `InFlight`: open. `ConnectionRefused`: *this* request was not executed, which says nothing of
// earlier ones. And calls wait for ever: a `timeout` ends your waiting, and nothing else.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch03`. Stuck? `cargo run -- hint ch03`.
//
// ======== 日本語 ========
//
// 第3章 タイムアウトは「失敗」とは限らない。このファイルはあなたのものです。下の線から先を、好きに変えてください。
//
// 残すのは、`Checkout`という名前とトレイト`OrderFlow`だけ。フィールドも関数もSQLも、自分のタスクも`recover`も自由です。
// ほかのファイルは、そのままで大丈夫。プロセスは、どのステップで落ちるかわかりません。落ちると`Checkout`のフィールドは
// 消えます。DBにコミットしたものは残ります。
//
// あなたが守ること：
//   place_order     戻り値が、そのままお客さんへの返事になります。
//                     Answer::Confirmed   支払い済みで、お届けします。これは約束です
//                     Answer::Cancelled   お金はいただいていません。何も届きません。これも約束です。この先、
//                                         この注文のお金が決済会社にあってはいけません
//                     Answer::Pending     承りました。まだ約束はしません。`orders`の行が覚えています
//                     Err                 エラー画面。何も約束しません
//                   同じ注文がもう一度来ることがあります。ダブルクリックのことも、何時間もあとのことも。何も起きない日
//                   （障害がなく、決済会社が600 ms以内に返事をする日）なら、返事は10秒以内にConfirmedです。
//   recover         `place_order`の隣に自分で書きます：`async fn recover(&self) -> Result<(), Failure>`。
//                   起動のたびに動き、そのあとは1、2、4、8、…分後にも動きます。最後に「途中」を残さないこと。
//                   注文がいくつあっても、決済会社がどれだけ長く止まっていても、です。
//                   誰かが注文している最中に動くこともあります。
//   テーブルorders  id、amount、status、charge_key（文字列、一意。自由に使えます）。`confirmed`と`cancelled`は、
//                   コミットした瞬間から最終状態です。行は消さず、書き換えず。それ以外の言葉は「途中」という意味です。
//                   `confirmed`と書くのは、お金が入ってから。行がなければ、注文はありません。
//
// お店（`self.shop`）でできること：
//   db.execute(sql, params![…])            SQL文を1つ。すぐコミットされ、変わった行数が返ります
//   db.query(sql, params![…])              行を読みます。`row.get("column")`
//   db.begin() → tx.execute、tx.query、tx.commit、tx.rollback   たった1つの書き込みロックを取ります。ほかの注文や
//                                          あなたのジョブのせいで、お客さんを1秒も待たせないこと
//   payment.charge(request, None)          実行されるたびに、新しい課金です
//   payment.charge(request, Some(&key))    このキーへの最初の結果。何度聞いても同じです
//   payment.find(By::Key(key))             いままでに課金されたもの（否認も含む）。By::Order(id)でも聞けます
//   payment.void(&key)                     このキーの課金を取り消します。まだ届いていなければ、届いても断られます
//   payment.refund(&charge, amount, &key)  お金を返します。返金には返金のキーを
//   new_key()   log("…")   now()           新しいキー。タイムラインに1行。仮想時間の時刻
//
// エラーの意味：`Declined`は確定した拒否。一度聞いたら、この注文にはもう課金しません。`ServerError`（500）と
// `InFlight`は、未確定。`ConnectionRefused`は、**今回の**リクエストが実行されなかったということ。
// 前のものについては何も言っていません。そして、呼び出しはいつまでも待ちます。`timeout`が終わらせるのは、
// あなたが待つことだけです。
//
// くわしくは docs/ja/api-card.md。テストは`cargo test -p ch03`。困ったら`cargo run -- hint ch03`。
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
            "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')",
            params![order.id, order.amount],
        )
        .await?;

        let charge = payment.charge(ChargeRequest::of(order), None);
        match timeout(PATIENCE, charge).await {
            Ok(Ok(charge)) => {
                self.shop
                    .log(format!("✅ payment succeeded: {}", charge.id));
                tx.commit().await?;
                self.shop.log(format!("✅ {}: confirmed", order.id));
                Ok(Answer::Confirmed)
            }
            Ok(Err(error)) => self.give_up(order, tx, &error.to_string()).await,
            Err(_) => self.give_up(order, tx, "TIMEOUT after 700ms").await,
        }
    }
    // [/place_order]
}

impl Checkout {
    // [give_up]
    async fn give_up(
        &self,
        order: &Order,
        tx: Transaction,
        reason: &str,
    ) -> Result<Answer, Failure> {
        self.shop
            .log(format!("❌ payment failed (seen by us): {reason}"));
        self.shop
            .log(format!("↩️ (maybe) roll back {} in our DB", order.id));
        tx.rollback().await?;
        Ok(Answer::Cancelled)
    }
    // [/give_up]
}
