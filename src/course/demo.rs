//! The demo of a chapter: `cargo run -p ch03`.
//!
//! Without a schedule it plays the chapter's own story and ends with what both sides know. With one, it
//! replays the world of the chapter's tests, so that every red test can be watched in slow motion.

// `println!` panics on a closed pipe; `out` does not.
#![warn(clippy::print_stdout)]

mod compare;

use crate::chapter::Chapter;
use crate::commands::{replay_line, run_line};
use crate::isolate::draw as draw_progress;
use crate::out::{out, outln};
use crate::outcome::failure;
use crate::usage;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};
use compare::{Asked, Compared};
use lab::check::Check;
use lab::check::environment;
use lab::engine::trace::{Entry, Event, Told};
use lab::flow::Code;
use lab::judge::accident::{self, beliefs, knowledge, sides};
use lab::judge::evidence::Evidence;
use lab::language::name::Name;
use lab::language::schedule::Schedule;
use lab::run::replay;
use lab::search::census::{Census, Sight};
use lab::search::scenario::Bounds;
use lab::setup::Setup;
use lab::tell::catalogue::{meaning, passed_on, without_faults};
use lab::tell::grid::explain;
use lab::tell::report::{Length, Report, Style};
use lab::tell::scene::{Scene, takes_effect};
use lab::tell::{self, Label, Language, Say};
use lab::{both, sentence};
use outcomes::Shown;
use picture::svg::Caption;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The parts of a chapter's demo.
pub struct Demo {
    /// The chapter.
    pub chapter: Chapter,
    /// What `--help` says it shows.
    pub about: fn(Language) -> &'static str,
    /// The world of the story, with this seed.
    pub setup: fn(seed: u64) -> Setup,
    /// The seed whose story the text tells.
    pub seed: u64,
}

/// What a chapter shows in place of a run, if its code is more than an order flow.
pub struct Pages {
    /// This code's whole story. The demo's world is not played, so neither clock nor seed matters.
    pub story: fn(Code, Style) -> String,
    /// The page about this schedule in the chapter's world, if there is one.
    pub about: fn(&Chapter, Code, &Schedule, Style) -> Option<Page>,
}

/// A page with right answers, or with wrong ones and the reason.
pub type Page = Result<String, Report>;

/// Runs a world on a clock, so that its story can be told while it happens.
type Clock = fn(Setup) -> Setup;

/// How many faults the worlds of a census suffer at most, as in the property tests.
const FAULTS: usize = 4;

/// The name of a replay's outcome: it is no test.
const DEMO: &str = "demo";

/// Exit code of a run that cannot even begin, as with a bad flag.
const USAGE: u8 = 2;

impl Demo {
    /// Reads the command line and plays. Exit code 0 if it has played, whatever the story; 1 if the code went wrong
    /// without any story to tell; 2 if it was asked for something it cannot do.
    pub fn main(&self) -> ExitCode {
        self.run(None)
    }

    /// The same, for a chapter that has pages of its own to show.
    pub fn main_with(&self, pages: &Pages) -> ExitCode {
        self.run(Some(pages))
    }

    fn run(&self, pages: Option<&Pages>) -> ExitCode {
        // First of all: how to speak depends on it, even of a slip of the command line.
        if let Err(slip) = environment::check() {
            eprintln!("{}", slip.say(environment::language_of_slips()));
            return ExitCode::from(USAGE);
        }
        let matches = self.matches(pages.is_some());
        lab::engine::watchdog::watch(|why, scene| {
            eprintln!("{}", Report::stuck(why, &scene).render(Style::terminal()));
            std::process::exit(1);
        });
        match self.play(&matches, pages) {
            Ok(code) => code,
            Err(message) => {
                eprintln!("{message}");
                ExitCode::from(USAGE)
            }
        }
    }

    fn matches(&self, has_pages: bool) -> ArgMatches {
        let style = Style::terminal();
        let command = self.command(has_pages, style.language);
        match style.language {
            Language::English => command.get_matches(),
            Language::Japanese => {
                let room = usage::Room {
                    columns: style.columns(),
                    width: |text| Style::terminal().glyphs.width(text),
                };
                usage::matches(command, room)
            }
        }
    }

