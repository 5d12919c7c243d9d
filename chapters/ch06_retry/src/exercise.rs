// Chapter 6: a retry runs it twice. This file is yours: change whatever is below the marker line.
// 日本語の説明は、この英語のすぐ下にあります。
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own, a
// `recover`. No other file has to change. Whatever is in the fields of `Checkout` dies with the process, which may
// happen at any step; what is committed to the database does not.
//
// What you owe:
//   place_order     what it returns is what the customer is told:
//                     Answer::Confirmed   it is paid once, and one parcel is on its way: a promise
//                     Answer::Cancelled   nothing is paid, and nothing is sent, from then on: a promise, too
//                     Answer::Pending     we are on it: promises nothing yet, and a row in `orders` remembers it
//                     Err                 an error page: promises nothing
//                   The same order may be submitted many times (an impatient customer clicks, or comes back a day
//                   later). Two orders with different ids are two orders, however alike. On a calm day (nothing goes
//                   wrong, and each service answers within 600 ms) the answer is Confirmed, within 10 s.
//   recover         yours to write, next to `place_order`: `async fn recover(&self) -> Result<(), Failure>`. It runs
//                   at every start and then after 1, 2, 4, 8, … minutes. In the end nothing may be left open, however
//                   many orders there are, and however long a service was away. It may run while somebody orders.
//   table orders    id, customer, sku, quantity, amount, status; charge_key, ship_key (texts, unique) and placed_at
//                   (a time): yours to use. The statuses `confirmed` and `cancelled` are final, as soon as they are
//                   committed: such a row stays, and stays so. Any other word means "still open". `confirmed` must not
//                   be in the books before the money is there. No row counts as no order.
//
// What the shop (`self.shop`) offers:
//   db.execute(sql, params![…])            one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])              rows; `row.get("column")`
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback; a `tx` that is dropped is rolled back. It takes the one
//                                          write lock; no customer may have to wait for it for a second
//   payment.charge(request, Some(&key))    the first result under this key, however often you ask, for 24 hours;
//                                          with `None` every execution is a new charge. A message may be under way
//                                          for an hour
//   payment.find(By::Key(key))             what has been charged so far, declined charges included; also By::Order(id)
//   payment.void(&key)                     undoes what was charged under this key, or sees to it that it never will be
//   shipping.request(&order, Some(&key))   one parcel under this key; with `None` every execution is a new parcel
//   shipping.find(By::Key(key))            the parcels so far
//   shipping.cancel(By::Key(key))          stops a parcel, until it has left
//   new_key()   log("…")   now()           a fresh key; a line in the timeline; virtual time, which can be stored
//
// What an error means: `Declined`: a final no, of the bank or of the shipper (undeliverable: the money has to go back);
// once you have heard it, nothing is asked of either for this order under another key.
// `ServerError` (a 500), `InFlight`, silence: open. `KeyReused`: nothing was done, a slip in the code.
// `ConnectionRefused`: *this* request was not executed, which says nothing of earlier ones.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch06`. Stuck? `cargo run -- hint ch06`.
//
// ======== 日本語 ========
//
// 第6章 リトライすると2回動く。このファイルはあなたのものです。下の線から先を、好きに変えてください。
//
// 残すのは、`Checkout`という名前とトレイト`OrderFlow`だけ。フィールドも関数もSQLも、自分のタスクも`recover`も自由です。
// ほかのファイルは、そのままで大丈夫。プロセスは、どのステップで落ちるかわかりません。落ちると`Checkout`のフィールドは
// 消えます。DBにコミットしたものは残ります。
//
// あなたが守ること：
//   place_order     戻り値が、そのままお客さんへの返事になります。
//                     Answer::Confirmed   支払いは1回、荷物は1つ、もう向かっています。これは約束です
//                     Answer::Cancelled   この先、お金も動かず、荷物も出ません。これも約束です
//                     Answer::Pending     承りました。まだ約束はしません。`orders`の行が覚えています
//                     Err                 エラー画面。何も約束しません
//                   同じ注文が何度も来ることがあります（待ちきれずに連打する人、翌日また来る人）。idの違う2つの注文は、
//                   どんなに似ていても別の注文です。何も起きない日（障害がなく、
//                   どのサービスも600 ms以内に返事をする日）なら、返事は10秒以内にConfirmedです。
//   recover         `place_order`の隣に自分で書きます：`async fn recover(&self) -> Result<(), Failure>`。
//                   起動のたびに動き、そのあとは1、2、4、8、…分後にも動きます。最後に「途中」を残さないこと。
//                   注文がいくつあっても、サービスがどれだけ長く止まっていても、です。
//                   誰かが注文している最中に動くこともあります。
//   テーブルorders  id、customer、sku、quantity、amount、status。charge_key、ship_key（文字列、一意）と
//                   placed_at（時刻）は自由に使えます。`confirmed`と`cancelled`は、コミットした瞬間から最終状態です。
//                   行は消さず、書き換えず。それ以外の言葉は「途中」という意味です。
//                   `confirmed`と書くのは、お金が入ってから。行がなければ、注文はありません。
//
// お店（`self.shop`）でできること：
//   db.execute(sql, params![…])            SQL文を1つ。すぐコミットされ、変わった行数が返ります
//   db.query(sql, params![…])              行を読みます。`row.get("column")`
//   db.begin() → tx.execute、tx.query、tx.commit、tx.rollback。捨てられた`tx`はロールバックされます。取るのは、たった
//                                          1つの書き込みロック。お客さんを1秒も待たせないこと
//   payment.charge(request, Some(&key))    このキーへの最初の結果。24時間は、何度聞いても同じです。`None`なら、
//                                          実行されるたびに新しい課金です。
//                                          メッセージは1時間も道の途中にいることがあります
//   payment.find(By::Key(key))             いままでに課金されたもの（否認も含む）。By::Order(id)でも聞けます
//   payment.void(&key)                     このキーの課金を取り消します。まだ届いていなければ、届いても断られます
//   shipping.request(&order, Some(&key))   このキーで荷物は1つ。`None`なら、実行されるたびに新しい荷物です
//   shipping.find(By::Key(key))            いままでの荷物
//   shipping.cancel(By::Key(key))          荷物を止めます。出てしまうまでなら
//   new_key()   log("…")   now()           新しいキー。タイムラインに1行。時刻（保存できます）
//
// エラーの意味：`Declined`は確定した拒否。銀行からのことも、発送会社からのことも（届けられない：お金を返します）。
// 一度聞いたら、この注文を別のキーで頼み直してはいけません。`ServerError`（500）、`InFlight`、応答なしは、未確定。
// `KeyReused`は、何もされなかったということ。コードのうっかりです。`ConnectionRefused`は、**今回の**リクエストが
// 実行されなかったということ。前のものについては何も言っていません。
//
// くわしくは docs/ja/api-card.md。テストは`cargo test -p ch06`。困ったら`cargo run -- hint ch06`。
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one attempt.
const PATIENCE: Duration = Duration::from_millis(700);

