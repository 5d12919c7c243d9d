//! No verdict: the course cannot go on, or the code under test prevents it.

use lab::engine::watchdog::Scene;
use lab::flow::Code;
use lab::language::schedule::Schedule;
use lab::tell::report::{Kind, NoVerdict, Report, Style, Tell};
use lab::tell::{Both, Language, Say};
use lab::{both, sentence};

/// Not an accident: the course itself cannot go on.
pub(crate) fn trouble(message: impl Say + 'static) -> Report {
    Report::of(Trouble(message))
}

/// The course itself cannot go on.
struct Trouble<T>(T);

impl<T: Say> Tell for Trouble<T> {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn name(&self) -> Option<String> {
        None
    }

    fn render(&self, style: Style) -> String {
        let message = self.0.say(style.language);
        sentence!(
            style.language,
            en: "NOT AN ACCIDENT: the course itself is in trouble\n{message}\n",
            ja: "これは事故ではありません：教材そのものの不具合です🙇\n{message}\n"
        )
    }
}

/// Somebody asked for something that there is not.
pub(crate) fn usage(message: impl Say + 'static) -> Report {
    Report::usage(message)
}

/// Another test has already reported the same in full.
pub(crate) fn stuck_as_in(first: &str) -> Report {
    Report::of(NoVerdict {
        name: "does not get anywhere",
        title: both!(en: "does not get anywhere", ja: "先に進まない"),
        advice: both!(en: "Here, too; see `{first}`.", ja: "ここもです。`{first}`を見てください。"),
        ..NoVerdict::default()
    })
}

/// The code prints so much that a search would never end.
pub(crate) fn prints_too_much(lines: usize) -> Report {
    Report::of(NoVerdict {
        name: "prints too much",
        title: both!(en: "prints too much", ja: "表示が多すぎる"),
        advice: both!(
            en: "The code has printed {lines} lines in one test, which runs thousands of worlds. Print less, or use `shop.log()`:\n\
                 its lines show in the timeline.",
            ja: "1つのテストで{lines}行も表示しました📜\n\
                 テストは、何千もの世界を動かします。\n\
                 表示を減らすか、`shop.log()`を使ってください。\n\
                 その行はタイムラインに出ます。"
        ),
        ..NoVerdict::default()
    })
}

/// The code took its process down.
pub(crate) fn died(how: &Death, scene: &Scene) -> Report {
    let [english, japanese] = Language::ALL.map(|language| how.say(language));
    Report::of(NoVerdict {
        name: "the code ended its process",
        title: both!(
            en: "the code ended its process",
            ja: "コードがプロセスを終わらせた"
        ),
        advice: both!(en: "There, {english}.", ja: "ここで、{japanese}。"),
        ..NoVerdict::at(scene)
    })
}

/// How a process came to its end.
pub(crate) enum Death {
    /// Its stack overflowed.
    StackOverflow,
    /// An allocation of this many bytes failed; `None` if the number is unknown.
    OutOfMemory(Option<String>),
    /// It aborted itself.
    Aborted,
    /// Somebody else killed it.
    Killed,
    /// By another signal.
    Signal(i32),
    /// With this exit code.
    Exit(i32),
    /// Nobody knows.
    Unknown,
}

impl Say for Death {
    fn say(&self, language: Language) -> String {
        match self {
            Death::StackOverflow => sentence!(
                language,
                en: "it overflowed its stack (does it call itself for ever?)",
                ja: "スタックがあふれました（自分を呼びつづけていませんか？）"
            ),
            Death::OutOfMemory(bytes) => {
                let bytes = bytes.as_deref();
                let (some, any) = (bytes.unwrap_or("some"), bytes.unwrap_or("何"));
                sentence!(
                    language,
                    en: "it ran out of memory: it wanted {some} bytes more",
                    ja: "メモリが足りなくなりました：あと{any}バイトほしかった"
                )
            }
            Death::Aborted => sentence!(
                language,
                en: "it aborted the process",
                ja: "プロセスを強制終了（abort）しました"
            ),
            Death::Killed => sentence!(
                language,
                en: "it was killed from outside (signal 9), most likely because the machine had no memory left",
                ja: "外から止められました（シグナル9）。\nおそらく、マシンのメモリが尽きたせいです"
            ),
            Death::Signal(signal) => sentence!(
                language,
                en: "it was killed by signal {signal}",
                ja: "シグナル{signal}で止められました"
            ),
            Death::Exit(code) => sentence!(
                language,
                en: "it ended the process with exit code {code}",
                ja: "終了コード{code}でプロセスを終わらせました"
            ),
            Death::Unknown => sentence!(
                language,
                en: "its process ended without a verdict",
                ja: "判定のないままプロセスが終わりました"
            ),
        }
    }
}

/// A run that was measured, and differs from the chapter's claim.
pub(crate) fn measured_otherwise(schedule: &Schedule, code: Code, measured: String) -> Report {
    Report::of(NoVerdict {
        name: "measured otherwise than the chapter says",
        title: both!(
            en: "measured otherwise than the chapter says",
            ja: "測ってみたら、章の説明と違う"
        ),
        schedule: Some(schedule.to_string()),
        code: Some(code.name()),
        advice: Both::same(measured),
        ..NoVerdict::default()
    })
}
