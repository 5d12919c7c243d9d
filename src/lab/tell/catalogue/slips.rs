//! Errors in a typed schedule or world.

use super::{Language, Say};
use crate::language::schedule_error::{Expected, Offer, Place, Problem, ScheduleError, Typed};
use crate::language::step::StepKind;
use crate::sentence;
use crate::tell::text::strip::Style;
use std::fmt;
use unicode_width::UnicodeWidthStr;

/// The text with a caret under the position, what is wrong there, and what would be right. The text itself is never
/// broken: a terminal that is narrower breaks it.
impl Say for ScheduleError {
    fn say(&self, language: Language) -> String {
        self.tell(Style {
            language,
            ..Style::default()
        })
    }

    fn tell(&self, style: Style) -> String {
        let before = self.before();
        let typed = format!("{before}{}", self.after());
        let problem = self.problem_and_nearest(style.language);
        // A caret points at a character, and a Japanese character is two columns wide.
        let indent = " ".repeat(INDENT + before.width());
        let caret = format!("{indent}^ {problem}");
        let gap = " ".repeat(INDENT);
        let fits = style.width.is_none() || style.glyphs.width(&caret) <= style.columns();
        let mut lines = vec![format!("{gap}{}", typed.trim_end())];
        if fits {
            lines.push(caret);
        } else {
            lines.push(format!("{indent}^"));
            lines.push(style.fit(&format!("{gap}{problem}")));
        }
        for line in self.expected.say(style.language).lines() {
            lines.push(style.fit(&format!("{gap}{line}")));
        }
        // The text begins on its own line, whatever the caller prints before the message.
        let message = format!("{}\n{}", self.place(style.language), lines.join("\n"));
        without_control(&message)
    }
}

/// How far the typed text is indented, and what is said of it.
const INDENT: usize = 2;

/// As [`Say`] says it, in English.
impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english())
    }
}

impl ScheduleError {
    /// Where the problem is.
    fn place(&self, language: Language) -> String {
        let (line, column) = (self.line(), self.column());
        let typed = match self.typed {
            Typed::Schedule => sentence!(language, en: "schedule", ja: "スケジュール"),
            Typed::World => sentence!(language, en: "world", ja: "世界"),
        };
        if self.text.contains('\n') {
            sentence!(
                language,
                en: "{typed}, line {line}, column {column}:",
                ja: "{typed}の{line}行目、{column}文字目："
            )
        } else {
            sentence!(
                language,
                en: "{typed}, column {column}:",
                ja: "{typed}の{column}文字目："
            )
        }
    }

    fn problem_and_nearest(&self, language: Language) -> String {
        let problem = self.problem.say(language);
        match self.nearest() {
            Some(nearest) => sentence!(
                language,
                en: "{problem}; did you mean `{nearest}`?",
                ja: "{problem}。もしかして`{nearest}`？"
            ),
            None => problem,
        }
    }

    /// What is wrong, in one sentence.
    pub fn problem(&self) -> String {
        self.problem.english()
    }

    /// What would have been right there: a line or more; empty if the problem explains itself.
    pub fn expected(&self) -> String {
        self.expected.english()
    }
}

/// A terminal obeys a control character instead of showing it, and the width of a tab varies: both are replaced by a
/// blank, so that the caret stays in its column.
fn without_control(text: &str) -> String {
    let blank = |c: char| match c {
        '\n' => c,
        _ if c.is_control() => ' ',
        _ => c,
    };
    text.chars().map(blank).collect()
}

