//! What the lab says in English, in Japanese. The lab speaks one language, and a few dozen sentences; each is a
//! pattern here. What the order code itself says, its log and its SQL, stays as it is.

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Patterns of whole sentences, and what they are in Japanese: `{1}` stands for a part that stays, `{1:}` for one that
/// is a sentence of its own. The first that fits holds.
const SENTENCES: &[(&str, &str)] = &[
    (r#"(".*")"#, "{1}"),
    (r"(order\d+|recover|background): (.+)", "{1}: {2:}"),
    // What the code does.
    (
        r"(begin|commit|rollback|(?:insert|update|select|delete|replace|create)(?: \w+)*)",
        "{1}",
    ),
    (
        r"rollback \(transaction dropped\)",
        "rollback（トランザクションを破棄）",
    ),
    (
        r"rollback \(the process is gone\)",
        "rollback（プロセスが消えたため）",
    ),
    (r"recover #(\d+)", "recover #{1}"),
    (
        r"recover #(\d+) ends with an error: (.+)",
        "recover #{1} がエラーで終わる：{2:}",
    ),
    (r"(.+) fails: (.+)", "{1} が失敗：{2:}"),
    (r"(\w+) comes in", "{1} が来る"),
    (r"waits for the lock (\w+) holds", "{1} が持つロックを待つ"),
    (
        r"(.+) timeout: takes it for a failure",
        "{1:} でタイムアウト：失敗とみなす",
    ),
    (
        r"(.+) timeout: outcome unknown",
        "{1:} でタイムアウト：結果は不明",
    ),
    (r"(.+) timeout: no answer", "{1:} でタイムアウト：返事なし"),
    (r"the shop's process dies", "お店のプロセスが落ちる"),
    (r"✖ the shop's process dies", "✖ お店のプロセスが落ちる"),
    (
        r"↻ the shop's process starts again",
        "↻ お店のプロセスが再起動する",
    ),
    (r"tells the customer: (.+)", "お客さんへ：{1:}"),
    (
        r"shows the customer an error page \((.+)\)",
        "お客さんにエラー画面を出す（{1:}）",
    ),
    (
        r"the customer's connection breaks",
        "お客さんとの接続が切れる",
    ),
    // At the margin.
    (
        r"from here belief and truth part",
        "ここから認識と事実がズレる",
    ),
    (r"fault: (.+)", "障害：{1}"),
    // Calls.
    (r"charge (\S+) (¥\S+)", "課金 {1} {2}"),
    (r"charge (\S+) (¥\S+) \((\S+)\)", "課金 {1} {2}（{3}）"),
    (r"find charges of (\S+)", "課金を照会 {1}"),
    (r"refund (\S+) (¥\S+) \((\S+)\)", "返金 {1} {2}（{3}）"),
    (r"void (\S+)", "取り消し {1}"),
    (
        r"reserve (\d+) (\S+) for (\S+) \((\S+)\)",
        "在庫確保 {2}×{1} {3}（{4}）",
    ),
    (r"release (\S+)", "在庫を戻す {1}"),
    (r"confirm (\S+)", "在庫を確定 {1}"),
    (r"ship (\S+)", "発送 {1}"),
    (r"ship (\S+) \((\S+)\)", "発送 {1}（{2}）"),
    (r"find parcels of (\S+)", "荷物を照会 {1}"),
    (r"cancel parcel of (\S+)", "荷物を止める {1}"),
    // Two-phase commit.
    (r"prepare (\S+) \((\S+)\)", "準備せよ {1}（{2}）"),
    (r"prepare (\S+)", "準備せよ {1}"),
    (r"commit ((?:tx|order)\S*)", "コミットせよ {1}"),
    (r"abort ((?:tx|order)\S*)", "中止せよ {1}"),
    (r"prepared", "準備よし"),
    (r"committed", "コミット済み"),
    (r"aborted", "中止済み"),
    (
        r"aborted, and never to be prepared",
        "中止済み、今後も準備しない",
    ),
    (r"locks customer of (order\d+)", "{1} のお客さんをロック"),
    (r"locks (\S+)", "{1} をロック"),
    (
        r"(orders|payment|inventory) has (committed|aborted) (\S+)",
        "{1} は {3} を{2:}",
    ),
    (
        r"(orders|payment|inventory) is in doubt about (\S+), and keeps it locked",
        "{1} は {2} について未確定のまま、ロックしている",
    ),
    (
        r#"(orders|payment|inventory) is in doubt about (\S+), and keeps "customer of (\S+)" locked"#,
        "{1} は {2} について未確定のまま、{3} のお客さんをロックしている",
    ),
    (
        r#"(orders|payment|inventory) is in doubt about (\S+), and keeps "(.+)" locked"#,
        "{1} は {2} について未確定のまま、{3} をロックしている",
    ),
    (r"the others know", "ほかの当事者の事実"),
    // Answers.
    (
        r"(.+) \(nobody is waiting\)",
        "{1:}（もう誰も待っていない）",
    ),
    (r"(.+) \(lost\)", "{1:}（消えた）"),
    (r"(.+) \(still under way\)", "{1:}（まだ届いていない）"),
    (r"the reply is lost", "返事が消える"),
    (
        r"stored answer again: (.+)",
        "保存済みの返事をもう一度：{1:}",
    ),
    (r"reply: (.+)", "返事：{1:}"),
    (r"reply to (\S+): (.+)", "{1} への返事：{2:}"),
    (r"webhook: (.+)", "Webhook: {1:}"),
    (r"accepted (\S+) (¥\S+)", "受付 {1} {2}"),
    (r"captured (\S+) (¥\S+)", "課金成立 {1} {2}"),
    (r"declined (\S+) (¥\S+)", "拒否 {1} {2}"),
    (r"voided (\S+) (¥\S+)", "取り消し済み {1} {2}"),
    (
        r"(\w+ \S+ ¥\S+), (¥\S+) given back",
        "{1:}、うち {2} は返金済み",
    ),
    (r"found:? (.+)", "見つかった：{1:}"),
    (r"found (\d+) parcels", "荷物が {1} 個見つかった"),
    (r"no charge found", "課金は見つからない"),
    (r"(¥\S+) given back", "{1} を返金"),
    (
        r"voided: this key will never charge",
        "取り消し済み：このキーではもう課金されない",
    ),
    (r"voided, (¥\S+) given back", "取り消し済み、{1} を返金"),
    (r"reserved (\S+)", "確保 {1}"),
    (r"released", "在庫を戻した"),
    (r"(order\d+) is called off", "{1} を取りやめる"),
    (
        r"undone: it was voided, released, cancelled or aborted",
        "無効：もう取り消し済み",
    ),
    (
        r"restock (\d+) (\S+) of (order\d+)",
        "棚に戻す {2}×{1}（{3}の分）",
    ),
    (r"on the shelf", "棚に戻した"),
    (
        r"(\d+) (\S+) for (order\d+): set aside \((\S+)\)",
        "{3} に {2}×{1} を取り置き中（{4}）",
    ),
    (
        r"(\d+) (\S+) for (order\d+): taken from the stock \((\S+)\)",
        "{3} に {2}×{1} を引き渡し済み（{4}）",
    ),
    (
        r"(\d+) (\S+) for (order\d+): given back \((\S+)\)",
        "{3} の {2}×{1} は返却済み（{4}）",
    ),
    (
        r"(\d+) (\S+) for (order\d+): free again: the reservation has lapsed \((\S+)\)",
        "{3} の {2}×{1} は期限切れで棚に戻った（{4}）",
    ),
    (r"will send (\S+)", "{1} を送る"),
    (r"stopped (\d+) parcels", "荷物を {1} 個止めた"),
    (r"connection refused", "接続を拒否された"),
    (r"500 server error", "500 サーバーエラー"),
    (
        r"in flight: the first request with this key is still running",
        "処理中：同じキーの最初のリクエストがまだ終わっていない",
    ),
    (
        r"key reused for another request",
        "キーが別のリクエストに使われた",
    ),
    (r"not found", "見つからない"),
    (r"too late", "手遅れ"),
    (r"invalid request", "不正なリクエスト"),
    (r"database is locked", "database is locked（DBがロック中）"),
    (
        r"disk I/O error",
        "disk I/O error（ディスクの入出力エラー）",
    ),
    (r"constraint: (.+)", "制約違反：{1}"),
    (r"(\w+) failed (\d+) times", "{1} が {2} 回失敗"),
    (r"deadline has elapsed", "deadline has elapsed（時間切れ）"),
    // What the shop believes.
    (r"(order\d+) does not exist", "{1} は存在しない"),
    (r"(order\d+) is (\w+)", "{1} は{2:}"),
    (
        r"the customer is still waiting for an answer",
        "お客さんは返事を待っている",
    ),
    (r"the customer was told: (.+)", "お客さんへの返事：{1:}"),
    (
        r"the customer saw an error page \((.+)\)",
        "お客さんにはエラー画面（{1:}）",
    ),
    (
        r"the customer lost the connection",
        "お客さんとの接続は切れた",
    ),
    // What is so.
    (
        r"(order\d+) was charged (¥\S+) \((\S+)\)",
        "{1} は {2} 課金済み（{3}）",
    ),
    (
        r"(order\d+) was charged (¥\S+) \((\S+)\), and (¥\S+) went back",
        "{1} は {2} 課金済み（{3}）、うち {4} は返金済み",
    ),
    (
        r"(order\d+): (\S+) was accepted, no money has moved",
        "{1}：{2} は受付だけ、お金は動いていない",
    ),
    (r"(order\d+): (\S+) was declined", "{1}：{2} は拒否された"),
    (
        r"(order\d+): (\S+) was undone, the money is back",
        "{1}：{2} は取り消され、お金は戻った",
    ),
    (r"(order\d+) was never charged", "{1} は課金されていない"),
    (
        r"(order\d+) has a line in the history",
        "{1} の履歴は1行ある",
    ),
    (
        r"(order\d+) has no line in the history",
        "{1} の履歴は1行もない",
    ),
    (r"(order\d+) is on its way in (\S+)", "{1} は {2} で配送中"),
    (
        r"no parcel is on its way for (order\d+)",
        "{1} の荷物は出ていない",
    ),
    (r"the shop believes", "お店の認識"),
    (r"the provider knows", "相手側の事実"),
    (r"the tables say", "テーブルの中身"),
    // How it ends for a customer of a crowd.
    (r"✓ (.+)", "✓ {1:}"),
    (r"✗ (.+)", "✗ {1:}"),
    (r"still waits", "まだ待っている"),
    (r"(pending), later (\w+)", "{1:}、のちに{2:}"),
    (r"confirmed", "確定"),
    (r"cancelled", "取り消し"),
    (r"pending", "保留中"),
    (r"paid", "支払い済み"),
    (r"declined", "カード拒否"),
    (r"connection lost", "接続が切れた"),
    // Accidents.
    (r"charged without an order", "注文がないのに課金"),
    (r"confirmed without payment", "決済なしで注文確定"),
    (r"charged twice", "二重課金"),
    (r"shipped twice", "二重配送"),
    (r"stock out of balance", "在庫が合わない"),
    (r"refunded more than captured", "返金しすぎ"),
    (r"half an order", "半端な注文"),
    (r"other orders locked out", "ほかの注文の締め出し"),
    (r"left in doubt", "未確定のまま放置"),
    (r"two outcomes of one transaction", "1つの取引に2つの結末"),
    (r"a final word taken back", "決まったはずが覆る"),
    (r"never settled", "決着がつかない"),
    (r"a legitimate request swallowed", "正当な注文が消える"),
    (r"not as predicted", "予想と違う"),
    (r"not written down yet", "まだ何も書かれていない"),
    (
        r"the customer has paid for an order that does not exist",
        "存在しない注文に、お客さんがお金を払っている",
    ),
    (
        r"the goods will leave, and nobody has paid for them",
        "商品は出ていくのに、誰も払っていない",
    ),
    (
        r"the customer has paid more than once for one order",
        "1つの注文に、お客さんが2回以上払っている",
    ),
    (
        r"the customer gets more than one parcel for one order",
        "1つの注文で荷物が2つ以上届く",
    ),
    (
        r"the stock says something else than the orders do",
        "在庫の数が、注文と合わない",
    ),
    (
        r"more money went back than had ever come in",
        "受け取った以上のお金を返した",
    ),
    (
        r"some of the order's rows are there, and some are not",
        "注文の行が、一部だけある",
    ),
    (
        r"it was final, and then it was not",
        "決まったはずなのに、覆った",
    ),
    (
        r"orders wait for a payment that is none of their business",
        "自分と関係のない決済を、ほかの注文が待たされている",
    ),
    (
        r"a participant holds its locks and is not told how it ended",
        "参加者がロックを持ったまま、結末を知らされない",
    ),
    (
        r"one side says it happened, another that it did not",
        "一方は「起きた」と言い、もう一方は「起きていない」と言う",
    ),
    (
        r"at the end of the day somebody still waits",
        "1日が終わっても、まだ誰かが待っている",
    ),
    (
        r"a customer is owed an order, and there is none",
        "お客さんに届くはずの注文が、どこにもない",
    ),
    // Names and times.
    (r"(shop|orders|payment|inventory|shipping)", "{1}"),
    (r"(\d+ ms)", "{1}"),
    (r"(\S+) s", "{1}秒"),
    (r"(\d+) min", "{1}分"),
    (r"(\d+) h", "{1}時間"),
    (r"(\d+) min (\S+) s", "{1}分{2}秒"),
];

static PATTERNS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let compiled = SENTENCES.iter().map(|(pattern, japanese)| {
        let whole = Regex::new(&format!("^(?:{pattern})$"));
        (whole.expect("the patterns are written here"), *japanese)
    });
    compiled.collect()
});

