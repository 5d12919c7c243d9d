// Chapter 5: the transaction that waits. This file is yours: change whatever is below the marker line.
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
//                   wrong, and the provider answers within 600 ms) whoever there is a book for is told
//                   Confirmed, within 10 s.
//   strangers       a customer to whom nothing happens, and for whom there is a book, is confirmed, and is not kept
//                   waiting for a second, whatever happens to the others or to your own jobs. An order that is not paid
//                   may keep its book from the others for 15 minutes, and no longer, however often it is submitted
//                   meanwhile. Whoever comes after that gets it.
//   recover         yours to write, next to `place_order`: `async fn recover(&self) -> Result<(), Failure>`. It runs
//                   at every start and then after 1, 2, 4, 8, … minutes. In the end nothing may be left open, however
//                   many orders there are, and however long the provider was away. It may run while somebody orders.
//   table stock     sku, quantity (never below zero). In the end exactly what existing orders take is missing from it.
//   table orders    id, sku, quantity, amount, status; charge_key (text, unique) and held_until (a time): yours to use.
//                   The statuses `confirmed` and `cancelled` are final, as soon as they are committed: such a row stays,
//                   and stays so. Any other word means "still open". `confirmed` must not be in the books before the
//                   money is there, nor before all of its goods are taken. No row counts as no order.
//   table reservations   order_id (one for an order), sku, quantity, expires_at (a time): yours to use
//
// What the shop (`self.shop`) offers:
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback   takes the one write lock at once, or waits for it for
//                                          up to 5 s and fails; dropped without a commit, it is rolled back
//   db.execute(sql, params![…])            one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])              rows; `row.get("column")`. Waits for no lock here
//   payment.charge(request, None)          every execution is a new charge
//   payment.charge(request, Some(&key))    the first result under this key, however often you ask
//   payment.find(By::Key(key))             what has been charged so far, declined charges included; also By::Order(id)
//   payment.void(&key)                     undoes what was charged under this key, or sees to it that it never will be
//   payment.refund(&charge, amount, &key)  gives money back, under a key of the refund's own
//   new_key()   log("…")   now()           a fresh key; a line in the timeline; virtual time, like `now() + Ms::minutes(15)`
//
// What an error means: `Declined`: a final no; once you have heard it, this order is not charged any more.
// `ServerError` (a 500), `InFlight`: open. `ConnectionRefused`: *this* request was not executed, which says nothing of
// earlier ones. And calls wait for ever: a `timeout` ends your waiting, and nothing else.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch05`. Stuck? `cargo run -- hint ch05`.
//
// ======== 日本語 ========
//
// 第5章 待っているトランザクション。このファイルはあなたのものです。下の線から先を、好きに変えてください。
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
//                   （障害がなく、決済会社が600 ms以内に返事をする日）なら、本が足りる人への返事は、
//                   10秒以内にConfirmedです。
//   ほかのお客さん  何も起きていないお客さんは、本が足りれば確定します。ほかの人やあなたのジョブに何があっても、1秒も
//                   待たせないこと。支払いの済んでいない注文が本をよけておけるのは15分まで。何度注文し直しても、
//                   それより長くはなりません。そのあとに来た人が買えます。
//   recover         `place_order`の隣に自分で書きます：`async fn recover(&self) -> Result<(), Failure>`。
//                   起動のたびに動き、そのあとは1、2、4、8、…分後にも動きます。最後に「途中」を残さないこと。
//                   注文がいくつあっても、決済会社がどれだけ長く止まっていても、です。
//                   誰かが注文している最中に動くこともあります。
//   テーブルstock   sku、quantity（0より小さくならない）。最後には、いまある注文の分だけ、ちょうど減っています。
//   テーブルorders  id、sku、quantity、amount、status。charge_key（文字列、一意）とheld_until（時刻）は自由に使えます。
//                   `confirmed`と`cancelled`は、コミットした瞬間から最終状態です。行は消さず、書き換えず。
//                   それ以外の言葉は「途中」という意味です。`confirmed`と書くのは、お金が入り、商品を全部引いてから。
//                   行がなければ、注文はありません。
//   テーブルreservations   order_id（1つの注文に1行）、sku、quantity、expires_at（時刻）。自由に使えます
//
// お店（`self.shop`）でできること：
//   db.begin() → tx.execute、tx.query、tx.commit、tx.rollback   たった1つの書き込みロックをすぐ取ります。ふさがって
//                                          いれば最大5秒待って失敗します。コミットせずに捨てるとロールバックされます
//   db.execute(sql, params![…])            SQL文を1つ。すぐコミットされ、変わった行数が返ります
//   db.query(sql, params![…])              行を読みます。`row.get("column")`。ここではロックを待ちません
//   payment.charge(request, None)          実行されるたびに、新しい課金です
//   payment.charge(request, Some(&key))    このキーへの最初の結果。何度聞いても同じです
//   payment.find(By::Key(key))             いままでに課金されたもの（否認も含む）。By::Order(id)でも聞けます
//   payment.void(&key)                     このキーの課金を取り消します。まだ届いていなければ、届いても断られます
//   payment.refund(&charge, amount, &key)  お金を返します。返金には返金のキーを
//   new_key()   log("…")   now()           新しいキー。タイムラインに1行。時刻（例：`now() + Ms::minutes(15)`）
//
// エラーの意味：`Declined`は確定した拒否。一度聞いたら、この注文にはもう課金しません。`ServerError`（500）と
// `InFlight`は、未確定。`ConnectionRefused`は、**今回の**リクエストが実行されなかったということ。
// 前のものについては何も言っていません。そして、呼び出しはいつまでも待ちます。`timeout`が終わらせるのは、
// あなたが待つことだけです。
//
// くわしくは docs/ja/api-card.md。テストは`cargo test -p ch05`。困ったら`cargo run -- hint ch05`。
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long our HTTP client waits for an answer. It came like this out of the box.
const PATIENCE: Duration = Duration::from_secs(30);

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

        // All or nothing: everything that belongs to the order happens in one transaction.
        let tx = db.begin().await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1 AND quantity >= ?2";
        if tx.execute(take, params![order.sku, order.quantity]).await? == 0 {
            tx.rollback().await?;
            return Ok(Answer::Cancelled); // Sold out.
        }
        tx.execute(
            "INSERT INTO orders (id, sku, quantity, amount, status)
             VALUES (?1, ?2, ?3, ?4, 'confirmed')",
            params![order.id, order.sku, order.quantity, order.amount],
        )
        .await?;

        let charge = payment.charge(ChargeRequest::of(order), None);
        match timeout(PATIENCE, charge).await {
            Ok(Ok(_)) => {
                tx.commit().await?;
                self.shop.log(format!("✅ {}: confirmed", order.id));
                Ok(Answer::Confirmed)
            }
            Ok(Err(_)) | Err(_) => {
                tx.rollback().await?;
                self.shop.log(format!("❌ {}: not paid", order.id));
                Ok(Answer::Cancelled)
            }
        }
    }
    // [/place_order]
}