    /// The options. A story in pages depends neither on the clock nor on the seed.
    fn command(&self, has_pages: bool, language: Language) -> Command {
        Command::new(self.chapter.id)
            .bin_name(format!("cargo run -p {} --", self.chapter.id))
            .about((self.about)(language))
            .args([
                Arg::new("real-time")
                    .long("real-time")
                    .action(ArgAction::SetTrue)
                    .conflicts_with("schedule")
                    .hide(has_pages)
                    .help(language.pick("Run on the real clock instead of the virtual one", "仮想時計ではなく、現実の時計で動かす")),
                Arg::new("seed")
                    .long("seed")
                    .value_name("N")
                    .value_parser(value_parser!(u64))
                    .hide(has_pages)
                    .help(language.pick("Draw other latencies", "別の遅れをくじで引く")),
                Arg::new("schedule")
                    .long("schedule")
                    .value_name(language.pick("FAULTS", "スケジュール"))
                    .help(language.pick("Replay the world of the tests under this schedule, as a red test prints it", "テストの世界を、このスケジュールで再現する。書き方は、赤いテストが出すとおり")),
                Arg::new("world")
                    .long("world")
                    .value_name(language.pick("WORLD", "世界"))
                    .requires("of-the-tests")
                    .help(language.pick("Take another world of the tests: its name, or its description, as a red test prints it", "テストの別の世界を使う。名前か、赤いテストが出す説明で指定する")),
                Arg::new("grid")
                    .long("grid")
                    .value_name(language.pick("FAULTS", "個数"))
                    .value_parser(value_parser!(usize))
                    .conflicts_with_all(["schedule", "real-time", "seed", "svg"])
                    .help(language.pick("Try every schedule of at most so many faults, and show how each fault went at each step", "障害がこの個数までのスケジュールを全部試して、ステップと障害ごとの結果を見せる")),
                Arg::new("code")
                    .long("code")
                    .value_name(language.pick("NAME", "名前"))
                    .help(language.pick("Which code to run: exercise, broken, or (with --features answers) an answer", "動かすコード。exercise、broken、または（--features answersをつけて）答え")),
                Arg::new("svg")
                    .long("svg")
                    .value_name(language.pick("FILE", "ファイル"))
                    .value_parser(value_parser!(PathBuf))
                    .help(language.pick("Write the timeline as a picture, too", "タイムラインを図としても書き出す")),
                Arg::new("beside")
                    .long("beside")
                    .num_args(2..=3)
                    .value_names(language.pick(["CODE", "FAULTS", "WORLD"], ["コード", "スケジュール", "世界"]))
                    .requires("schedule")
                    .requires("svg")
                    .help(language.pick("Draw a second run below the first, to the same scale", "2つ目の実行を、同じ縮尺で下に並べて描く")),
                Arg::new("census")
                    .long("census")
                    .action(ArgAction::SetTrue)
                    .conflicts_with("schedule")
                    .help(language.pick("Count what is in the worlds that the property test draws, and which errors are heard in them", "性質テストがくじで引く世界に何が出てくるか、どんなエラーが返ってくるかを数える")),
                Arg::new("drawn")
                    .long("drawn")
                    .value_name(language.pick("drawn", "描き方"))
                    .value_parser(["numbered", "flow-chart", "timelines"])
                    .requires("schedule")
                    .requires("svg")
                    .help(language.pick("Draw the picture with numbered steps, or as a flow chart; or a second run as a timeline, too", "ステップに番号をつけて描く（numbered）か、流れ図にする（flow-chart）。2つ目の実行もタイムラインで描くならtimelines")),
                Arg::new("pivot")
                    .long("pivot")
                    .value_name(language.pick("STEP", "ステップ"))
                    .requires("schedule")
                    .requires("svg")
                    .help(language.pick("Draw in a timeline from where on there is no way back: where a step such as shipping.request takes effect", "タイムラインに、もう戻れなくなるところを描く。shipping.requestのような、効いたら戻れないステップを書く")),
                // For the course's own tests.
                Arg::new("codes")
                    .long("codes")
                    .hide(true)
                    .action(ArgAction::SetTrue)
                    .help("List the codes there are, one a line"),
                // For the book: see `recording`.
                #[cfg(feature = "recording")]
                Arg::new("record")
                    .long("record")
                    .hide(true)
                    .action(ArgAction::SetTrue),
            ])
            // Options for the worlds of the tests, not for the story.
            .group(ArgGroup::new("of-the-tests").args(["schedule", "grid"]))
    }