/// The network is unreliable, so we never try only once.
const ATTEMPTS: u32 = 3;

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
        let Shop {
            payment, shipping, ..
        } = &self.shop;
        self.shop.log(format!("🛒 {}: start", order.id));

        let charge = async || payment.charge(ChargeRequest::of(order), None).await;
        if self.retry("charge", charge).await.is_err() {
            self.write(order, "cancelled").await?;
            return Ok(Answer::Cancelled);
        }
        self.write(order, "paid").await?;

        let ship = async || shipping.request(order, None).await;
        self.retry("shipping", ship).await?;
        self.write(order, "confirmed").await?;
        self.shop.log(format!("✅ {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }
    // [/place_order]
}

impl Checkout {
    // [retry]
    async fn retry<T>(
        &self,
        what: &str,
        call: impl AsyncFn() -> Result<T, CallError>,
    ) -> Result<T, Failure> {
        for attempt in 1..=ATTEMPTS {
            match timeout(PATIENCE, call()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => self.shop.log(format!("🔁 {what} #{attempt}: {error}")),
                Err(_) => self
                    .shop
                    .log(format!("🔁 {what} #{attempt}: TIMEOUT after 700ms")),
            }
        }
        Err(Failure(format!("{what} failed {ATTEMPTS} times")))
    }
    // [/retry]

    async fn write(&self, order: &Order, status: &str) -> Result<(), Failure> {
        let upsert = "INSERT INTO orders (id, customer, sku, quantity, amount, status)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                      ON CONFLICT (id) DO UPDATE SET status = ?6";
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let values = params![id, customer, sku, quantity, amount, status];
        self.shop.db.execute(upsert, values).await?;
        Ok(())
    }
}
