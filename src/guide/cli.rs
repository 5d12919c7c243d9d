//! The command line of the guide.

use crate::chapter::{self, Chapter};
use crate::environment::{self, variable};
use crate::language::Language;
use crate::memory::Memory;
use crate::sentence;
use crate::usage::{self, Room};
use crate::words::Words;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use unicode_width::UnicodeWidthStr;

/// An accident is left, or something else is red.
const RED: u8 = 1;
/// The guide was asked for something it cannot do.
const USAGE: u8 = 2;
/// The exercise does not compile.
const DOES_NOT_COMPILE: u8 = 3;
/// Cargo is missing, or failed for a reason that has nothing to do with the code.
const CARGO: u8 = 4;

/// How a command ended that did what it was asked for.
pub(crate) enum Light {
    /// Nothing is left to do.
    Green,
    /// Something is.
    Red,
}

/// Why a command could not do what it was asked for.
pub(crate) enum Trouble {
    /// The command line is wrong, or a file of the course.
    Usage(String),
    /// The exercise does not compile.
    DoesNotCompile(String),
    /// Cargo failed.
    Cargo(String),
}

/// The guide, with the course's data.
pub(crate) struct Guide {
    pub(crate) root: PathBuf,
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) language: Language,
    pub(crate) color: bool,
    pub(crate) memory: Memory,
}

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    let language = if std::env::args_os().any(|word| word == "--ja") {
        Language::Japanese
    } else {
        // If the command line is wrong, the message is in the locale's language.
        Language::from_environment(variable).unwrap_or_else(|_| Language::of_locale(variable))
    };
    let command = command(language);
    let matches = match language {
        Language::English => command.get_matches(),
        Language::Japanese => usage::matches(command, room()),
    };
    if let Err(slip) = environment::check(variable) {
        eprintln!("{}", slip.told(language));
        return ExitCode::from(USAGE);
    }
    let end = Guide::open(language).and_then(|guide| guide.follow(&matches));
    let (message, code) = match end {
        Ok(Light::Green) => return ExitCode::SUCCESS,
        Ok(Light::Red) => return ExitCode::from(RED),
        Err(Trouble::Usage(message)) => (message, USAGE),
        Err(Trouble::DoesNotCompile(message)) => (message, DOES_NOT_COMPILE),
        Err(Trouble::Cargo(message)) => (message, CARGO),
    };
    // rustc and cargo have already printed their own messages.
    if !message.is_empty() {
        eprintln!("{}", message.trim_end());
    }
    ExitCode::from(code)
}

/// The terminal, as far as one is there.
fn room() -> Room {
    Room {
        columns: environment::columns().unwrap_or(100),
        width: |text| text.width(),
    }
}

