//! What a page of a notebook says, in both languages.

use super::answers::{Boundary, Customer, Left, OurBooks, Until};
use super::question::{FlowStep, Mishap, Remote};
use super::situation::When;
use saga_lab::language::order::Yen;
use saga_lab::sentence;
use saga_lab::tell::catalogue::spoken;
use saga_lab::tell::{Language, Say};

/// What a row asks for.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    StepIs,
    RollbackLeaves,
    OrdersSays,
    CustomerHasSeen,
    ProviderKeeps,
    WarehouseHolds,
    InAnHour,
    OnTheirWay,
    DivergesAt,
    CanBeUndone,
}

impl Say for Asked {
    fn say(&self, language: Language) -> String {
        match self {
            Asked::StepIs => sentence!(language, en: "the step is", ja: "ステップの場所"),
            Asked::RollbackLeaves => {
                sentence!(language, en: "the rollback leaves", ja: "ロールバックで残るもの")
            }
            Asked::OrdersSays => {
                sentence!(language, en: "our table orders says", ja: "テーブルordersでは")
            }
            Asked::CustomerHasSeen => {
                sentence!(language, en: "the customer has seen", ja: "お客さんが見たもの")
            }
            Asked::ProviderKeeps => {
                sentence!(language, en: "the provider keeps", ja: "決済会社の預かり")
            }
            Asked::WarehouseHolds => {
                sentence!(language, en: "the warehouse holds", ja: "倉庫の取り置き")
            }
            Asked::InAnHour => sentence!(language, en: "and in an hour", ja: "その1時間後"),
            Asked::OnTheirWay => sentence!(language, en: "on their way", ja: "配送中"),
            Asked::DivergesAt => sentence!(language, en: "it diverges at", ja: "ズレる相手"),
            Asked::CanBeUndone => sentence!(language, en: "it can be undone", ja: "戻せる期間"),
        }
    }
}

/// What is written in a row, and what the run says there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Lies(Side),
    Leaves(Left),
    Orders(OurBooks),
    Seen(Customer),
    Money(Yen),
    Books(u32),
    Parcels(u32),
    /// In the order of the flow, and each once, however they were written down.
    DivergesAt(Vec<Remote>),
    Until(Until),
}

/// On which side of our database's border a step lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Inside,
    External,
}

impl Written {
    /// Where a step lies; `None` if nobody says so yet.
    pub(super) fn lies(boundary: Boundary) -> Option<Written> {
        match boundary {
            Boundary::Unknown => None,
            Boundary::Inside { .. } => Some(Written::Lies(Side::Inside)),
            Boundary::External { .. } => Some(Written::Lies(Side::External)),
        }
    }

    /// What is left of a step; `None` if nobody says so yet.
    pub(super) fn leaves(boundary: Boundary) -> Option<Written> {
        match boundary {
            Boundary::Unknown => None,
            Boundary::Inside { leaves } | Boundary::External { leaves } => {
                Some(Written::Leaves(leaves))
            }
        }
    }

    /// What our books say; `None` if nobody has written it down.
    pub(super) fn orders(books: OurBooks) -> Option<Written> {
        (books != OurBooks::Unknown).then_some(Written::Orders(books))
    }

    /// What the customer has seen; `None` if nobody has written it down.
    pub(super) fn seen(customer: Customer) -> Option<Written> {
        (customer != Customer::Unknown).then_some(Written::Seen(customer))
    }

    /// Where it diverges.
    pub(super) fn diverges_at(list: &[Remote]) -> Written {
        let all = Remote::ALL.into_iter();
        Written::DivergesAt(all.filter(|step| list.contains(step)).collect())
    }

    /// Until when a step can be undone; `None` if nobody has written it down.
    pub(super) fn until(until: Until) -> Option<Written> {
        (until != Until::Unknown).then_some(Written::Until(until))
    }
}

impl Say for Written {
    fn say(&self, language: Language) -> String {
        match self {
            Written::Lies(Side::Inside) => {
                sentence!(language, en: "inside our database", ja: "うちのDBの中")
            }
            Written::Lies(Side::External) => sentence!(language, en: "external", ja: "外部"),
            Written::Leaves(left) => left.say(language),
            Written::Orders(books) => books.say(language),
            Written::Seen(customer) => customer.say(language),
            Written::Money(yen) => yen.to_string(),
            Written::Books(books) => count_of_books(*books, language),
            Written::Parcels(parcels) => count_of_parcels(*parcels, language),
            Written::DivergesAt(steps) if steps.is_empty() => {
                sentence!(language, en: "nothing", ja: "なし")
            }
            Written::DivergesAt(steps) => {
                let names: Vec<&str> = steps.iter().map(|step| step.name()).collect();
                names.join(&sentence!(language, en: ", ", ja: "、"))
            }
            Written::Until(until) => until.say(language),
        }
    }
}

