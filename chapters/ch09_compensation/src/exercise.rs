// Chapter 9: prepare a way back. This file is yours: change whatever is below the marker line.
// 日本語の説明は、この英語のすぐ下にあります。
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own. No
// other file has to change. Whatever is in the fields of `Checkout` dies with the process, which may happen at any
// step; what is committed to the database does not.
//
// What you owe: in the end, everything has happened, or everything is undone.
//   place_order     what it returns is what the customer is told:
//                     Answer::Confirmed   it is paid once, and one parcel is on its way: a promise
//                     Answer::Cancelled   the money is back but for the fee, and no parcel comes: a promise, too
//                     Answer::Pending     we are on it: promises nothing yet, and a row in `orders` remembers it
//                     Err                 an error page: promises nothing
//                   An order may be submitted many times. On a calm day (nothing goes wrong, and each service answers
//                   within 600 ms) the answer is Confirmed, within 10 s. If something does go wrong, either end is right.
//   recover         runs at every start and then after 1, 2, 4, 8, … minutes, also while somebody orders. In the end
//                   nothing may be left open, however long a service was away: an undo is repeated until it is
//                   confirmed, with pauses that grow. An order that is stuck keeps no other waiting, and none waits 1 s
//                   for another's lock.
//   cancelled       the customer may be charged a handling fee of ¥600. The rest goes back, once. The goods are on the
//                   shelf again, and nothing that others have bought meanwhile is lost. The order of the undos is free.
//   confirmed       paid in full, the goods gone from the stock (a hold alone lapses), one parcel.
//   the pivot       a parcel leaves 30 minutes after it was asked for, and whoever gets one pays for it: from then on
//                   there is no way back. A parcel that may be on its way counts as one, until `shipping.cancel` is Ok.
//   table orders    id, customer, sku, quantity, amount, status; placed_at (a time): yours to use. `confirmed` and
//                   `cancelled` are final as soon as they are committed: such a row stays, and stays so. Any other
//                   word means "still open". No row counts as no order.
//   table steps     order_id and step (its primary key), key, undo_key, state: texts, all yours to use or leave empty
//
// What the shop (`self.shop`) offers besides `db`, `new_key()`, `log("…")`, `now()`:
//   payment.charge(request, Some(&key))     the first result under this key, however often you ask
//   payment.void(&key)                      sees to it that nothing is ever charged under this key; once the money has
//                                           moved: `TooLate`. Then look it up, and refund it
//   payment.find(By::Key(key))              the charges so far, with their refunds: Pending, Succeeded or Failed
//   payment.refund(&charge, amount, &key)   once under this key; another key is another refund, within what is left.
//                                           It may be Pending for hours and then have Failed: then a new one is owed
//   on_refund(&news)                        yours to write: `async fn on_refund(&self, news: &RefundNews)` is told how
//                                           a refund ended. Lost, late, twice, or never: not every provider tells
//   inventory.reserve(&order, &key)         sets the goods aside, for 15 minutes
//   inventory.confirm(&key)                 makes that final; `NotFound`: it has lapsed
//   inventory.release(&key)                 gives them back, set aside or final, or sees to it that none will be
//   shipping.request(&order, Some(&key))    one parcel under this key; also shipping.find(By::Key(key))
//   shipping.cancel(By::Key(key))           stops it, or sees to it that it never comes; `TooLate`: it has left
// Keys are remembered for 30 days. A message may be under way for an hour.
//
// What an error means: `Declined`: a final no, of the bank, the warehouse or the shipper; bank and shipper are not asked
// again under another key. `Undone`: this key was undone before. `ServerError` (a 500), `InFlight`, silence: open.
// `ConnectionRefused`: *this* request was not executed, which says nothing of earlier ones.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch09`. Stuck? `cargo run -- hint ch09`.
//
// ======== 日本語 ========
//
// 第9章 戻り道を用意する。このファイルはあなたのものです。下の線から先を、好きに変えてください。
//
// 残すのは、`Checkout`という名前とトレイト`OrderFlow`だけ。フィールドも関数もSQLも、自分のタスクも自由です。
// ほかのファイルは、そのままで大丈夫。プロセスは、どのステップで落ちるかわかりません。落ちると`Checkout`のフィールドは
// 消えます。DBにコミットしたものは残ります。
//
// あなたが守ること：最後には「全部済んだ」か「全部戻した」か、どちらかです。
//   place_order     戻り値が、そのままお客さんへの返事になります。
//                     Answer::Confirmed   支払いは1回、荷物は1つ、もう向かっています。これは約束です
//                     Answer::Cancelled   お金は手数料のほかは返っていて、荷物も届きません。これも約束です
//                     Answer::Pending     承りました。まだ約束はしません。`orders`の行が覚えています
//                     Err                 エラー画面。何も約束しません
//                   同じ注文が何度も来ることがあります。何も起きない日（障害がなく、どのサービスも600 ms以内に返事を
//                   する日）なら、返事は10秒以内にConfirmedです。何かあった日は、どちらの終わり方でもかまいません。
//   recover         起動のたびに動き、そのあとは1、2、4、8、…分後にも動きます。誰かが注文している最中のこともあります。
//                   サービスがどれだけ長く止まっていても、最後に「途中」を残さないこと。戻し処理は、済んだと
//                   確かめられるまで、間をだんだんあけながら繰り返します。
//                   詰まった注文が1つあっても、ほかの注文は待たせません。ほかの注文のロックも、1秒と待たせないこと。
//   cancelled       手数料¥600は、いただいてもかまいません。残りは返します。1回だけ。商品は棚に戻り、そのあいだに
//                   ほかの人が買ったものは、そのままです。戻す順番は自由です。
//   confirmed       代金は全額、商品は在庫から出ていて（取り置きだけでは、期限で消えます）、荷物は1つ。
//   ピボット        荷物は、頼んでから30分で出ます。受け取る人は、代金を払う人です。そこから先に、戻り道はありません。
//                   「出るかもしれない」荷物も、`shipping.cancel`がOkになるまでは、出るものとして数えます。
//   テーブルorders  id、customer、sku、quantity、amount、status。placed_at（時刻）は自由に使えます。`confirmed`と
//                   `cancelled`は、コミットした瞬間から最終状態です。行は消さず、書き換えず。それ以外の言葉は
//                   「途中」という意味です。行がなければ、注文はありません。
//   テーブルsteps   order_idとstep（主キー）、key、undo_key、state。どれも文字列で、使っても空のままでも自由です
//
// お店（`self.shop`）でできること。`db`、`new_key()`、`log("…")`、`now()`のほかに：
//   payment.charge(request, Some(&key))     このキーへの最初の結果。何度聞いても同じです
//   payment.void(&key)                      このキーでは、もう課金されないようにします。お金が動いたあとなら`TooLate`。
//                                           そのときは、照会して返金します
//   payment.find(By::Key(key))              いままでの課金と、その返金（Pending、Succeeded、Failed）
//   payment.refund(&charge, amount, &key)   このキーで1回。キーが違えば、残りの範囲で、別の返金になります。
//                                           何時間もPendingのあとにFailedになることも。そうなったら、もう一度返します
//   on_refund(&news)                        自分で書けます：`async fn on_refund(&self, news: &RefundNews)`。返金の
//                                           結果の知らせです。消える、遅れる、2回来る、知らせない会社もある
//   inventory.reserve(&order, &key)         商品を取り置きします。15分間
//   inventory.confirm(&key)                 取り置きを確定します。`NotFound`なら、期限切れ
//   inventory.release(&key)                 取り置きも確定も、棚に戻します。まだなら、あとから来ても断られます
//   shipping.request(&order, Some(&key))    このキーで荷物は1つ。shipping.find(By::Key(key))で照会
//   shipping.cancel(By::Key(key))           荷物を止めます。まだなら、あとから来ても断られます。`TooLate`なら、もう出ました
// キーは30日間、覚えていてもらえます。メッセージは1時間も道の途中にいることがあります。
//
// エラーの意味：`Declined`は確定した拒否。銀行からも、倉庫からも、発送会社からも来ます。銀行と発送会社には、別のキーで
// 頼み直してはいけません。`Undone`は、このキーがもう戻されたということ。`ServerError`（500）、`InFlight`、応答なしは、
// 未確定。`ConnectionRefused`は、**今回の**リクエストが実行されなかったということ。前のものについては何も言っていません。
//
// くわしくは docs/ja/api-card.md。テストは`cargo test -p ch09`。困ったら`cargo run -- hint ch09`。
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer.
const PATIENCE: Duration = Duration::from_millis(700);

