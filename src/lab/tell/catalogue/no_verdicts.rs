//! The names of verdicts, and the words for code that cannot be judged.

use super::{Language, Say};
use crate::engine::record::Halt;
use crate::engine::watchdog::{Scene, Stuck, patience};
use crate::judge::invariant::Breach;
use crate::judge::verdict::Verdict;
use crate::language::name::Name;
use crate::language::order::grouped;
use crate::search::outside::Remembered;
use crate::tell::report::NoVerdict;
use crate::{both, sentence};

impl Say for Verdict {
    fn say(&self, language: Language) -> String {
        let name = self.name();
        match self {
            Verdict::Accident(finding) => finding.accident.say(language),
            Verdict::Breach(Breach::Broken { .. }) => name.to_owned(),
            Verdict::Breach(Breach::Panicked { .. }) => {
                sentence!(language, en: "{name}", ja: "不変条件がパニック")
            }
            Verdict::Halted(Halt::TicksTooOften { .. }) => {
                sentence!(language, en: "{name}", ja: "見に行きすぎ")
            }
            Verdict::Halted(Halt::NeverSettles { .. }) => {
                sentence!(language, en: "{name}", ja: "いつまでも止まらない")
            }
            Verdict::Halted(Halt::Panicked { .. }) => {
                sentence!(language, en: "{name}", ja: "コードがパニック")
            }
            Verdict::InvalidSql(_) => sentence!(language, en: "{name}", ja: "SQL文が正しくない"),
            Verdict::TwoWays { .. } => {
                sentence!(language, en: "{name}", ja: "2回やると、結果が違う")
            }
        }
    }
}

impl NoVerdict {
    /// The code makes no progress.
    pub(crate) fn stuck(why: Stuck, scene: &Scene) -> NoVerdict {
        let seconds = patience().as_secs_f32();
        match why {
            Stuck::NeverYields => NoVerdict {
                name: "never yields",
                title: both!(en: "never yields", ja: "一度も手を離さない"),
                advice: both!(
                    en: "The code has kept the processor for {seconds} s of real time without reaching a step. Look for a\n\
                         loop without an `.await`, for a call that blocks the thread (`std::thread::sleep`, a lock held\n\
                         across an `.await`), or for a loop whose `.await` is always ready.",
                    ja: "現実の時間で{seconds}秒、次のステップに着かないまま、\n\
                         コードがCPUを握りっぱなしです🥶\n\
                         よくある犯人：`.await`のないループ、\n\
                         スレッドを止める呼び出し（`std::thread::sleep`、\n\
                         `.await`をまたいで持つロック）、\n\
                         `.await`がいつもすぐ終わるループ。"
                ),
                ..NoVerdict::at(scene)
            },
            Stuck::HogsTheProcessor => NoVerdict {
                name: "keeps the processor",
                title: both!(en: "keeps the processor", ja: "CPUを握りすぎ"),
                advice: both!(
                    en: "A test runs thousands of worlds, and in this one the code keeps the thread for a long time at every turn.\n\
                         Look for a call that blocks it (`std::thread::sleep`; use `tokio::time::sleep`), for thousands of tasks or\n\
                         tables, for thousands of printed lines (use `shop.log()`), or for heavy computing.",
                    ja: "テストは、何千もの世界を動かします。\n\
                         この世界では、コードが毎回スレッドを長く握っています🐢\n\
                         よくある犯人：スレッドを止める呼び出し\n\
                         （`std::thread::sleep`。代わりに`tokio::time::sleep`を）、\n\
                         何千ものタスクやテーブル、何千行もの表示\n\
                         （代わりに`shop.log()`を）、重い計算。"
                ),
                ..NoVerdict::at(scene)
            },
        }
    }

    /// A property that would not end.
    pub(crate) fn too_many_steps(worlds: usize, steps: usize) -> NoVerdict {
        let (worlds, steps) = (grouped(worlds as u64), grouped(steps as u64));
        NoVerdict {
            name: "too many steps",
            title: both!(en: "too many steps", ja: "ステップが多すぎる"),
            advice: both!(
                en: "In the first {worlds} worlds of this property the code took {steps} steps: every statement and every call is\n\
                     one, and something can go wrong at each. Take fewer of them: no loop of statements where one will do, and\n\
                     tables that are made once.",
                ja: "この性質の最初の{worlds}個の世界で、コードは{steps}ステップ進みました😵\n\
                     SQL文も呼び出しも、1つずつが、障害の起こりうるステップです。\n\
                     数を減らしてください。SQL文1つで済むことに、ループを使わない。\n\
                     テーブルを作るのは1回だけ。"
            ),
            ..NoVerdict::default()
        }
    }