    fn play(&self, matches: &ArgMatches, pages: Option<&Pages>) -> Result<ExitCode, String> {
        #[cfg(feature = "recording")]
        if matches.get_flag("record") {
            let (asked, out) = (std::io::stdin().lock(), std::io::stdout().lock());
            let out = std::io::BufWriter::new(out);
            crate::recording::answer(&self.chapter, asked, out)?;
            return Ok(ExitCode::SUCCESS);
        }
        if matches.get_flag("codes") {
            for code in self.chapter.codes {
                outln!("{}", code.name());
            }
            return Ok(ExitCode::SUCCESS);
        }
        let named = matches.get_one::<String>("code").map(String::as_str);
        let code = self.chapter.code_asked_for(named).map_err(said)?;
        if matches.get_flag("census") {
            out!("{}", self.census(code)?);
            return Ok(ExitCode::SUCCESS);
        }
        let svg = matches.get_one::<PathBuf>("svg").map(PathBuf::as_path);
        let chapter = match matches.get_one::<String>("world") {
            Some(name) => self.chapter.in_world(name).map_err(rendered)?,
            None => self.chapter,
        };
        if let Some(most) = matches.get_one("grid") {
            out!("{}", grid(&chapter, code, *most));
            return Ok(ExitCode::SUCCESS);
        }
        match matches.get_one::<String>("schedule") {
            Some(text) => {
                let drawn = matches.get_one::<String>("drawn").map(String::as_str);
                let pivot = matches.get_one::<String>("pivot").map(String::as_str);
                if let (Some(beside), Some(file)) = (matches.get_many::<String>("beside"), svg) {
                    let beside: Vec<&str> = beside.map(String::as_str).collect();
                    let drawn = match (drawn, pivot) {
                        (Some("timelines"), pivot) => Compared::AsTimelines { pivot },
                        (None, None) => Compared::ByLocks,
                        _ => return Err(said(together())),
                    };
                    let other = match beside.get(2) {
                        Some(world) => self.chapter.in_world(world).map_err(rendered)?,
                        None => self.chapter,
                    };
                    let other_code = self.chapter.code(Some(beside[0])).map_err(said)?;
                    let asked = [
                        Asked(chapter, code, text),
                        Asked(other, other_code, beside[1]),
                    ];
                    return compare::draw(&asked, drawn, file);
                }
                let drawn = match (drawn, pivot) {
                    (None, None) => Drawn::AsItCalls,
                    (None, Some(pivot)) => Drawn::WithPivot(pivot),
                    (Some("numbered"), None) => Drawn::Numbered,
                    (Some("flow-chart"), None) => Drawn::FlowChart,
                    _ => return Err(said(together())),
                };
                Demo::replay(chapter, code, text, svg.map(|file| (file, drawn)), pages)
            }
            None => {
                if let Some(pages) = pages {
                    return self.open(pages, code, svg);
                }
                let seed = matches.get_one("seed").copied().unwrap_or(self.seed);
                let live = matches.get_flag("real-time");
                let clock = live.then_some(Setup::real_time as Clock);
                self.tell(code, seed, clock, svg)
            }
        }
    }

    /// The contents of the chapter's worlds, one thing a line; and the errors that are heard in them.
    fn census(&self, code: Code) -> Result<String, String> {
        let (bounds, census) = self.chapter.census(code, FAULTS).map_err(rendered)?;
        let language = Style::terminal().language;
        let mut text = drawn(&census, &bounds, language);
        for (heard, count) in census.heard() {
            text += &sentence!(
                language,
                en: "{count:>5} heard {heard}\n",
                ja: "{count:>5} {heard}を受け取った世界\n"
            );
        }
        Ok(text)
    }

