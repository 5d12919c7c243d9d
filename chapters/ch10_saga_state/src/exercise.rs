// Chapter 10: whoever dies knows where he was. This file is yours: change whatever is below the marker line.
// 日本語の説明は、この英語のすぐ下にあります。
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own.
//
// New: the shop runs as **two processes** on one database. Each has its own `Checkout`, and its own `recover`. Orders go to
// them in turn. What is in the fields of a `Checkout` is seen by its own process alone, and dies with it.
// At any step, also in `recover`, also twice, a process
//   may die             it is back after 1 s, knows nothing, and runs `recover`; the other one goes on meanwhile
//   may stand still     for ten minutes, say; the world goes on, and then it continues, sure that it is still its turn
// and the customer may hang up: `place_order` is then dropped wherever it waits, and the process lives on.
//
// What you owe: every saga ends, in the direction it has decided on, and no step of it takes effect twice.
//   place_order     what it returns is what the customer is told:
//                     Answer::Confirmed   it is paid once, and one parcel is on its way: a promise
//                     Answer::Cancelled   the money is back, and no parcel comes: a promise, too
//                     Answer::Pending     we are on it: promises nothing yet, and a row in `orders` remembers it
//                     Err                 an error page: promises nothing
//                   An order may be submitted many times, and to either process. On a calm day (nothing goes wrong, each
//                   service answers within 600 ms) the answer is Confirmed, within 10 s. Otherwise either end is right.
//   recover         runs at every start and then after 1, 2, 4, 8, … minutes, in both processes, also at the same time, also
//                   while somebody orders. In the end nothing is left open, however long a service was away. A stuck order
//                   keeps no other waiting: one that needs nobody who is away ends within hours.
//   the direction   forward or back is decided once. A no (`Declined`) means back, for whoever comes later, too: a crash
//                   between the no and the first undo changes nothing.
//   overtaken       if somebody has taken over while a process slept, it changes nothing any more when it wakes up:
//                   nothing in the books, and nothing at the services. How it notices is up to you.
//   table orders    id, customer, sku, quantity, amount, status; and state, direction, version, charge_key, reserve_key,
//                   ship_key, owner, lease_until, token, placed_at: yours to use or leave empty. `confirmed` and
//                   `cancelled` are final as soon as they are committed: such a row stays, and stays so. Any other word
//                   means "still open". No row counts as no order.
//   table log       order_id and seq (together its primary key), entry, key, at: yours to use or leave empty
//
// The services are kind in this chapter. Everything can be undone at any time, until the parcel leaves, 30 minutes after it
// was asked for; nothing is kept as a fee, and keys are remembered for 30 days. What the shop (`self.shop`) offers besides
// `db`, `new_key()`, `log("…")`, `now()`:
//   payment.charge(request, Some(&key))     the first result under this key, however often you ask
//   payment.void(&key)                      all of the money goes back, or sees to it that nothing is ever charged
//   inventory.reserve(&order, &key)         sets the goods aside, for 15 minutes
//   inventory.confirm(&key)                 makes that final; `NotFound`: it has lapsed
//   inventory.release(&key)                 gives them back, set aside or final, or sees to it that none will be
//   shipping.request(&order, Some(&key))    one parcel under this key: the pivot
//   shipping.cancel(By::Key(key))           stops it until it has left, or sees to it that it never comes
// `payment.find(By::Key(key))` and `shipping.find(…)` look up what there is so far.
//
// What an error means: `Declined`: a final no, of the bank, the warehouse or the shipper; bank and shipper are not asked
// again under another key. `Undone`: this key was undone before. `ServerError` (a 500), `InFlight` (the same request is
// being worked on, perhaps for the other process), silence: open. `ConnectionRefused`: *this* request was not executed,
// which says nothing of earlier ones.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch10`. Stuck? `cargo run -- hint ch10`.
//
// ======== 日本語 ========
//
// 第10章 死んでも、どこまで進んだか覚えている。このファイルはあなたのものです。下の線から先を、好きに変えてください。
//
// 残すのは、`Checkout`という名前とトレイト`OrderFlow`だけ。フィールドも関数もSQLも、自分のタスクも自由です。
// ほかのファイルは、そのままで大丈夫。
//
// 今回の新顔：お店の**プロセスは2つ**、DBは1つ。それぞれが自分の`Checkout`を持ち、自分の`recover`を動かします。
// 注文は、かわるがわる届きます。`Checkout`のフィールドは、そのプロセスにしか見えません。落ちれば消えます。
// どのステップでも、`recover`の最中でも、続けて2回でも、プロセスは
//   落ちることがある      1秒で戻ってきます。何も覚えていません。`recover`が動きます。もう1つは、そのあいだも働いています
//   止まることがある      たとえば10分。世界は先に進みます。起きたら、まだ自分の番だと思ったまま続けます
// お客さんが、途中でいなくなることもあります。そのとき`place_order`は、待っている場所で捨てられます。プロセスは生きています。
//
// あなたが守ること：どのサガも、自分で決めた向きに最後まで進む。どのステップも、2回は効かない。
//   place_order     戻り値が、そのままお客さんへの返事になります。
//                     Answer::Confirmed   支払いは1回、荷物は1つ、もう向かっています。これは約束です
//                     Answer::Cancelled   お金は返っていて、荷物も届きません。これも約束です
//                     Answer::Pending     承りました。まだ約束はしません。`orders`の行が覚えています
//                     Err                 エラー画面。何も約束しません
//                   同じ注文が何度も、どちらのプロセスにも来ます。何も起きない日（障害がなく、どのサービスも600 ms以内に
//                   返事をする日）なら、返事は10秒以内にConfirmedです。何かあった日は、どちらの終わり方でもかまいません。
//   recover         起動のたびに動き、そのあとは1、2、4、8、…分後にも動きます。2つのプロセスで同時に動くことも、誰かが
//                   注文している最中のこともあります。サービスがどれだけ長く止まっていても、最後に「途中」を残さないこと。
//                   詰まった注文が1つあっても、ほかは待たせません。止まった相手に用のない注文なら、数時間で終わります。
//   向き            進むか、引き返すか。決めるのは1回だけ。`Declined`なら、引き返します。あとから来た人も、です。
//                   断られてから最初の戻し処理までのあいだに落ちても、向きは変わりません。
//   追い越されたら  寝ているあいだに誰かが引き継いだら、起きても、もう何も変えないこと。DBも、サービスも。
//                   どうやって気づくかは、自由です。
//   テーブルorders  id、customer、sku、quantity、amount、status。ほかのstate、direction、version、charge_key、reserve_key、
//                   ship_key、owner、lease_until、token、placed_atは、使っても空のままでも自由です。`confirmed`と
//                   `cancelled`は、コミットした瞬間から最終状態です。行は消さず、書き換えず。それ以外の言葉は
//                   「途中」という意味です。行がなければ、注文はありません。
//   テーブルlog     order_idとseq（2つで主キー）、entry、key、at。使っても空のままでも自由です
//
// この章のサービスは親切です。荷物が出るまで（頼んでから30分）は、何でもいつでも戻せます。手数料はなし。キーは30日間、
// 覚えていてもらえます。お店（`self.shop`）でできること。`db`、`new_key()`、`log("…")`、`now()`のほかに：
//   payment.charge(request, Some(&key))     このキーへの最初の結果。何度頼んでも同じです
//   payment.void(&key)                      お金を全部返します。まだなら、このキーではもう課金されないようにします
//   inventory.reserve(&order, &key)         商品を取り置きします。15分間
//   inventory.confirm(&key)                 取り置きを確定します。`NotFound`なら、期限切れ
//   inventory.release(&key)                 取り置きも確定も、棚に戻します。まだなら、あとから来ても断られます
//   shipping.request(&order, Some(&key))    このキーで荷物は1つ。これがピボットです
//   shipping.cancel(By::Key(key))           荷物を止めます。まだなら、あとから来ても断られます。出たあとでは、もう止まりません
// いままでのことは、`payment.find(By::Key(key))`と`shipping.find(…)`で照会できます。
//
// エラーの意味：`Declined`は確定した拒否。銀行からも、倉庫からも、発送会社からも来ます。銀行と発送会社には、別のキーで
// 頼み直してはいけません。`Undone`は、このキーがもう戻されたということ。`ServerError`（500）、`InFlight`（同じリクエストを
// 実行中。もう1つのプロセスの分かもしれません）、応答なしは、未確定。`ConnectionRefused`は、**今回の**リクエストが
// 実行されなかったということ。前のものについては何も言っていません。
//
// くわしくは docs/ja/api-card.md。テストは`cargo test -p ch10`。困ったら`cargo run -- hint ch10`。
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer.
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
        self.shop.log(format!("🛒 {}: start", order.id));
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let row = "INSERT OR IGNORE INTO orders (id, customer, sku, quantity, amount, status)
                   VALUES (?1, ?2, ?3, ?4, ?5, 'new')";
        let values = params![id, customer, sku, quantity, amount];
        self.shop.db.execute(row, values).await?;
        self.carry_on(order).await
    }
    // [/place_order]

    // [recover]
    /// Whoever died left a status behind. We carry on from there.
    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT * FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let order = order_of(&row);
            self.shop.log(format!("🔧 {}: carrying on", order.id));
            if let Err(Failure(why)) = self.carry_on(&order).await {
                self.shop.log(format!("⚠️ {}: {why}", order.id));
            }
        }
        Ok(())
    }
    // [/recover]
}

