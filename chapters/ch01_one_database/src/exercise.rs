// Chapter 1: one database is a peaceful world. This file is yours: change whatever is below the marker line.
// 日本語の説明は、この英語のすぐ下にあります。
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own, a
// `recover`. No other file has to change. Whatever is in the fields of `Checkout` dies with the process, which may
// happen at any statement; what is committed to the database does not.
//
// What you owe:
//   place_order     what it returns is what the customer is told:
//                     Answer::Confirmed   it will be delivered: a promise
//                     Answer::Cancelled   nothing will come: a promise, too. Owed to whoever is too late for a book
//                     Answer::Pending     we are on it: promises nothing yet, and a row in `orders` remembers it for as
//                                         long as there is no more to say
//                     Err                 an error page: promises nothing
//                   The same order may be submitted again: a double click, or hours later. Nobody is asked for money
//                   in this chapter. On a calm day, whoever there is enough for is told Confirmed within 10 s; and on
//                   no day does a customer wait for a second because somebody else, or a job of yours, holds the lock.
//   table stock     sku, quantity; CHECK (quantity >= 0)
//   table orders    id, sku (has to be in stock's table), quantity, status. The statuses `confirmed` and `cancelled`
//                   are final, as soon as they are committed: such a row stays, and stays so. Any other word means
//                   "still open". No row counts as no order, and no row is there that nobody ordered.
//   table history   order_id (has to be in orders), event (any text); each event once per order. Every order that is
//                   not cancelled has a line, and all of its goods are taken from the stock: at the latest when it
//                   becomes `confirmed`.
//   recover         yours to write if you need it: `async fn recover(&self) -> Result<(), Failure>`. It runs at every
//                   start and then after 1, 2, 4, 8, … minutes, also while somebody orders. In the end nothing may be
//                   left open.
//
// What the shop (`self.shop`) offers:
//   db.execute(sql, params![…])            one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])              rows; `row.get("column")`
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback; a `tx` that is dropped is rolled back
//   log("…")   now()                       a line in the timeline; virtual time
//
// What an error means: `DbError::Constraint`: the statement did nothing, and a transaction stays open. `DbError::Io` on
// a statement: the same. On a commit: nobody knows whether it took effect; all of it did, or none of it.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch01`. Stuck? `cargo run -- hint ch01`.
//
// ======== 日本語 ========
//
// 第1章 1つのDBは平和な世界。このファイルはあなたのものです。下の線から先を、好きに変えてください。
//
// 残すのは、`Checkout`という名前とトレイト`OrderFlow`だけ。フィールドも関数もSQLも、自分のタスクも`recover`も自由です。
// ほかのファイルは、そのままで大丈夫。プロセスは、どのSQL文で落ちるかわかりません。落ちると`Checkout`のフィールドは
// 消えます。DBにコミットしたものは残ります。
//
// あなたが守ること：
//   place_order     戻り値が、そのままお客さんへの返事になります。
//                     Answer::Confirmed   お届けします。これは約束です
//                     Answer::Cancelled   何も届きません。これも約束です。売り切れに間に合わなかった人には、
//                                         こう答えます
//                     Answer::Pending     承りました。まだ約束はしません。決着がつくまで、`orders`の行が覚えています
//                     Err                 エラー画面。何も約束しません
//                   同じ注文がもう一度来ることがあります。ダブルクリックのことも、何時間もあとのことも。
//                   この章では、お金はまだ出てきません。何も起きない日なら、在庫が足りる人への返事は、10秒以内にConfirmed。
//                   そして、どんな日でも、ほかの人やあなたのジョブが握ったロックを、お客さんに1秒も待たせないこと。
//   テーブルstock   sku、quantity。CHECK (quantity >= 0)
//   テーブルorders  id、sku（stockにあるもの）、quantity、status。`confirmed`と`cancelled`は、コミットした瞬間から最終
//                   状態です。行は消さず、書き換えず。それ以外の言葉は「途中」という意味です。行がなければ、注文は
//                   ありません。誰も頼んでいない行があってもいけません。
//   テーブルhistory order_id（ordersにあるもの）、event（好きな文字列。1つの注文に同じものは1つ）。取り消されていない
//                   注文には必ず行があり、商品は全部、在庫から引いてあります。遅くとも`confirmed`になるときまでに。
//   recover         必要なら自分で書きます：`async fn recover(&self) -> Result<(), Failure>`。起動のたびに動き、
//                   そのあとは1、2、4、8、…分後にも動きます。誰かが注文している最中のことも。
//                   最後に「途中」を残さないでください。
//
// お店（`self.shop`）でできること：
//   db.execute(sql, params![…])            SQL文を1つ。すぐコミットされ、変わった行数が返ります
//   db.query(sql, params![…])              行を読みます。`row.get("column")`
//   db.begin() → tx.execute、tx.query、tx.commit、tx.rollback。捨てられた`tx`はロールバックされます
//   log("…")   now()                       タイムラインに1行。仮想時間の時刻
//
// エラーの意味：`DbError::Constraint`は、そのSQL文が何もしなかったということ。トランザクションは開いたままです。SQL文の
// `DbError::Io`も同じ。コミットのときだけは、効いたかどうか誰にもわかりません。全部効いたか、全部なかったことか、です。
//
// くわしくは docs/ja/api-card.md。テストは`cargo test -p ch01`。困ったら`cargo run -- hint ch01`。
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;

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
        let Shop { db, .. } = &self.shop;
        self.shop.log(format!("🛒 {}: start", order.id));

        db.execute(
            "INSERT INTO orders (id, sku, quantity, status)
             VALUES (?1, ?2, ?3, 'confirmed')",
            params![order.id, order.sku, order.quantity],
        )
        .await?;
        db.execute(
            "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1",
            params![order.sku, order.quantity],
        )
        .await?;
        db.execute(
            "INSERT INTO history (order_id, event) VALUES (?1, 'ordered')",
            params![order.id],
        )
        .await?;

        self.shop.log(format!("✅ {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }
    // [/place_order]
}