impl Say for Problem {
    fn say(&self, language: Language) -> String {
        match self {
            Problem::FullWidth(wide) => sentence!(
                language,
                en: "`{wide}` is the full-width form",
                ja: "`{wide}`が全角です"
            ),
            Problem::NoColon => sentence!(
                language,
                en: "a `:` is missing between the step and its fault",
                ja: "ステップと障害のあいだに`:`がありません"
            ),
            Problem::NoSemicolon => sentence!(
                language,
                en: "a `;` is missing in front of the next step",
                ja: "次のステップの前に`;`がありません"
            ),
            Problem::AlreadySuffers { step, fault } => sentence!(
                language,
                en: "{step} already suffers `{fault}`",
                ja: "{step}には、もう`{fault}`が起きます"
            ),
            Problem::NeverHappened => sentence!(
                language,
                en: "this step never happened in this run",
                ja: "この実行では、このステップは一度もありませんでした"
            ),
            Problem::NoStep => {
                sentence!(language, en: "the step is missing", ja: "ステップがありません")
            }
            Problem::NoAttempt => sentence!(
                language,
                en: "it does not say which attempt this is",
                ja: "何回目の試みなのか書いてありません"
            ),
            Problem::AttemptMissing => {
                sentence!(language, en: "the attempt is missing", ja: "回数がありません")
            }
            Problem::AttemptZero => sentence!(
                language,
                en: "attempts are counted from 1",
                ja: "回数は1から数えます"
            ),
            Problem::AttemptTooLarge(said) => sentence!(
                language,
                en: "{said} is too large an attempt",
                ja: "{said}は回数として大きすぎます"
            ),
            Problem::NotAnAttempt(said) => sentence!(
                language,
                en: "{said} is not an attempt",
                ja: "{said}は回数として読めません"
            ),
            Problem::NobodysStep => sentence!(
                language,
                en: "it does not say whose step it is",
                ja: "誰のステップなのか書いてありません"
            ),
            Problem::NobodysStepIn(said) => sentence!(
                language,
                en: "{said} does not say whose step it is",
                ja: "{said}では、誰のステップなのか分かりません"
            ),
            Problem::NothingDone => sentence!(
                language,
                en: "it does not say what is done",
                ja: "何をするのか書いてありません"
            ),
            Problem::NothingDoneIn(said) => sentence!(
                language,
                en: "{said} does not say what is done",
                ja: "{said}では、何をするのか分かりません"
            ),
            Problem::NothingDoneBy(service) => sentence!(
                language,
                en: "it does not say what {service} does",
                ja: "{service}が何をするのか書いてありません"
            ),
            Problem::UnknownOperation(said) => sentence!(
                language,
                en: "unknown operation {said}",
                ja: "{said}という操作はありません"
            ),
            Problem::UnknownStep(said) => sentence!(
                language,
                en: "unknown step {said}",
                ja: "{said}というステップはありません"
            ),
            Problem::NoFault => {
                sentence!(language, en: "the fault is missing", ja: "障害がありません")
            }
            Problem::UnknownFault(said) => sentence!(
                language,
                en: "unknown fault {said}",
                ja: "{said}という障害はありません"
            ),
            Problem::NotHere { fault, here } => {
                let (fault, here) = (fault.words(), here.say(language));
                sentence!(
                    language,
                    en: "`{fault}` cannot happen at {here}",
                    ja: "`{fault}`は{here}では起こりません"
                )
            }
            Problem::NeedsASpan(fault) => {
                let fault = fault.words();
                sentence!(
                    language,
                    en: "`{fault}` needs a span of time",
                    ja: "`{fault}`には時間の長さが要ります"
                )
            }
            Problem::Complete { fault, without } => sentence!(
                language,
                en: "`{fault}` is complete without {without}",
                ja: "`{fault}`に{without}は要りません"
            ),
            Problem::TooShort(shortest) => sentence!(
                language,
                en: "a span of time is at least {shortest}",
                ja: "時間の長さは{shortest}以上です"
            ),
            Problem::LongerThanTheWorld(said) => sentence!(
                language,
                en: "{said} is longer than the world lasts",
                ja: "{said}では、世界の終わりを過ぎてしまいます"
            ),
            Problem::LongerThanAnyWorld(said) => sentence!(
                language,
                en: "{said} is longer than any world lasts",
                ja: "{said}ほど長い世界はありません"
            ),
            Problem::NoUnit(said) => {
                sentence!(language, en: "{said} has no unit", ja: "{said}に単位がありません")
            }
            Problem::NotASpan(said) => sentence!(
                language,
                en: "{said} is not a span of time",
                ja: "{said}は時間の長さとして読めません"
            ),
            Problem::NotANumber(said) => sentence!(
                language,
                en: "{said} is not a whole number",
                ja: "{said}は0以上の整数ではありません"
            ),
            Problem::NotAnAmount(said) => sentence!(
                language,
                en: "{said} is not an amount of money",
                ja: "{said}は金額として読めません"
            ),
            Problem::NobodyPaysNothing => {
                sentence!(language, en: "nobody pays nothing", ja: "¥0を払う人はいません")
            }
            Problem::NobodyComes => sentence!(
                language,
                en: "nobody comes to this shop",
                ja: "このお店には誰も来ません"
            ),
            Problem::TakesAtLeast(least) => sentence!(
                language,
                en: "it takes {least} at least",
                ja: "少なくとも{least}かかります"
            ),
            Problem::NoSuchService(said) => sentence!(
                language,
                en: "there is no service called {said}",
                ja: "{said}というサービスはありません"
            ),
            Problem::NothingToUndo(said) => sentence!(
                language,
                en: "there is no step {said} to undo",
                ja: "戻せるステップに{said}はありません"
            ),
            Problem::UndoneNever => sentence!(
                language,
                en: "what is undone is undone once at least",
                ja: "戻すなら、少なくとも1回です"
            ),
            Problem::TooOften(said) => sentence!(
                language,
                en: "{said} times is too often",
                ja: "{said}回は多すぎます"
            ),
            Problem::NobodyHasOrdered(said) => sentence!(
                language,
                en: "nobody has ordered {said} yet",
                ja: "{said}は、まだ誰も注文していません"
            ),
            Problem::NotSold(said) => sentence!(
                language,
                en: "this shop does not sell {said}",
                ja: "このお店に{said}は売っていません"
            ),
            Problem::CustomerComplete(said) => sentence!(
                language,
                en: "the customer is complete without {said}",
                ja: "お客さんの説明に{said}は要りません"
            ),
            Problem::OrderExists(id) => sentence!(
                language,
                en: "there is an order called `{id}` already",
                ja: "`{id}`という注文はもうあります"
            ),
            Problem::NobodyOrdersNothing => {
                sentence!(language, en: "nobody orders nothing", ja: "0個を注文する人はいません")
            }
            Problem::TooMany(said) => {
                sentence!(language, en: "{said} is too many", ja: "{said}は多すぎます")
            }
            Problem::SaysNothing(said) => sentence!(
                language,
                en: "{said} does not say what is so",
                ja: "{said}では、何がどうなのか分かりません"
            ),
            Problem::NoSuchShelf(said) => sentence!(
                language,
                en: "there is no such shelf as {said}",
                ja: "{said}という棚はありません"
            ),
        }
    }
}