impl Say for Left {
    fn say(&self, language: Language) -> String {
        match self {
            Left::Rows(1) => sentence!(language, en: "1 row", ja: "1行"),
            Left::Rows(rows) => sentence!(language, en: "{rows} rows", ja: "{rows}行"),
            Left::Money(yen) => {
                let yen = Yen(*yen);
                sentence!(language, en: "{yen} charged", ja: "{yen} 課金済み")
            }
            Left::Books(books) => {
                let books = count_of_books(*books, language);
                sentence!(language, en: "{books} held", ja: "{books}を取り置き")
            }
            Left::Parcels(parcels) => count_of_parcels(*parcels, language),
        }
    }
}

fn count_of_books(books: u32, language: Language) -> String {
    match books {
        1 => sentence!(language, en: "1 book", ja: "本1冊"),
        _ => sentence!(language, en: "{books} books", ja: "本{books}冊"),
    }
}

fn count_of_parcels(parcels: u32, language: Language) -> String {
    match parcels {
        1 => sentence!(language, en: "1 parcel", ja: "荷物1個"),
        _ => sentence!(language, en: "{parcels} parcels", ja: "荷物{parcels}個"),
    }
}

impl Say for OurBooks {
    fn say(&self, language: Language) -> String {
        match self {
            OurBooks::Unknown => "?".to_owned(),
            OurBooks::NoOrder => sentence!(language, en: "no such order", ja: "注文なし"),
            OurBooks::Open => sentence!(language, en: "open", ja: "処理中"),
            OurBooks::Confirmed => sentence!(language, en: "confirmed", ja: "確定"),
            OurBooks::Cancelled => sentence!(language, en: "cancelled", ja: "取り消し"),
        }
    }
}

impl Say for Customer {
    fn say(&self, language: Language) -> String {
        match self {
            Customer::Unknown => "?".to_owned(),
            Customer::Waiting => sentence!(language, en: "nothing yet", ja: "まだ何も"),
            Customer::ErrorPage => sentence!(language, en: "an error page", ja: "エラー画面"),
            Customer::Confirmed => sentence!(language, en: "confirmed", ja: "確定"),
            Customer::Pending => sentence!(language, en: "pending", ja: "処理中"),
            Customer::Cancelled => sentence!(language, en: "cancelled", ja: "取り消し"),
        }
    }
}

impl Say for Until {
    fn say(&self, language: Language) -> String {
        match self {
            Until::Unknown => "?".to_owned(),
            Until::AnyTime => sentence!(language, en: "at any time", ja: "いつでも"),
            Until::Within(span) if span.0 % 60_000 == 0 => {
                let minutes = span.0 / 60_000;
                sentence!(language, en: "within {minutes} min", ja: "{minutes}分以内")
            }
            Until::Within(span) => {
                let exactly = spoken(*span, language);
                sentence!(language, en: "within {span}", ja: "{exactly}以内")
            }
        }
    }
}

/// What a page is about.
#[derive(Clone, Copy)]
pub(super) enum Title {
    RightAfter(FlowStep),
    After(Mishap),
    UntilWhen(Remote),
}

impl Say for Title {
    fn say(&self, language: Language) -> String {
        match self {
            Title::RightAfter(step) => {
                let done = step.say(language);
                sentence!(
                    language,
                    en: "right after {done}, our database rolls back",
                    ja: "{done}。その直後に、うちのDBがロールバック"
                )
            }
            Title::After(mishap) => mishap.say(language),
            Title::UntilWhen(step) => {
                let step = step.name();
                sentence!(
                    language,
                    en: "until when {step} can be undone",
                    ja: "{step}はいつまで戻せるか"
                )
            }
        }
    }
}

/// What has just been done, in a sentence.
impl Say for FlowStep {
    fn say(&self, language: Language) -> String {
        match self {
            FlowStep::Order => {
                sentence!(language, en: "the order row is inserted", ja: "注文の行を書いた")
            }
            FlowStep::Payment => {
                sentence!(language, en: "the payment has succeeded", ja: "決済に成功した")
            }
            FlowStep::Inventory => {
                sentence!(language, en: "the books are reserved", ja: "本を取り置きした")
            }
            FlowStep::Shipping => {
                sentence!(language, en: "the parcel is ordered", ja: "発送を頼んだ")
            }
        }
    }
}