/// A sentence of the lab in Japanese. `None`: there is none for it, or for a part of it.
pub fn japanese(english: &str) -> Option<String> {
    let quoted = english.starts_with('"');
    if !quoted && english.contains(" · ") {
        let parts: Option<Vec<String>> = english.split(" · ").map(japanese).collect();
        return Some(parts?.join(" · "));
    }
    let mut fitting = PATTERNS.iter();
    fitting.find_map(|(pattern, template)| fill(template, &pattern.captures(english)?))
}

fn fill(template: &str, captures: &Captures<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}')?;
        let (number, translated) = match place.strip_suffix(':') {
            Some(number) => (number, true),
            None => (place, false),
        };
        let part = captures.get(number.parse().ok()?)?.as_str();
        out.push_str(before);
        match translated {
            true => out.push_str(&japanese(part)?),
            false => out.push_str(part),
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_translated_and_their_parts_with_them() {
        let cases = [
            (
                "700 ms timeout: takes it for a failure",
                "700 ms でタイムアウト：失敗とみなす",
            ),
            (
                "reply: captured pay_1 ¥1,200 (nobody is waiting)",
                "返事：課金成立 pay_1 ¥1,200（もう誰も待っていない）",
            ),
            (
                "order2: commit fails: database is locked",
                "order2: commit が失敗：database is locked（DBがロック中）",
            ),
            ("begin · insert orders", "begin · insert orders"),
            ("\"❌ said by the code\"", "\"❌ said by the code\""),
            ("order1 is confirmed", "order1 は確定"),
        ];
        for (english, expected) in cases {
            assert_eq!(japanese(english).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_sentence_without_a_pattern_has_no_translation() {
        assert_eq!(japanese("the moon is full"), None);
        assert_eq!(japanese("reply: the moon is full"), None);
    }
}