    /// Replays a schedule in a world of the chapter's tests.
    fn replay(
        chapter: Chapter,
        code: Code,
        text: &str,
        svg: Option<(&Path, Drawn<'_>)>,
        pages: Option<&Pages>,
    ) -> Result<ExitCode, String> {
        let schedule: Schedule = text.parse().map_err(said)?;
        let setup = chapter.world();
        let run = replay(&setup, code, &schedule);
        if run.evidence.halt.is_none() {
            schedule.check_steps(&run.steps()).map_err(said)?;
        }
        if let Some((file, drawn)) = svg {
            let calm = without_faults(&setup, Language::English);
            let title = match (schedule.is_calm(), setup.name()) {
                (false, _) => format!("{}: {schedule}", chapter.id),
                (true, Some(world)) => format!("{}, {world}: {calm}", chapter.id),
                (true, None) => format!("{}: {calm}", chapter.id),
            };
            let language = Style::terminal().language;
            let picture = drawn_as(drawn, &run.evidence, &title, language).ok_or_else(|| {
                said(both!(
                    en: "this run cannot be drawn like that: its story is another one",
                    ja: "この実行は、その形では描けません。別の話だからです"
                ))
            })?;
            save(file, &picture)?;
        }
        let style = Style::terminal();
        let page = pages.and_then(|pages| (pages.about)(&chapter, code, &schedule, style));
        let (verdict, page) = match page {
            Some(Ok(page)) => (Ok(()), Some(page)),
            Some(Err(report)) => (Err(report), None),
            None => {
                let report = chapter.report(code, &schedule, Length::Story);
                (report.map_or(Ok(()), Err), None)
            }
        };
        // Best effort: the file is only for others to read.
        let _ = outcomes::leave(&outcomes::Outcome {
            test: DEMO.to_owned(),
            failure: failure(&verdict, style),
            shown: Shown::NOTHING,
        });
        match (verdict, page) {
            (Err(report), _) => out!("{}", report.render(style)),
            (Ok(()), Some(page)) => out!("{page}"),
            (Ok(()), None) => {
                let name = code.name();
                let headline = sentence!(
                    style.language,
                    en: "no accident · {name}",
                    ja: "事故なし · {name}"
                );
                outln!("{headline}\n");
                outln!("{}", tell::text(&Scene::of(&run.evidence), style));
                for order in run.evidence.submitted() {
                    for claim in [
                        beliefs(&run.evidence, order),
                        knowledge(&run.evidence, order),
                    ]
                    .concat()
                    {
                        let claim = claim.say(style.language);
                        outln!("{}", style.fit(&style.glyphs.own(&claim)));
                    }
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Tells the chapter's own story: while it happens on this clock, or else when it has happened.
    fn tell(
        &self,
        code: Code,
        seed: u64,
        live: Option<Clock>,
        svg: Option<&Path>,
    ) -> Result<ExitCode, String> {
        let style = Style::terminal();
        let language = style.language;
        let mut setup = (self.setup)(seed);
        if let Some(clock) = live {
            setup = clock(setup).heard_by(|entry| {
                if let Some(line) = narrate(entry, Style::terminal().language) {
                    outln!("{line}");
                }
            });
        }
        let run = replay(&setup, code, &Schedule::CALM);
        if live.is_none() {
            let entries = run.evidence.trace.entries.iter();
            for line in entries.filter_map(|entry| narrate(entry, language)) {
                outln!("{line}");
            }
        }
        if let Some(file) = svg {
            let title = format!("{}, seed {seed}", self.chapter.id);
            save(file, &picture(&run.evidence, &title, language))?;
        }
        if let Some(halt) = &run.evidence.halt {
            let advice = lab::tell::catalogue::advice(halt, language);
            outln!("{}", style.fit(&advice));
            return Ok(ExitCode::FAILURE);
        }
        let ends_in = match run.evidence.terms.paid_by_card {
            _ if !run.evidence.participations.is_empty() => {
                lab::tell::table::participants(&run.evidence, style)
            }
            true => lab::tell::table::both_sides(&run.evidence, style),
            false => lab::tell::table::tables(&run.evidence, style),
        };
        outln!("\n{ends_in}");
        if live.is_some() {
            let ends = sentence!(
                language,
                en: "(Real time ends here. What `recover` would do in the next twelve hours, only virtual time can show.)",
                ja: "（現実の時間はここまで。このあと12時間で`recover`が何をするかは、仮想時間でしか見られません。）"
            );
            outln!("{}", style.fit(&ends));
        }
        // Without random latencies, every seed tells the same story.
        if setup.is_drawn_by_lot() {
            let another = run_line(&self.chapter, code, &format!("--seed {}", seed + 1));
            let another = sentence!(
                language,
                en: "seed {seed}; another: {another}",
                ja: "シードは{seed}。別のシード： {another}"
            );
            outln!("{another}");
        }
        outln!("{}", next(&self.chapter, style));
        Ok(ExitCode::SUCCESS)
    }
}

impl Demo {
    /// Shows the chapter's story in pages.
    fn open(&self, pages: &Pages, code: Code, svg: Option<&Path>) -> Result<ExitCode, String> {
        if svg.is_some() {
            return Err(said(both!(
                en: "--svg draws one run: say which with --schedule",
                ja: "--svgが描くのは1つの実行です。どれなのか、--scheduleで指定してください"
            )));
        }
        let style = Style::terminal();
        out!("{}", (pages.story)(code, style));
        outln!("{}", next(&self.chapter, style));
        Ok(ExitCode::SUCCESS)
    }
}

/// What drawn worlds contain, and what they do not.
fn drawn(census: &Census, bounds: &Bounds, language: Language) -> String {
    let worlds = census.worlds();
    let mut text = sentence!(
        language,
        en: "{worlds} worlds drawn\n",
        ja: "くじで引いた世界：{worlds}個\n"
    );
    for sight in Sight::ALL {
        let count = census.of(sight);
        if count > 0 {
            let sight = sight.say(language);
            text +=
                &sentence!(language, en: "{count:>5} {sight}\n", ja: "{count:>5} {sight}世界\n");
        }
    }
    for sight in census.missing(bounds) {
        let sight = sight.say(language);
        text += &sentence!(
            language,
            en: "    0 {sight}: a duty that no world exercises\n",
            ja: "    0 {sight}世界：試すはずなのに、1つもない\n"
        );
    }
    for (input, values) in census.inputs(bounds) {
        let input = input.say(language);
        text += &sentence!(
            language,
            en: "{values:>5} values of {input}\n",
            ja: "{values:>5} 通りの値：{input}\n"
        );
    }
    text
}

/// What a search of every schedule tries, and the results.
fn grid(chapter: &Chapter, code: Code, most: usize) -> String {
    let check = Check {
        watch: |progress| {
            if progress.is_worth_telling() {
                draw_progress(&progress.say(Style::terminal().language));
            }
        },
        ..chapter.check(code)
    };
    let score = check.search(most);
    draw_progress("");
    let style = Style::terminal();
    let first = score.first.as_ref().map(|(schedule, verdict)| {
        let replay = replay_line(chapter, code, Some(schedule));
        let label = |label: Label| style.cell(&label.say(style.language), 9);
        let (first, again) = (label(Label::First), label(Label::Replay));
        let verdict = verdict.say(style.language);
        format!("\n{first}{verdict}\n{again}{replay}\n")
    });
    style.fit(&explain(&score, style.language)) + &first.unwrap_or_default()
}

/// What to do when the story has been told.
fn next(chapter: &Chapter, style: Style) -> String {
    let (id, directory) = (chapter.id, chapter.path());
    let text = chapter.what_to_read().say(style.language);
    let todo = sentence!(
        style.language,
        en: "read {text},\nthen cargo test -p {id}, and edit {directory}/src/exercise.rs",
        ja: "{text}を読む\nそれから： cargo test -p {id}。編集： {directory}/src/exercise.rs"
    );
    let label = sentence!(style.language, en: "next: ", ja: "次は  ");
    let indent = style.glyphs.width(&label);
    let lines = todo.lines().map(|line| style.hang(indent, line));
    let lines: Vec<String> = lines.collect();
    format!(
        "{label}{}",
        lines.join(&format!("\n{}", " ".repeat(indent)))
    )
}

fn save(file: &Path, picture: &str) -> Result<(), String> {
    let path = file.display();
    std::fs::write(file, picture).map_err(|error| {
        said(both!(
            en: "cannot write the picture to {path}: {error}",
            ja: "図を{path}に書き出せません： {error}"
        ))
    })?;
    let written = said(both!(en: "picture written to {path}", ja: "図を{path}に書き出しました"));
    outln!("{written}");
    Ok(())
}

/// In the reader's language.
fn said(fact: impl Say) -> String {
    fact.tell(Style::terminal())
}

/// As the reader sees it.
fn rendered(report: Report) -> String {
    report.render(Style::terminal())
}

/// Which ways to draw go together.
fn together() -> impl Say {
    both!(
        en: "--drawn timelines needs --beside, and --beside nothing else of --drawn; --pivot is for timelines",
        ja: "--drawn timelinesには--besideが要ります。--besideに使える--drawnは、これだけです。--pivotはタイムライン用です"
    )
}

/// How a run is drawn.
#[derive(Clone, Copy)]
enum Drawn<'a> {
    /// As a timeline, or a crowd as a queue.
    AsItCalls,
    /// As a timeline in which there is no way back from where this step takes effect.
    WithPivot(&'a str),
    /// As a timeline that numbers the steps of its story.
    Numbered,
    /// As a flow chart of one transaction.
    FlowChart,
}

/// The picture of a run, with what both sides know at its foot.
pub fn picture(evidence: &Evidence, title: &str, language: Language) -> String {
    captioned(evidence, title, language, |caption| {
        // A crowd of strangers gets a row each.
        if evidence.terms.strangers.is_some() && evidence.submitted().len() > picture::CROWD {
            return picture::queue(evidence, caption);
        }
        picture::svg(&Scene::of(evidence), caption)
    })
}

/// The picture of a run; `None` if its story does not fit this kind of picture.
fn drawn_as(
    drawn: Drawn<'_>,
    evidence: &Evidence,
    title: &str,
    language: Language,
) -> Option<String> {
    match drawn {
        Drawn::AsItCalls => Some(picture(evidence, title, language)),
        Drawn::WithPivot(step) => {
            let pivot = Some(takes_effect(evidence, Name::new(step))?);
            Some(captioned(evidence, title, language, |caption| {
                picture::svg(&Scene::of(evidence), &Caption { pivot, ..*caption })
            }))
        }
        Drawn::Numbered => {
            let scene = Scene::numbered(evidence)?;
            let finding = accident::find(evidence);
            let note = finding.map(|finding| finding.accident.say(language));
            let note = note.as_deref();
            Some(captioned(evidence, title, language, |caption| {
                picture::svg(&scene, &Caption { note, ..*caption })
            }))
        }
        Drawn::FlowChart => captioned(evidence, title, language, |caption| {
            picture::flow_chart(evidence, caption)
        }),
    }
}

/// Draws with all the captions of a run.
fn captioned<T>(
    evidence: &Evidence,
    title: &str,
    language: Language,
    draw: impl FnOnce(&Caption<'_>) -> T,
) -> T {
    let finding = accident::find(evidence);
    let (believes, knows) = match &finding {
        Some(finding) => (finding.believes.clone(), finding.knows.clone()),
        None => {
            evidence
                .submitted()
                .iter()
                .fold((vec![], vec![]), |(mut one, mut other), order| {
                    one.extend(beliefs(evidence, order));
                    other.extend(knowledge(evidence, order));
                    (one, other)
                })
        }
    };
    let [believes, knows] = [believes, knows].map(|claims| {
        let said = claims.iter().map(|claim| claim.say(language));
        said.collect::<Vec<_>>()
    });
    let description = match &finding {
        Some(finding) => {
            let accident = finding.accident.say(language);
            let meaning = meaning(finding.accident, language);
            sentence!(language, en: "{accident}: {meaning}.", ja: "{accident}：{meaning}。")
        }
        None => sentence!(
            language,
            en: "No accident: both sides agree.",
            ja: "事故なし：お店の認識と、相手側の事実は一致しています。"
        ),
    };
    let [one, other] = sides(evidence, finding.as_ref()).map(|side| side.say(language));
    draw(&Caption {
        language,
        title,
        description: &description,
        headings: [&one, &other],
        believes: &believes,
        knows: &knows,
        note: None,
        pivot: None,
    })
}

/// The line of the story for this entry, if any: what the order code logs, and a rule after each answer.
fn narrate(entry: &Entry, language: Language) -> Option<String> {
    let rule = "-".repeat(40);
    match &entry.event {
        Event::Log(line) => Some(line.clone()),
        Event::Told(Told::Answer(_)) => Some(rule),
        Event::Told(Told::ErrorPage(error)) => {
            let error = passed_on(error, language);
            Some(sentence!(
                language,
                en: "error page: {error}\n{rule}",
                ja: "エラー画面：{error}\n{rule}"
            ))
        }
        Event::Told(Told::ConnectionLost) => Some(sentence!(
            language,
            en: "connection lost\n{rule}",
            ja: "接続が切れた\n{rule}"
        )),
        Event::Told(Told::HungUp) => Some(sentence!(
            language,
            en: "the customer hung up\n{rule}",
            ja: "お客さんが接続を切った\n{rule}"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab::prelude::*;
    use std::process::Command;

    /// Logs what it does.
    struct Talks(Shop);

    impl OrderFlow for Talks {
        fn start(shop: Shop) -> Self {
            Talks(shop)
        }

        async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
            let charge = self.0.payment.charge(ChargeRequest::of(order), None);
            self.0.log(format!("{} is charged", order.id));
            charge.await?;
            self.0.log(format!("{} is paid", order.id));
            Ok(Answer::Pending)
        }
    }

    const CODE: Code = Code::of::<Talks>("exercise");

    const DEMO: Demo = Demo {
        chapter: Chapter {
            codes: &[CODE],
            ..Chapter::described("id = \"ch00\"\nsection = \"Nothing\"\n", "ch00_nowhere")
        },
        about: |language| language.pick("Two orders.", "注文が2件。"),
        setup: |_| {
            let orders = ["order1", "order2"].map(|id| Order::new(id, Yen(1_200)));
            Setup::new().one_after_another(orders)
        },
        seed: 1,
    };

    /// Waiting on the real clock would take long. This only ends where it would.
    #[test]
    #[ignore = "prints: another runs it in a process of its own"]
    fn live() {
        let told = DEMO.tell(CODE, 1, Some(Setup::until_served), None);
        assert_eq!(told, Ok(ExitCode::SUCCESS));
    }

    #[test]
    #[ignore = "prints: another runs it in a process of its own"]
    fn afterwards() {
        let told = DEMO.tell(CODE, 1, None, None);
        assert_eq!(told, Ok(ExitCode::SUCCESS));
    }

    fn printed(test: &str) -> String {
        let this = std::env::current_exe().expect("this program");
        let test = format!("demo::tests::{test}");
        let mut command = Command::new(this);
        command.args([&test, "--exact", "--ignored", "--nocapture"]);
        command.env(lab::tell::language::LANG, "en");
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{test}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[test]
    fn a_story_is_told_while_it_happens_as_it_is_told_afterwards() {
        let (live, afterwards) = (printed("live"), printed("afterwards"));
        let rule = "-".repeat(40);
        let story = format!(
            "order1 is charged\norder1 is paid\n{rule}\norder2 is charged\norder2 is paid\n{rule}\n"
        );
        assert!(live.contains(&story), "{live}");
        assert!(afterwards.contains(&story), "{afterwards}");
        assert!(live.contains("(Real time ends here."), "{live}");
        assert!(!afterwards.contains("Real time"), "{afterwards}");
    }

    #[test]
    fn real_time_is_asked_for_by_its_flag_and_only_for_the_story() {
        let asked = |words: &[&str]| {
            DEMO.command(false, Language::English)
                .try_get_matches_from(words)
        };
        let matches = asked(&["demo", "--real-time"]).expect("it is a flag");
        assert!(matches.get_flag("real-time"));
        let refused = asked(&["demo", "--real-time", "--schedule", ""]);
        assert!(refused.is_err(), "a schedule is played in virtual time");
    }
}
