// Chapter 8: the notebook. This file is yours.
// 日本語の説明は、この英語のすぐ下にあります。
//
// The rule     Write your answers down *before* you run anything: edit below whatever you like. The tests need
//              `MyNotebook` to be a `Notebook`. They compare what you predict with a run, and look at the ledgers
//              after your undo, however it is written.
// The order    order1: two books, ¥2,400. The warehouse has 10. The flow is src/flow.rs, and it is not yours to mend.
//              In Q3 there are others, too: up to five customers, of whom two may want the same; up to three pieces
//              each, at any time of day. A card may be declined, and an order handed in twice. A service may be at work
//              on a request for a second, and may be away for 30 hours.
// An empty box `Boundary::Unknown`, `Until::Unknown`, `None` or `Prediction::UNKNOWN`: not written down yet.
// Q1           Left over: so many `Rows` in our table, `Money` (yen) kept, `Books` held, `Parcels` on their way.
// Q2           A minute after the order. `diverges`: which of `Remote::Payment`, `Inventory` and `Shipping` know
//              something else than our books lead us to believe.
// Q3           The step was done (a reservation was confirmed, too), and the customer calls the order off, at once or
//              up to two days later. Your undo is run from a minute after that on, again and again until it says `Done`
//              (in the end it is as if the step had never happened) or `TooLate` (it can never be undone, the order
//              goes forward). An `Err`, or more than 5 s, means: ask me later. `Written` is what our books say: the
//              order, the key of the step, a second key for the undo, and the reply, if one was heard.
// API card     docs/en/api-card.md
// Tests        cargo test -p ch08
// All at once  cargo run -p ch08
// Hints        cargo run -- hint ch08
//
// ======== 日本語 ========
//
// 第8章 ノート。このファイルはあなたのものです。
//
// 約束         答えを書くのは、動かす**前**です。下は、どこを変えてもかまいません。テストに必要なのは、`MyNotebook`が
//              `Notebook`であることだけ。テストは予想と実行をくらべ、戻し処理のあとの台帳を見ます。書き方は自由です。
// 注文         order1：本2冊、2,400円。倉庫には10冊。フローはsrc/flow.rsにあります。直すのは、これではありません。
//              Q3では、ほかの人も来ます。お客さんは最大5人（2人が同じ本を欲しがることも）、1人3個まで、時刻もまちまち。
//              カードは否認されることがあり、注文は2回届くことがあります。サービスは1つのリクエストに1秒かけることが
//              あり、30時間止まることもあります。
// 空欄         `Boundary::Unknown`、`Until::Unknown`、`None`、`Prediction::UNKNOWN`：まだ書いていない、という意味です。
// Q1           残っているもの：自分たちのテーブルの行`Rows`、預かったお金`Money`（円）、よけてある本`Books`、
//              向かっている荷物`Parcels`。
// Q2           注文の1分後。`diverges`：`Remote::Payment`、`Inventory`、`Shipping`のうち、お店の記録と違うことを
//              知っているのは、どれでしょう。
// Q3           ステップは済みました（取り置きなら、確定も済み）。そこでお客さんが注文を取り消します。すぐのことも、
//              2日後のことも。あなたの戻し処理は、その1分後から何度も動きます。`Done`（最後には、
//              そのステップがはじめからなかったのと同じ）か、`TooLate`（もう戻せない。注文は前に進む）と答えるま
//              で。`Err`や、5秒より長いのは「あとでまた聞いて」という意味です。`Written`は、お店の記録です。注文、
//              ステップのキー、戻し処理のためのもう1つのキー、そして返事（聞けていれば）。
// APIカード    docs/ja/api-card.md
// テスト       cargo test -p ch08
// まとめて見る cargo run -p ch08
// ヒント       cargo run -- hint ch08
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::notebook::prelude::*;

/// Our notebook.
pub struct MyNotebook;

impl Notebook for MyNotebook {
    // [q1]
    // Q1. Right after this step, our database rolls back. Which side is the step on, and what is left of it?
    const ORDER: Boundary = Inside { leaves: Rows(0) };
    const PAYMENT: Boundary = Inside { leaves: Money(0) };
    const INVENTORY: Boundary = Inside { leaves: Books(0) };
    const SHIPPING: Boundary = External { leaves: Parcels(0) };
    // [/q1]

    // [q2]
    // Q2. It failed, so it was rolled back, so nothing has happened?
    const PAYMENT_TIMED_OUT: Prediction = Prediction {
        our_books: OurBooks::NoOrder,
        customer: Customer::ErrorPage,
        provider_keeps: Some(Yen(0)),
        books_held: Some(0),
        books_held_in_an_hour: Some(0),
        parcels: Some(0),
        diverges: Some(&[]),
    };
    const RESERVATION_UNANSWERED: Prediction = Prediction {
        books_held: Some(2),
        books_held_in_an_hour: Some(2),
        diverges: Some(&[Remote::Inventory]),
        ..Self::PAYMENT_TIMED_OUT
    };
    const SHIPPED_TWICE: Prediction = Prediction {
        our_books: OurBooks::Confirmed,
        customer: Customer::Confirmed,
        provider_keeps: Some(Yen(2_400)),
        books_held: Some(2),
        books_held_in_an_hour: Some(2),
        parcels: Some(1),
        diverges: Some(&[]),
    };
    // [/q2]

    // [q3]
    // Q3. One undo for each step, and until when it works.
    const PAYMENT_UNTIL: Until = AnyTime;
    const INVENTORY_UNTIL: Until = Within(Ms::minutes(15));
    const SHIPPING_UNTIL: Until = AnyTime;

    async fn undo_payment(shop: &Shop, paid: &Written<Charge>) -> Result<Undo, Failure> {
        if let Some(charge) = &paid.reply {
            let refund_key = shop.new_key();
            shop.payment
                .refund(charge, charge.amount, &refund_key)
                .await?;
        }
        Ok(Done)
    }

    async fn undo_inventory(shop: &Shop, taken: &Written<Reservation>) -> Result<Undo, Failure> {
        shop.inventory.restock(&taken.order, None).await?;
        Ok(Done)
    }

    async fn undo_shipping(shop: &Shop, sent: &Written<Parcel>) -> Result<Undo, Failure> {
        let order = By::Order(sent.order.id.clone());
        let _ = shop.shipping.cancel(order).await;
        Ok(Done)
    }
    // [/q3]
}