fn command(language: Language) -> Command {
    let say = |english, japanese| language.pick::<&'static str>(english, japanese);
    let chapter = || {
        Arg::new("chapter")
            .value_name(say("CHAPTER", "章"))
            .help(say(
                "For example ch03; the first unfinished one if you name none",
                "たとえばch03。指定しなければ、まだ終わっていない最初の章",
            ))
    };
    let named = || {
        chapter()
            .required(true)
            .help(say("For example ch03", "たとえばch03"))
    };
    Command::new("saga-by-accident")
        .bin_name("cargo run --")
        .about(say("Shows where you stand, the next accident, and the one next thing to do", "今どこまで進んだか、次の事故、次にやること1つを見せます"))
        .after_help(say(
            "Exit codes: 0 all is well, 1 something is red, 2 a bad command line or variable, 3 the exercise does not compile,\n\
             4 cargo is missing or failed.",
            "終了コード：0は問題なし、1は赤いものがある、2はコマンドか環境変数の書き方が正しくない、3はexercise.rsがコンパイルできない、\
             4はcargoがない、または失敗した。",
        ))
        .arg(
            Arg::new("ja")
                .long("ja")
                .global(true)
                .action(ArgAction::SetTrue)
                .help(say("Speak Japanese (also: SAGA_LANG=ja, or a Japanese locale)", "日本語で話す（SAGA_LANG=jaや、日本語のロケールでも）")),
        )
        .subcommands([
            Command::new("list").about(say("List the chapters with their state", "章の一覧と状態を見る")),
            Command::new("hint")
                .about(say("Show the next hint", "次のヒントを見る"))
                .args([
                    chapter(),
                    Arg::new("all")
                        .long("all")
                        .action(ArgAction::SetTrue)
                        .help(say("Show all hints at once", "ヒントを全部まとめて見る")),
                ]),
            Command::new("checklist")
                .about(say("Show what you can do by now: boxes ticked by tests that pass", "できるようになったことを見る。通ったテストがチェックをつける"))
                .arg(chapter()),
            Command::new("replay").about(say("Replay a schedule with your code", "自分のコードで、スケジュールを再現する")).args([
                named(),
                Arg::new("schedule")
                    .value_name(say("SCHEDULE", "スケジュール"))
                    .required(true)
                    .help(say("As a red test prints it; in quotes", "赤いテストが出すとおりに、引用符で囲む")),
                Arg::new("world")
                    .long("world")
                    .value_name(say("WORLD", "世界"))
                    .help(say("In this world of the chapter's tests: its name, or its description in quotes, as a red test prints it", "章のテストのうち、この世界で。名前か、赤いテストが出す説明を引用符で囲んで指定する")),
            ]),
            Command::new("prompt")
                .about(say("Print a prompt to paste into an AI, with your own code and timeline filled in", "AIに貼るプロンプトを出す。自分のコードとタイムラインが入る"))
                .args([
                    named(),
                    Arg::new("number")
                        .value_name("1|2|3")
                        .required(true)
                        .value_parser(["1", "2", "3"])
                        .help(say("1: list the failures; 2: write a demo; 3: review my code", "1：失敗を洗い出す　2：デモを書く　3：自分のコードをレビューする")),
                ]),
        ])
}

impl Guide {
    fn open(language: Language) -> Result<Guide, Trouble> {
        let root = root().ok_or_else(|| {
            Trouble::Usage(sentence!(
                language,
                en: "cannot find the course: run this inside its repository",
                ja: "教材が見つかりません。教材のリポジトリの中で実行してください。"
            ))
        })?;
        let executable = std::env::current_exe().unwrap_or_default();
        Ok(Guide {
            chapters: Chapter::all_or_told(&root, language).map_err(Trouble::Usage)?,
            root,
            language,
            color: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            memory: Memory::beside(&executable),
        })
    }

    fn follow(&self, matches: &ArgMatches) -> Result<Light, Trouble> {
        let Some((name, matches)) = matches.subcommand() else {
            return self.overview();
        };
        let chapter = match matches.try_get_one::<String>("chapter") {
            Ok(Some(id)) => Some(self.chapter(id)?),
            _ => None,
        };
        let text = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
        match (name, chapter) {
            ("list", _) => self.list(),
            ("hint", chapter) => self.hint(chapter, matches.get_flag("all")),
            ("checklist", chapter) => self.checklist(chapter),
            ("replay", Some(chapter)) => {
                let world = matches.get_one::<String>("world");
                self.replay(chapter, text("schedule"), world.map(String::as_str))
            }
            ("prompt", Some(chapter)) => self.prompt(chapter, text("number")),
            // clap lets nothing else through.
            _ => Err(Trouble::Usage(sentence!(
                self.language,
                en: "`{name}` needs a chapter",
                ja: "`{name}`には章が必要です。例： {name} ch03"
            ))),
        }
    }

    fn chapter(&self, id: &str) -> Result<&Chapter, Trouble> {
        chapter::find(&self.chapters, id).map_err(|nearest| {
            Trouble::Usage(self.words().unknown_chapter(id, nearest, &self.chapters))
        })
    }

    pub(crate) fn words(&self) -> Words {
        Words {
            language: self.language,
            color: self.color,
            columns: environment::columns().filter(|_| std::io::stdout().is_terminal()),
        }
    }
}

/// The root of the repository: above the current directory, or else where cargo built us.
fn root() -> Option<PathBuf> {
    let is_root = |path: &Path| path.join("chapters").is_dir() && path.join("Cargo.toml").is_file();
    let here = std::env::current_dir().ok()?;
    let above = here.ancestors().find(|path| is_root(path));
    let built = Path::new(env!("CARGO_MANIFEST_DIR"));
    above
        .or(Some(built).filter(|path| is_root(path)))
        .map(Path::to_owned)
}