impl Say for Mishap {
    fn say(&self, language: Language) -> String {
        match self {
            Mishap::PaymentTimedOut => sentence!(
                language,
                en: "the payment succeeds, and we time out",
                ja: "決済は成功、こちらはタイムアウト"
            ),
            Mishap::ReservationUnanswered => sentence!(
                language,
                en: "the reservation succeeds, and no reply comes",
                ja: "取り置きは成功、返事が来ない"
            ),
            Mishap::ShippedTwice => sentence!(
                language,
                en: "the shipping request is delivered twice",
                ja: "発送のリクエストが2回届く"
            ),
        }
    }
}

impl Say for When {
    fn say(&self, language: Language) -> String {
        match self {
            When::InTime => sentence!(language, en: "in time", ja: "間に合うとき"),
            When::Late => sentence!(language, en: "late", ja: "遅いとき"),
            When::Twice => sentence!(language, en: "twice", ja: "2回"),
            When::BeforeItArrives => sentence!(language, en: "before it arrives", ja: "届く前に"),
            When::InFlight => sentence!(language, en: "while it is in flight", ja: "処理の最中に"),
            When::ReplyLost => {
                sentence!(language, en: "with its reply lost", ja: "返事が消えたとき")
            }
        }
    }
}

/// What is wrong with a wrong page.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    NotWritten,
    NotAsPredicted,
}

impl Fault {
    /// The same whatever the language.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Fault::NotWritten => "not written down yet",
            Fault::NotAsPredicted => "not as predicted",
        }
    }
}

impl Say for Fault {
    fn say(&self, language: Language) -> String {
        let name = self.name();
        match self {
            Fault::NotWritten => sentence!(language, en: "{name}", ja: "まだ書いていない"),
            Fault::NotAsPredicted => sentence!(language, en: "{name}", ja: "実際と違う"),
        }
    }
}

/// The three questions.
#[derive(Clone, Copy)]
pub(super) enum Question {
    Boundaries,
    Divergence,
    Undo,
}

impl Say for Question {
    fn say(&self, language: Language) -> String {
        match self {
            Question::Boundaries => sentence!(
                language,
                en: "Q1: our database rolls back. What of each step is left?",
                ja: "Q1：うちのDBがロールバック。各ステップの何が残る？"
            ),
            Question::Divergence => sentence!(
                language,
                en: "Q2: what does each side know, and what diverges?",
                ja: "Q2：それぞれの側は何を知っている？　何がズレる？"
            ),
            Question::Undo => sentence!(
                language,
                en: "Q3: until when can each step be undone, and does the undo undo?",
                ja: "Q3：各ステップはいつまで戻せる？　その戻し方で本当に戻る？"
            ),
        }
    }
}

/// How an undo ended that did what it was for.
#[derive(Clone, Copy)]
pub(super) enum Ended {
    Undone,
    GoesForward,
}

impl Say for Ended {
    fn say(&self, language: Language) -> String {
        match self {
            Ended::Undone => sentence!(language, en: "undone", ja: "戻った"),
            Ended::GoesForward => sentence!(
                language,
                en: "too late: the order goes forward",
                ja: "もう戻せない：注文は先へ進む"
            ),
        }
    }
}

/// A world that this chapter does not have.
pub(super) fn no_such_world(language: Language) -> String {
    sentence!(language, en: "there is no such world", ja: "そういう世界はない")
}

/// How many of the answers on a sheet are right; and what the arrow on it means.
pub(super) fn score(right: usize, all: usize, arrow: &str, language: Language) -> String {
    sentence!(
        language,
        en: "{right} of {all} as the runs have it; {arrow} marks what they have instead",
        ja: "{all}問中{right}問が、実行と同じ。{arrow}のうしろが実行の結果"
    )
}

/// The headings of what was written and what the run says; and what marks the difference.
#[derive(Clone, Copy)]
pub(super) enum Beside {
    YouWrote,
    TheRun,
    Differs,
    AsPredicted,
    TookBack,
    DidNotReach,
    Nothing,
}

impl Say for Beside {
    fn say(&self, language: Language) -> String {
        match self {
            Beside::YouWrote => sentence!(language, en: "you wrote", ja: "あなたの予想"),
            Beside::TheRun => sentence!(language, en: "the run", ja: "実行の結果"),
            Beside::Differs => sentence!(language, en: "← differs", ja: "← 違う"),
            Beside::AsPredicted => sentence!(language, en: "as predicted", ja: "予想どおり"),
            Beside::TookBack => {
                sentence!(language, en: "the rollback took back", ja: "ロールバックで消えた")
            }
            Beside::DidNotReach => sentence!(language, en: "it did not reach", ja: "届かなかった"),
            Beside::Nothing => sentence!(language, en: "nothing", ja: "なし"),
        }
    }
}