impl Checkout {
    // [carry_on]
    /// Goes on from where the order stands, and notes each step as soon as it is done.
    async fn carry_on(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        loop {
            let row = self.row_of(&order.id).await?;
            let mut key = self.shop.new_key();
            let (heard, done) = match row.get::<String>("status").as_str() {
                "new" => (
                    patiently(|| payment.charge(ChargeRequest::of(order), Some(&key))).await,
                    "UPDATE orders SET status = 'charged', charge_key = ?2 WHERE id = ?1",
                ),
                "charged" => (
                    patiently(|| inventory.reserve(order, &key)).await,
                    "UPDATE orders SET status = 'reserved', reserve_key = ?2 WHERE id = ?1",
                ),
                "reserved" => {
                    key = row.get("reserve_key");
                    (
                        patiently(|| inventory.confirm(&key)).await,
                        "UPDATE orders SET status = 'held', reserve_key = ?2 WHERE id = ?1",
                    )
                }
                "held" => (
                    patiently(|| shipping.request(order, Some(&key))).await,
                    "UPDATE orders SET status = 'confirmed', ship_key = ?2 WHERE id = ?1",
                ),
                "confirmed" => return Ok(Answer::Confirmed),
                _ => return Ok(Answer::Cancelled),
            };
            match heard {
                Ok(()) => {
                    self.shop.db.execute(done, params![order.id, key]).await?;
                }
                // A final no, or the hold has lapsed.
                Err(CallError::Declined | CallError::NotFound) => return self.go_back(order).await,
                Err(_) => return Ok(Answer::Pending),
            }
        }
    }
    // [/carry_on]

