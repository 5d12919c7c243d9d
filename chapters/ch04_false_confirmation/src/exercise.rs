// Chapter 4: accepted is not paid. This file is yours: change whatever is below the marker line.
// 日本語の説明は、この英語のすぐ下にあります。
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own, a
// `recover`, with or without `on_webhook`. No other file has to change. Whatever is in the fields of `Checkout` dies
// with the process, which may happen at any step; what is committed to the database does not.
//
// What you owe:
//   place_order     answers within 10 s on a calm day (nothing goes wrong, and the provider answers within 600 ms). What
//                   it returns is what the customer is told:
//                     Answer::Confirmed   it is paid and will be delivered: a promise
//                     Answer::Cancelled   you have not paid, and nothing will come: a promise, too. From then on the
//                                         provider has no money for this order
//                     Answer::Pending     we are on it: promises nothing yet, and a row in `orders` remembers it
//                     Err                 an error page: promises nothing
//                   The same order may be submitted again: a double click, or hours later.
//   on_webhook      the provider tells you what has become of a charge. It may be lost, hours late, sent twice or
//                   overtaken. `Ok` means "taken"; for an `Err` the provider sends it again a minute later, five times
//                   in all.
//   recover         yours to write, next to `place_order`: `async fn recover(&self) -> Result<(), Failure>`. It runs
//                   at every start and then after 1, 2, 4, 8, … minutes. In the end nothing may be left open, however
//                   many orders there are, and however long the provider was away. It may run while somebody orders.
//   table orders    id, amount, status, charge_key (text, unique) and placed_at (a number): the last two are yours to
//                   use. The statuses `confirmed` and `cancelled` are final, as soon as they are committed: such a row
//                   stays, and stays so. Any other word means "still open". `confirmed` must not be in the books before
//                   the money is there. No row counts as no order.
//   table outbox    order_id, charge_key: yours to use, or to leave empty.
//
// The provider accepts a charge at once, and the money moves later or not at all: after 30 s on most days, after 3 h on
// slow ones. An order that was accepted, and that nothing has gone wrong with, deserves that wait.
//
// What the shop (`self.shop`) offers:
//   db.execute(sql, params![…])            one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])              rows; `row.get("column")`
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback   takes the one write lock; no customer may have
//                                          to wait for it for a second on account of others, or of your own jobs
//   payment.charge(request, Some(&key))    the first answer under this key, however often you ask: "accepted", for ever
//   payment.find(By::Key(key))             how the charges under this key stand *now*; also By::Order(id)
//   payment.void(&key)                     undoes what was charged under this key, or sees to it that it never will be
//   new_key()   log("…")   now()           a fresh key; a line in the timeline; virtual time
//
// `charge.status`: `Accepted` (they will try), `Captured` (the money has moved), `Declined` (it never will), `Voided`.
//
// What an error means: `Declined`, as an error or as a status: a final no; once you have heard it, this order is not
// charged any more. `ServerError` (a 500), `InFlight`: open. `ConnectionRefused`: *this* request was not executed,
// which says nothing of earlier ones. And calls wait for ever: a `timeout` ends your waiting, and nothing else.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch04`. Stuck? `cargo run -- hint ch04`.
//
// ======== 日本語 ========
//
// 第4章 受付済みは支払い済みではない。このファイルはあなたのものです。下の線から先を、好きに変えてください。
//
// 残すのは、`Checkout`という名前とトレイト`OrderFlow`だけ。フィールドも関数もSQLも、自分のタスクも`recover`も自由。
// `on_webhook`も、あってもなくてもかまいません。ほかのファイルは、そのままで大丈夫。プロセスは、どのステップで落ちるか
// わかりません。落ちると`Checkout`のフィールドは消えます。DBにコミットしたものは残ります。
//
// あなたが守ること：
//   place_order     何も起きない日（障害がなく、決済会社が600 ms以内に返事をする日）は、10秒以内に答えます。
//                   戻り値が、そのままお客さんへの返事になります。
//                     Answer::Confirmed   支払い済みで、お届けします。これは約束です
//                     Answer::Cancelled   お金はいただいていません。何も届きません。これも約束です。この先、
//                                         この注文のお金が決済会社にあってはいけません
//                     Answer::Pending     承りました。まだ約束はしません。`orders`の行が覚えています
//                     Err                 エラー画面。何も約束しません
//                   同じ注文がもう一度来ることがあります。ダブルクリックのことも、何時間もあとのことも。
//   on_webhook      課金がどうなったか、決済会社から知らせが届きます。消えることも、何時間も遅れることも、
//                   2回届くことも、追い越されることもあります。`Ok`は「受け取りました」。
//                   `Err`なら1分後にまた届きます。全部で5回まで。
//   recover         `place_order`の隣に自分で書きます：`async fn recover(&self) -> Result<(), Failure>`。
//                   起動のたびに動き、そのあとは1、2、4、8、…分後にも動きます。最後に「途中」を残さないこと。
//                   注文がいくつあっても、決済会社がどれだけ長く止まっていても、です。
//                   誰かが注文している最中に動くこともあります。
//   テーブルorders  id、amount、status、charge_key（文字列、一意）、placed_at（数値）。最後の2つは自由に使えます。
//                   `confirmed`と`cancelled`は、コミットした瞬間から最終状態です。行は消さず、書き換えず。
//                   それ以外の言葉は「途中」という意味です。`confirmed`と書くのは、お金が入ってから。行がなければ、
//                   注文はありません。
//   テーブルoutbox  order_id、charge_key。使っても、空のままでもかまいません。
//
// 決済会社は課金をすぐ受け付けます。お金が動くのはそのあと。動かないこともあります。たいていは30秒後、混んだ日は3時間後
// です。受け付けられて、何もまずいことが起きていない注文なら、そのくらいは待ってあげてください。
//
// お店（`self.shop`）でできること：
//   db.execute(sql, params![…])            SQL文を1つ。すぐコミットされ、変わった行数が返ります
//   db.query(sql, params![…])              行を読みます。`row.get("column")`
//   db.begin() → tx.execute、tx.query、tx.commit、tx.rollback   たった1つの書き込みロックを取ります。ほかの注文や
//                                          あなたのジョブのせいで、お客さんを1秒も待たせないこと
//   payment.charge(request, Some(&key))    このキーへの最初の返事。何度聞いても、ずっと「受け付けました」のままです
//   payment.find(By::Key(key))             このキーの課金が、**今**どうなっているか。By::Order(id)でも聞けます
//   payment.void(&key)                     このキーの課金を取り消します。まだ届いていなければ、届いても断られます
//   new_key()   log("…")   now()           新しいキー。タイムラインに1行。仮想時間の時刻
//
// `charge.status`：`Accepted`（受付済み、これから）、`Captured`（お金が動いた）、`Declined`（もう動かない）、`Voided`。
//
// エラーの意味：`Declined`は、エラーで来ても状態で来ても、確定した拒否。一度聞いたら、この注文にはもう課金しません。
// `ServerError`（500）と`InFlight`は、未確定。`ConnectionRefused`は、**今回の**リクエストが実行されなかったということ。
// 前のものについては何も言っていません。呼び出しはいつまでも待ちます。`timeout`が終わらせるのは、
// あなたが待つことだけです。
//
// くわしくは docs/ja/api-card.md。テストは`cargo test -p ch04`。困ったら`cargo run -- hint ch04`。
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;

