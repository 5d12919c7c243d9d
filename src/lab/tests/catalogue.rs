//! Facts in words: the same fact in both languages, with all that it is made of.

use crate::render_runs::{ORDER1, paid};
use lab::db::DbError;
use lab::engine::trace::Told;
use lab::judge::claim::Claim;
use lab::language::message::{CallError, Reply};
use lab::language::name::Name;
use lab::language::order::{Answer, Failure};
use lab::language::time::Ms;
use lab::tell::scene::Fact;
use lab::tell::scene::fact::Understood;
use lab::tell::{Ending, Language, Say};

fn both(fact: &impl Say) -> [String; 2] {
    Language::ALL.map(|language| fact.say(language))
}

#[test]
fn a_fact_is_told_in_both_languages_and_its_parts_with_it() {
    let gave_up = Fact::GaveUp {
        waited: Ms(90_500),
        takes_it: Understood::AsFailure,
    };
    let says = [
        "1 min 30.5 s timeout: takes it for a failure",
        "1分30.5秒でタイムアウト：失敗とみなす",
    ];
    assert_eq!(both(&gave_up), says);

    let reply = Fact::Reply {
        to: Some(ORDER1),
        response: Ok(Reply::Charges(vec![paid("pay_1", ORDER1)])),
    };
    let says = [
        "reply to order1: found captured pay_1 ¥1,200",
        "order1への返事：見つかった：課金済み（pay_1、¥1,200）",
    ];
    assert_eq!(both(&reply), says);

    let failed = Fact::SqlFailed {
        label: Name::of("commit"),
        error: DbError::Locked,
    };
    let says = [
        "commit fails: database is locked",
        "commitが失敗：database is locked（DBがロック中）",
    ];
    assert_eq!(both(&failed), says);

    let stands = |status: &str| Claim::Stands {
        order: ORDER1,
        status: Some(status.to_owned()),
    };
    let says = ["order1 is confirmed", "order1は確定"];
    assert_eq!(both(&stands("confirmed")), says);
    // A word of the code's own.
    let says = ["order1 is paying", "order1はpaying"];
    assert_eq!(both(&stands("paying")), says);

    let later = Ending::PendingThen("confirmed".to_owned());
    let says = ["pending, later confirmed", "処理中、あとで確定"];
    assert_eq!(both(&later), says);
    let says = ["cancelled", "取り消し"];
    assert_eq!(both(&Answer::Cancelled), says);
}

#[test]
fn what_the_code_says_itself_stays_as_it_is() {
    let line = Fact::Logged("❌ said by the code".to_owned());
    assert_eq!(both(&line), ["\"❌ said by the code\""; 2]);
    let label = Fact::Sql(Name::of("insert orders"));
    assert_eq!(both(&label), ["insert orders"; 2]);
}

#[test]
fn an_error_that_the_code_passes_on_is_known_by_its_words() {
    let japanese = |failure: Failure| {
        let Failure(text) = failure;
        Fact::Told(Told::ErrorPage(text)).say(Language::Japanese)
    };
    let page = |words: &str| format!("お客さんにエラー画面を出す：{words}");
    let constraint = DbError::Constraint("UNIQUE constraint failed: orders.id".to_owned());
    let cases = [
        (Failure::from(CallError::NotFound), "見つからない"),
        (
            Failure::from(DbError::Io),
            "disk I/O error（ディスクの入出力エラー）",
        ),
        (
            Failure::from(constraint),
            "制約違反：UNIQUE constraint failed: orders.id",
        ),
        (Failure("the moon is full".to_owned()), "the moon is full"),
    ];
    for (failure, words) in cases {
        assert_eq!(japanese(failure), page(words));
    }
}