/// What we keep of the money if an order is cancelled.
const FEE: Yen = Yen(600);

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
        self.shop.log(format!("🛒 {}: start", order.id));
        self.write_down(order).await?;
        let answer = self.how_it_stands(&order.id).await?;
        if answer != Answer::Pending {
            return Ok(answer);
        }
        match self.go_forward(order).await {
            Ok(()) => self.close(&order.id, "confirmed").await,
            Err(Failure(why)) => {
                self.shop.log(format!("↩️ {}: {why}", order.id));
                self.go_back(&order.id).await
            }
        }
    }
    // [/place_order]

    // [recover]
    /// Whatever was cut short goes back, too.
    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status = 'open' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.go_back(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
    // [/recover]
}

impl Checkout {
    // [go_forward]
    async fn go_forward(&self, order: &Order) -> Result<(), Failure> {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        let [charge, hold, parcel] = &self.keys_of(&order.id).await?;
        patiently(payment.charge(ChargeRequest::of(order), Some(charge))).await?;
        self.has_to_be_undone(order, "charge").await?;
        patiently(inventory.reserve(order, hold)).await?;
        self.has_to_be_undone(order, "hold").await?;
        patiently(inventory.confirm(hold)).await?;
        patiently(shipping.request(order, Some(parcel))).await?;
        Ok(())
    }
    // [/go_forward]