impl Say for Expected {
    fn say(&self, language: Language) -> String {
        match self {
            Expected::Nothing => String::new(),
            Expected::AFault => sentence!(
                language,
                en: "a fault is written STEP: FAULT, as in order1/payment.charge#1: reply late 1500ms",
                ja: "書き方は「ステップ: 障害」。例：order1/payment.charge#1: reply late 1500ms"
            ),
            Expected::OneFaultPerStep => sentence!(
                language,
                en: "a step suffers one fault at most",
                ja: "1つのステップに起きる障害は、多くて1つです"
            ),
            Expected::AStep => sentence!(
                language,
                en: "a step is written WHOSE/WHAT#n, as in order1/payment.charge#1, or recover#n for the job itself",
                ja: "書き方は「誰の/何を#何回目」。例：order1/payment.charge#1。定期ジョブそのものはrecover#n"
            ),
            Expected::AnAttempt => sentence!(
                language,
                en: "attempts are whole numbers, counted from 1",
                ja: "回数は、1から数えた整数です"
            ),
            Expected::TheseSteps(steps) if steps.is_empty() => sentence!(
                language,
                en: "no step happened at all",
                ja: "ステップは1つもありませんでした"
            ),
            Expected::TheseSteps(steps) => {
                let steps = steps.join("\n  ");
                sentence!(
                    language,
                    en: "these steps did, the nearest first:\n  {steps}",
                    ja: "あったのは、近いものから順に：\n  {steps}"
                )
            }
            Expected::OperationsOf(service, operations) => {
                let operations = operations.join(", ");
                sentence!(
                    language,
                    en: "{service} can: {operations}",
                    ja: "{service}ができること： {operations}"
                )
            }
            Expected::Operations(operations) => {
                let operations = operations.join(", ");
                sentence!(
                    language,
                    en: "known are {operations}, submit, and db.…, webhook.…, delivery.… with any name",
                    ja: "あるのは：{operations}, submit。それに、好きな名前の`db.…`、`webhook.…`、`delivery.…`"
                )
            }
            Expected::ASpan => sentence!(
                language,
                en: "a span is a whole number and ms, s, m or h: 1500ms, 2s, 10m, 1h",
                ja: "時間の長さは、整数にms、s、m、hのどれか： 1500ms, 2s, 10m, 1h"
            ),
            Expected::SpanUpTo(most) => sentence!(
                language,
                en: "a span of time is at most {most}",
                ja: "時間の長さは{most}までです"
            ),
            Expected::UpTo(most) => sentence!(language, en: "at most {most}", ja: "{most}まで"),
            Expected::Offer(offer) => offer.say(language),
            Expected::Elsewhere(places, offer) => {
                let comma = sentence!(language, en: ", ", ja: "、");
                let places = super::joined(places, &comma, language);
                let offer = offer.say(language);
                sentence!(
                    language,
                    en: "it can happen at {places}\n{offer}",
                    ja: "起こりうるのは：{places}\n{offer}"
                )
            }
            Expected::AClause => sentence!(
                language,
                en: "\
a clause is one of:
  2 × pen by ann at 59900ms      (1 × need not be said; `for ¥500` names another price)
  order1 again at 1h
  shelf 1 book, 10 pen
  payment takes 400ms            (or: 200ms to 2200ms)
  payment down 0ms for 9h
  payment settles after 3h
  accounts cover ¥5000
  refunds settle after 3h        (perhaps: but 2 fail)
  voids until captured
  payment undone after 25h       (or: undone 2 times after 25h)
  begins at 23h
  ends after 24h
  dice 7",
                ja: "\
書けるのは、このどれか：
  2 × pen by ann at 59900ms      （1 × は省ける。`for ¥500`で値段を変えられる）
  order1 again at 1h
  shelf 1 book, 10 pen
  payment takes 400ms            （または：200ms to 2200ms）
  payment down 0ms for 9h
  payment settles after 3h
  accounts cover ¥5000
  refunds settle after 3h        （ほかに：but 2 fail）
  voids until captured
  payment undone after 25h       （または：undone 2 times after 25h）
  begins at 23h
  ends after 24h
  dice 7"
            ),
            Expected::OneOfThese(names) => there_are(&names.join(", "), language),
            Expected::OneOfTheseShelves(shelves) => there_are(&shelves.join("; "), language),
            Expected::OrdersStand => sentence!(
                language,
                en: "here the orders stand",
                ja: "ここでは、注文の取りやめはありません"
            ),
            Expected::TimesUpTo(most) => {
                sentence!(language, en: "at most {most} times", ja: "{most}回まで")
            }
            Expected::Goods(goods) => {
                let goods = goods.join(", ");
                sentence!(language, en: "it sells: {goods}", ja: "売っているもの： {goods}")
            }
            Expected::NoShelf => sentence!(
                language,
                en: "this shop keeps no stock of its own",
                ja: "このお店は、自分の在庫を持ちません"
            ),
        }
    }
}