    // [go_back]
    /// Undoes what is done, last things first. The status goes back with it, step by step.
    async fn go_back(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop {
            db,
            payment,
            inventory,
            ..
        } = &self.shop;
        loop {
            let row = self.row_of(&order.id).await?;
            let (heard, undone) = match row.get::<String>("status").as_str() {
                "held" | "reserved" => {
                    let key = row.get("reserve_key");
                    (
                        patiently(|| inventory.release(&key)).await,
                        "UPDATE orders SET status = 'charged' WHERE id = ?1",
                    )
                }
                "charged" => {
                    let key = row.get("charge_key");
                    (
                        patiently(|| payment.void(&key)).await,
                        "UPDATE orders SET status = 'cancelled' WHERE id = ?1",
                    )
                }
                "new" => (
                    Ok(()),
                    "UPDATE orders SET status = 'cancelled' WHERE id = ?1",
                ),
                "confirmed" => return Ok(Answer::Confirmed),
                _ => return Ok(Answer::Cancelled),
            };
            if heard.is_err() {
                return Ok(Answer::Pending);
            }
            db.execute(undone, params![order.id]).await?;
        }
    }
    // [/go_back]

    async fn row_of(&self, id: &str) -> Result<Row, Failure> {
        let row = "SELECT * FROM orders WHERE id = ?1";
        let mut rows = self.shop.db.query(row, params![id]).await?;
        Ok(rows.remove(0))
    }
}

// [patiently]
/// Silence says nothing. We ask three times, with the same key.
async fn patiently<T, C>(call: impl Fn() -> C) -> Result<(), CallError>
where
    C: Future<Output = Result<T, CallError>>,
{
    for _ in 0..3 {
        match timeout(PATIENCE, call()).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error @ (CallError::Declined | CallError::NotFound))) => return Err(error),
            Ok(Err(_)) | Err(_) => {}
        }
    }
    Err(CallError::ServerError)
}
// [/patiently]

fn order_of(row: &Row) -> Order {
    Order {
        id: row.get("id"),
        customer: row.get("customer"),
        sku: row.get("sku"),
        quantity: row.get("quantity"),
        amount: row.get("amount"),
    }
}