    // [go_back]
    /// Undoes what was done, last things first.
    async fn go_back(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, .. } = &self.shop;
        let done = "SELECT step, key FROM steps WHERE order_id = ?1 AND state = 'done'
                    ORDER BY step DESC";
        for row in db.query(done, params![id]).await? {
            let step: String = row.get("step");
            if let Err(Failure(why)) = self.undo(&step, &row.get("key")).await {
                self.shop.log(format!("⚠️ {id}: undoing its {step}: {why}"));
            }
            let tick = "UPDATE steps SET state = 'undone' WHERE order_id = ?1 AND step = ?2";
            db.execute(tick, params![id, step]).await?;
        }
        self.close(id, "cancelled").await
    }
    // [/go_back]

    // [undo]
    async fn undo(&self, step: &str, key: &Key) -> Result<(), Failure> {
        let Shop {
            payment, inventory, ..
        } = &self.shop;
        if step == "hold" {
            return patiently(inventory.release(key)).await;
        }
        // What was captured can no longer be voided. It is refunded, but for the fee.
        for charge in patiently(payment.find(By::Key(key.clone()))).await? {
            let refund_key = self.shop.new_key();
            patiently(payment.refund(&charge, charge.amount - FEE, &refund_key)).await?;
        }
        Ok(())
    }
    // [/undo]

    // [has_to_be_undone]
    /// It is done. From now on there is something to undo.
    async fn has_to_be_undone(&self, order: &Order, step: &str) -> Result<(), Failure> {
        let done = "UPDATE steps SET state = 'done' WHERE order_id = ?1 AND step = ?2";
        self.shop.db.execute(done, params![order.id, step]).await?;
        Ok(())
    }
    // [/has_to_be_undone]

    // [write_down]
    /// The order, and a key for each step, are in our books before the first call. A second click finds them there.
    async fn write_down(&self, order: &Order) -> Result<(), Failure> {
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let tx = self.shop.db.begin().await?;
        let row = "INSERT OR IGNORE INTO orders (id, customer, sku, quantity, amount, status)
                   VALUES (?1, ?2, ?3, ?4, ?5, 'open')";
        tx.execute(row, params![id, customer, sku, quantity, amount])
            .await?;
        let steps = "INSERT OR IGNORE INTO steps (order_id, step, key)
                     VALUES (?1, 'charge', ?2), (?1, 'hold', ?3), (?1, 'parcel', ?4)";
        let [charge, hold, parcel] = [(); 3].map(|()| self.shop.new_key());
        tx.execute(steps, params![id, charge, hold, parcel]).await?;
        tx.commit().await?;
        Ok(())
    }
    // [/write_down]

    async fn keys_of(&self, id: &str) -> Result<[Key; 3], Failure> {
        let steps = "SELECT key FROM steps WHERE order_id = ?1 ORDER BY step";
        let rows = self.shop.db.query(steps, params![id]).await?;
        Ok([0, 1, 2].map(|place| rows[place].get("key")))
    }

    /// Writes the last word, unless somebody else has.
    async fn close(&self, id: &str, status: &str) -> Result<Answer, Failure> {
        let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'open'";
        self.shop.db.execute(close, params![id, status]).await?;
        let answer = self.how_it_stands(id).await?;
        self.shop.log(format!("📒 {id}: {answer:?}"));
        Ok(answer)
    }

    /// What our books say.
    async fn how_it_stands(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        let rows = self.shop.db.query(row, params![id]).await?;
        Ok(match rows[0].get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}

async fn patiently<T>(call: impl Future<Output = Result<T, CallError>>) -> Result<T, Failure> {
    let answer = timeout(PATIENCE, call).await;
    Ok(answer.map_err(|_| Failure("TIMEOUT after 700ms".to_owned()))??)
}