fn there_are(names: &str, language: Language) -> String {
    sentence!(language, en: "there are: {names}", ja: "あるのは： {names}")
}

impl Say for Offer {
    fn say(&self, language: Language) -> String {
        let faults: Vec<String> = self.faults.iter().map(ToString::to_string).collect();
        let (whose, faults) = (&self.whose, faults.join(", "));
        sentence!(
            language,
            en: "{whose} can suffer: {faults}",
            ja: "{whose}に起こりうる障害： {faults}"
        )
    }
}

impl Say for Place {
    fn say(&self, language: Language) -> String {
        match self {
            Place::In(operation) => operation.to_string(),
            Place::At(kind) => {
                let english = kind.to_string();
                match kind {
                    StepKind::Call => sentence!(language, en: "{english}", ja: "呼び出し"),
                    StepKind::Sql => sentence!(language, en: "{english}", ja: "SQL文"),
                    StepKind::Commit => sentence!(language, en: "{english}", ja: "コミット"),
                    StepKind::Submission => sentence!(language, en: "{english}", ja: "注文の送信"),
                    StepKind::Recover => {
                        sentence!(language, en: "{english}", ja: "`recover`の実行")
                    }
                    StepKind::Delivery => sentence!(language, en: "{english}", ja: "配信"),
                }
            }
        }
    }
}