    /// A schedule failed, and passes when it is replayed.
    pub(crate) fn not_the_same_twice() -> NoVerdict {
        let [english, japanese] = Language::ALL.map(culprits);
        NoVerdict {
            name: "not the same twice",
            title: both!(en: "not the same twice", ja: "2回やると、結果が違う"),
            advice: both!(
                en: "It failed, and passed when it was replayed. {english}",
                ja: "1回目は壊れて、再現したら無事でした🤔\n{japanese}"
            ),
            ..NoVerdict::default()
        }
    }

    /// A search that would not end.
    pub(crate) fn too_many_schedules(schedules: usize) -> NoVerdict {
        NoVerdict {
            name: "too many steps",
            title: both!(en: "too many steps", ja: "ステップが多すぎる"),
            advice: both!(
                en: "With one fault more there would be some {schedules} schedules, for every statement and every call is a step at\n\
                     which something can go wrong. Take fewer of them: no loop of statements where one will do, and tables that\n\
                     are made once. And if a service is away for long, ask again after longer and longer pauses: 1, 2, 4, 8, …\n\
                     minutes.",
                ja: "障害をもう1つ増やすと、スケジュールは約{schedules}通りになります😵\n\
                     SQL文も呼び出しも、1つずつが、障害の起こりうるステップです。\n\
                     数を減らしてください。SQL文1つで済むことに、ループを使わない。\n\
                     テーブルを作るのは1回だけ。相手が長く止まっているときは、\n\
                     1、2、4、8、…分後と、間をあけながら頼み直します。"
            ),
            ..NoVerdict::default()
        }
    }

    /// The code has kept something that a real crash would erase.
    pub(crate) fn remembers(what: &Remembered) -> NoVerdict {
        let [english, japanese] = Language::ALL.map(|language| what.say(language));
        NoVerdict {
            name: "remembers outside of its process",
            title: both!(
                en: "remembers outside of its process",
                ja: "プロセスの外で覚えている"
            ),
            advice: both!(
                en: "After all the other worlds, {english}.\n\
                     A `static` or a thread-local survives the crash of the lab's process, and no real one. What has to survive\n\
                     belongs in the database; what may be forgotten, in the fields of the flow.",
                ja: "ほかの世界を全部まわったあとで、{japanese}。\n\
                     `static`やスレッドローカルは、ラボのクラッシュでは消えません。\n\
                     本物のクラッシュなら消えます。\n\
                     残すべきものはデータベースへ。忘れてよいものは、フローのフィールドへ。"
            ),
            ..NoVerdict::default()
        }
    }
}

impl Say for Remembered {
    fn say(&self, language: Language) -> String {
        match self {
            Remembered::Key(key) => sentence!(
                language,
                en: "it sent a request under `{key}`, which this world had never handed out",
                ja: "この世界が一度も渡していないキー`{key}`で\nリクエストを送りました"
            ),
            Remembered::Something => sentence!(
                language,
                en: "the calm day went another way after other worlds than before them",
                ja: "何も起きない日の進み方が\n前と変わりました"
            ),
        }
    }
}

/// The words for code that behaves in two ways.
pub(crate) fn went_two_ways(language: Language) -> String {
    let culprits = culprits(language);
    sentence!(
        language,
        en: "The same code under the same schedule went two ways, so nothing it does can be relied on. {culprits}",
        ja: "同じコード、同じスケジュールなのに、進み方が2通りありました🤔\n\
             これでは、どちらの結果も信用できません。\n{culprits}"
    )
}

/// What makes order code behave in two ways.
fn culprits(language: Language) -> String {
    sentence!(
        language,
        en: "The usual\n\
             culprits: `select!` without `biased`, the system clock (use `shop.now()`), system randomness (use\n\
             `shop.new_key()`), the order of a `HashMap`, SQL's `random()` and `datetime('now')`.",
        ja: "よくある犯人：`biased`のない`select!`、\n\
             システムの時計（`shop.now()`を使う）、\n\
             システムの乱数（`shop.new_key()`を使う）、\n\
             `HashMap`の順番、SQLの`random()`と`datetime('now')`。"
    )
}

/// An invariant that panics says neither yes nor no.
pub(crate) fn invariant_panicked(
    invariant: Name,
    message: &str,
    place: &str,
    language: Language,
) -> String {
    sentence!(
        language,
        en: "The invariant \"{invariant}\" panicked at {place}:\n{message}\n\
             It is to say what is wrong, or `None`, of every world that there may be.\n",
        ja: "不変条件「{invariant}」が{place}でパニックしました：\n{message}\n\
             どんな世界に対しても、何がおかしいか、または`None`を返してください。\n"
    )
}