/// The order code of our shop.
#[derive(Clone)]
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
        let key = self.shop.new_key();
        let insert = "INSERT OR IGNORE INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'confirmed', ?3)";
        let values = params![order.id, order.amount, key];
        let is_new = self.shop.db.execute(insert, values).await? == 1;
        if is_new {
            // The bank is slow, and the customer should not have to wait for it.
            let (later, request) = (self.clone(), ChargeRequest::of(order));
            tokio::spawn(async move { later.charge(request, &key).await });
        }
        self.shop.log(format!("🎉 {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }
    // [/place_order]

    // [on_webhook]
    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        if webhook.captured {
            self.set(&webhook.order, "confirmed").await?;
        }
        Ok(())
    }
    // [/on_webhook]
}

impl Checkout {
    // [charge]
    async fn charge(&self, request: ChargeRequest, key: &Key) -> Result<(), Failure> {
        let id = request.order.clone();
        match self.shop.payment.charge(request, Some(key)).await {
            Ok(charge) => self.shop.log(format!("✅ payment OK: {}", charge.id)),
            Err(error) => {
                self.shop.log(format!("❌ {id}: payment failed: {error}"));
                self.set(&id, "cancelled").await?;
            }
        }
        Ok(())
    }

    async fn set(&self, id: &str, status: &str) -> Result<(), Failure> {
        let update = "UPDATE orders SET status = ?2 WHERE id = ?1";
        self.shop.db.execute(update, params![id, status]).await?;
        Ok(())
    }
    // [/charge]
}
