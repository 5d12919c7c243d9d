//! The guide's sentences, in both languages.

use crate::chapter::Chapter;
use crate::language::Language;
use crate::libtest::Run;
use crate::sentence;
use crate::standing::Standing;
use crate::wrap::wrap;
use outcomes::{Drawn, Proof};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr;
use yansi::{Paint, Style};

/// `1,232`
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups = groups.map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}

/// How many columns a text takes, painted or not.
fn width(text: &str) -> usize {
    let mut painted = text.split("\u{1b}[");
    let plain = painted.next().map_or(0, UnicodeWidthStr::width);
    let rest = painted.filter_map(|piece| piece.split_once('m'));
    plain + rest.map(|(_, piece)| piece.width()).sum::<usize>()
}

/// How to speak.
pub(crate) struct Words {
    pub(crate) language: Language,
    pub(crate) color: bool,
    /// How wide the terminal is, if there is one.
    pub(crate) columns: Option<usize>,
}

impl Words {
    fn paint(&self, text: impl Display, style: Style) -> String {
        if self.color {
            text.paint(style).to_string()
        } else {
            text.to_string()
        }
    }

    fn strong(&self, text: impl Display) -> String {
        self.paint(text, Style::new().bold())
    }

    fn loud(&self, text: impl Display) -> String {
        self.paint(text, Style::new().red().bold())
    }

    fn calm(&self, text: impl Display) -> String {
        self.paint(text, Style::new().green())
    }

    pub(crate) fn heading(&self) -> String {
        self.strong("Saga by Accident")
    }

    pub(crate) fn title(&self, chapter: &Chapter) -> String {
        self.strong(chapter.heading(self.language))
    }

    pub(crate) fn done(&self) -> String {
        self.calm(sentence!(self.language, en: "done", ja: "完了"))
    }

    pub(crate) fn later(&self) -> String {
        sentence!(self.language, en: "later", ja: "この先")
    }

    pub(crate) fn state(&self, standing: &Standing) -> String {
        match standing {
            Standing::DoesNotCompile(_) => self
                .loud(sentence!(self.language, en: "does not compile", ja: "コンパイルできない")),
            Standing::Ran(run) if run.is_green() => self.done(),
            Standing::Ran(run) => {
                let (red, all) = (run.failed().count(), run.tests.len());
                self.loud(sentence!(
                    self.language,
                    en: "{red} of {all} tests red",
                    ja: "赤{red}本／全{all}本"
                ))
            }
        }
    }

    pub(crate) fn first_build(&self, id: &str) -> String {
        self.fitted(&sentence!(
            self.language,
            en: "Building {id} for the first time: up to 40 seconds. From now on it takes about one.",
            ja: "{id}を初めてビルドします。最大40秒ほど。次からは約1秒です。"
        ))
    }

    pub(crate) fn comes_from(&self, chapter: &Chapter, test: &str) -> String {
        let meaning = self.meaning(chapter, test);
        let said = sentence!(
            self.language,
            en: "What the test {test} saw:",
            ja: "テスト`{test}`{meaning}が見たもの："
        );
        self.fitted(&said)
    }

    /// What a test says in the reader's language, in brackets, if its name does not say it.
    fn meaning(&self, chapter: &Chapter, test: &str) -> String {
        let meaning = chapter.meaning(test, self.language);
        meaning.map_or(String::new(), |meaning| format!("（{meaning}）"))
    }

    /// A text in lines that fit the terminal, each as far to the right as it begins.
    pub(crate) fn fitted(&self, text: &str) -> String {
        let lines = text.lines().map(|line| {
            let begins = line.trim_start();
            let indent = line.len() - begins.len();
            format!("{}{}", &line[..indent], self.hung(indent, begins))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// A label, and the lines of a text behind it.
    fn labelled(&self, label: &str, text: &str) -> String {
        let indent = label.width();
        let lines = text.lines().map(|line| self.hung(indent, line));
        let lines: Vec<String> = lines.collect();
        format!(
            "{label}{}",
            lines.join(&format!("\n{}", " ".repeat(indent)))
        )
    }

    /// A line that begins behind so many columns, and goes on below where it began.
    fn hung(&self, indent: usize, line: &str) -> String {
        let Some(columns) = self.columns else {
            return line.to_owned();
        };
        let lines = wrap(line, |line| indent + width(line) <= columns);
        lines.join(&format!("\n{}", " ".repeat(indent)))
    }

    pub(crate) fn counts(&self, chapter: &Chapter, run: &Run) -> String {
        let id = &chapter.id;
        let parts = chapter.parts.iter().map(|(module, name)| {
            let (green, all) = run.count(module);
            let (red, name) = (all - green, name.get(self.language));
            sentence!(
                self.language,
                en: "{name}: {red} red, {green} green",
                ja: "{name}は赤{red}、緑{green}"
            )
        });
        let parts: Vec<String> = parts.collect();
        let parts = parts.join(self.language.pick("; ", "。"));
        self.fitted(&sentence!(
            self.language,
            en: "{id}: {parts}.\nAll reports: cargo test -p {id}",
            ja: "{id}：{parts}。\nレポートを全部見る： cargo test -p {id}"
        ))
    }

    pub(crate) fn next(&self, chapter: &Chapter) -> String {
        let id = &chapter.id;
        let file = self.strong(chapter.exercise().display());
        let text = self.text(chapter);
        let text = text.display();
        let todo = sentence!(
            self.language,
            en: "read {text},\nthen edit {file}, then: cargo test -p {id}\nstuck? cargo run -- hint {id}",
            ja: "{text}を読む\n{file}を編集する\n確かめる： cargo test -p {id}\n困ったら： cargo run -- hint {id}"
        );
        self.labelled(self.language.pick("next   ", "次は   "), &todo)
    }

    /// The text of a chapter, in the reader's language.
    fn text(&self, chapter: &Chapter) -> PathBuf {
        let name = self.language.pick("README.md", "README.ja.md");
        chapter.directory.join(name)
    }

    /// What a green chapter proves, and where to see it.
    pub(crate) fn proved(&self, chapter: &Chapter, run: &Run) -> String {
        let id = &chapter.id;
        let done = sentence!(self.language, en: "{id} is green.", ja: "{id}：緑です。");
        let done = self.calm(done);
        let proof = run.shown.leading_proof();
        let proof = proof.map(|proof| self.proof(proof, &run.shown.proofs));
        let drawn = run.shown.leading_drawn().map(|drawn| self.drawn(drawn));
        let lines: Vec<String> = [Some(done), proof, drawn].into_iter().flatten().collect();
        lines.join("\n")
    }

    fn proof(&self, proof: &Proof, all: &[Proof]) -> String {
        let most = proof.most();
        let elsewhere = self.elsewhere(all, proof);
        let (in_en, in_ja) = match &proof.world {
            Some(world) => (
                format!(" in the world {world}"),
                format!("世界{world}では、"),
            ),
            None => (String::new(), String::new()),
        };
        let (all, ends, grid) = (grouped(proof.run()), proof.ends, &proof.grid);
        let faults: Vec<String> = (0..=most).map(|n| n.to_string()).collect();
        let numbers: Vec<String> = proof.levels.iter().map(|run| grouped(*run)).collect();
        let by_faults = faults.iter().zip(&numbers);
        let by_faults: Vec<String> = by_faults
            .map(|(n, run)| format!("{n}個なら{run}通り"))
            .collect();
        let by_faults = by_faults.join("、");
        let (faults, numbers) = (faults.join(", "), numbers.join(", "));
        let proved = sentence!(
            self.language,
            en: "{all} of {all} schedules of at most {most} faults end well{in_en} (of {faults} faults: {numbers});\n\
                 the worlds ended in {ends} ways{elsewhere};\n\
                 what was tried where: {grid}",
            ja: "{in_ja}障害{most}個までの起こり方、{all}通りすべてが正しく終わります（{by_faults}）。\n\
                 終わり方は{ends}種類です。{elsewhere}\n\
                 何をどこで試したか： {grid}"
        );
        self.labelled(self.language.pick("proof   ", "証明    "), &proved)
    }

    /// The contents of the drawn worlds, two things a line.
    fn drawn(&self, drawn: &Drawn) -> String {
        let seen = drawn.seen.iter().map(|seen| {
            let count = grouped(seen.count);
            let words = &seen.words;
            sentence!(self.language, en: "{count} {words}", ja: "{words}のは{count}通り")
        });
        let seen: Vec<String> = seen.collect();
        let comma = self.language.pick(", ", "、");
        let lines: Vec<String> = seen.chunks(2).map(|pair| pair.join(comma)).collect();
        let lines = lines.join(&format!("{}\n", comma.trim_end()));
        let worlds = grouped(drawn.worlds);
        let worlds = sentence!(
            self.language,
            en: "{worlds} drawn, all end well",
            ja: "抜き取りの{worlds}通りも、すべて正しく終わります"
        );
        let told = match lines.as_str() {
            "" => worlds,
            lines => sentence!(
                self.language,
                en: "{worlds}:\n{lines}",
                ja: "{worlds}。うち、\n{lines}です。"
            ),
        };
        self.labelled(self.language.pick("worlds  ", "世界    "), &told)
    }

    /// What was proved in other worlds than the leading proof's.
    fn elsewhere(&self, proofs: &[Proof], leading: &Proof) -> String {
        let more = proofs.iter().map(Proof::run).sum::<u64>() - leading.run();
        let more = grouped(more);
        let deeper = match leading.surpassed_by(proofs) {
            Some((most, worlds)) => {
                let worlds = worlds.join(self.language.pick(", ", "、"));
                sentence!(
                    self.language,
                    en: " (of at most {most} faults in {worlds})",
                    ja: "（{worlds}では障害{most}個まで）"
                )
            }
            None => String::new(),
        };
        match proofs.len() - 1 {
            0 => String::new(),
            1 => sentence!(
                self.language,
                en: ", and in 1 other world {more} of {more}{deeper}",
                ja: "ほかの1つの世界でも、{more}通りすべてが正しく終わります{deeper}。"
            ),
            others => sentence!(
                self.language,
                en: ", and in {others} other worlds {more} of {more}{deeper}",
                ja: "ほかの{others}つの世界でも、合わせて{more}通りすべてが正しく終わります{deeper}。"
            ),
        }
    }

    /// Where to read on: in this chapter, or after the last one.
    pub(crate) fn read_on(&self, chapter: Option<&Chapter>) -> String {
        let label = self.language.pick("read on ", "続き    ");
        let Some(chapter) = chapter else {
            let directory = Path::new("docs").join(self.language.code());
            let text = directory.join("conclusion.md");
            let text = text.display();
            return self.labelled(label, &text.to_string());
        };
        let (text, title) = (self.text(chapter), chapter.title.get(self.language));
        let text = text.display();
        let place = sentence!(self.language, en: "{text}: \"{title}\"", ja: "{text}「{title}」");
        self.labelled(label, &place)
    }

    pub(crate) fn all_green_short(&self) -> String {
        sentence!(self.language, en: "all tests are green", ja: "すべてのテストが緑")
    }

    pub(crate) fn nothing_left(&self) -> String {
        self.fitted(&sentence!(
            self.language,
            en: "Every chapter is green: there is nothing to hint at.",
            ja: "すべての章が緑です。ヒントはもういりません。"
        ))
    }

    pub(crate) fn all_green(&self) -> String {
        let green = self.calm(sentence!(
            self.language,
            en: "Everything is green.",
            ja: "すべて緑です。"
        ));
        self.fitted(&sentence!(
            self.language,
            en: "{green} What that proves, at every step that your code takes:",
            ja: "{green} あなたのコードが通る全ステップで、それで証明できたこと："
        ))
    }

    pub(crate) fn no_more(&self) -> String {
        self.fitted(&sentence!(
            self.language,
            en: "Beyond that bound, worlds with more faults were drawn at random, not all of them.\n\
                 And the lab's providers are models of real ones. The proof covers what was tried, and no more.",
            ja: "それより多い障害は、ランダムに選んだものだけを試しています。\n\
                 また、ラボの決済会社は、本物をまねた模型です。証明できたのは、試した範囲だけです。"
        ))
    }

    pub(crate) fn does_not_compile(
        &self,
        chapter: &Chapter,
        messages: &str,
        exercise: bool,
    ) -> String {
        let file = chapter.exercise().display().to_string();
        let heading = if exercise {
            sentence!(
                self.language,
                en: "THIS IS NO ACCIDENT: {file} does not compile",
                ja: "これは事故ではありません： {file}がコンパイルできません"
            )
        } else {
            let id = &chapter.id;
            sentence!(
                self.language,
                en: "THIS IS NO ACCIDENT: {id} does not compile, and not because of {file}",
                ja: "これは事故ではありません： {id}がコンパイルできません（原因は{file}の外にあります）"
            )
        };
        let end = sentence!(
            self.language,
            en: "No test has run. What rustc says is above; once it is content, the accident can begin.",
            ja: "テストはまだ1本も走っていません。rustcのメッセージは上にあります。直してから、事故に進みましょう。"
        );
        let heading = self.loud(self.fitted(&heading));
        let end = self.fitted(&end);
        format!("{heading}\n\n{}\n\n{end}", messages.trim_end())
    }

    pub(crate) fn hint(&self, id: &str, number: usize, count: usize) -> String {
        self.strong(sentence!(
            self.language,
            en: "{id}, hint {number} of {count}",
            ja: "{id} ヒント {number}/{count}"
        ))
    }

    pub(crate) fn more_hints(&self, id: &str, left: usize) -> String {
        match left {
            0 => sentence!(
                self.language,
                en: "That was the last hint.",
                ja: "ヒントはこれで最後です。"
            ),
            _ => sentence!(
                self.language,
                en: "{left} more: cargo run -- hint {id}",
                ja: "あと{left}個： cargo run -- hint {id}"
            ),
        }
    }

    pub(crate) fn last_hint(&self, chapter: &Chapter) -> String {
        let answer = chapter.directory.join("answers").join("solution.rs");
        let answer = answer.display();
        self.fitted(&sentence!(
            self.language,
            en: "There are no more hints. One answer among several: {answer}",
            ja: "ヒントはもうありません。答えの一例： {answer}"
        ))
    }

    pub(crate) fn no_hints(&self, id: &str) -> String {
        self.fitted(
            &sentence!(self.language, en: "{id} has no hints.", ja: "{id}にはヒントがありません。"),
        )
    }

    pub(crate) fn no_prompt(&self, number: &str) -> String {
        self.fitted(&sentence!(
            self.language,
            en: "there is no prompt {number}",
            ja: "プロンプト{number}はありません"
        ))
    }

    pub(crate) fn nothing_to_fill_in(&self, file: &Path, name: &str) -> String {
        let file = file.display();
        self.fitted(&sentence!(
            self.language,
            en: "{file}: nothing to fill in for {{{{{name}}}}}",
            ja: "{file}：{{{{{name}}}}}に入れるものがありません"
        ))
    }

    pub(crate) fn cannot_read(&self, file: &Path, error: &std::io::Error) -> String {
        let file = file.display();
        self.fitted(&sentence!(
            self.language,
            en: "cannot read {file}: {error}",
            ja: "{file}を読めません： {error}"
        ))
    }

    pub(crate) fn cannot_remember(&self, error: &std::io::Error) -> String {
        self.fitted(&sentence!(
            self.language,
            en: "cannot remember which hint came last: {error}",
            ja: "どのヒントまで見せたかを記録できません： {error}"
        ))
    }

    pub(crate) fn still_red(&self, chapter: &Chapter, tests: &[&str]) -> String {
        let tests = tests.iter().map(|test| {
            let meaning = self.meaning(chapter, test);
            sentence!(self.language, en: "{test}", ja: "\n      {test}{meaning}")
        });
        let tests: Vec<String> = tests.collect();
        let tests = tests.join(self.language.pick(", ", ""));
        self.fitted(&sentence!(
            self.language,
            en: "      still red: {tests}",
            ja: "      まだ赤：{tests}"
        ))
    }

    /// An item of the checklist, ticked or not.
    pub(crate) fn item(&self, tick: &str, text: &str) -> String {
        let fitted = self.fitted(&format!("      {text}"));
        format!("  [{tick}] {}", fitted.trim_start())
    }

    pub(crate) fn unknown_chapter(
        &self,
        id: &str,
        nearest: Option<&str>,
        chapters: &[Chapter],
    ) -> String {
        let ids: Vec<&str> = chapters.iter().map(|chapter| chapter.id.as_str()).collect();
        let ids = ids.join(", ");
        let (en, ja) = match nearest {
            Some(near) => (
                format!(" Did you mean {near}?"),
                format!("{near}のことですか？　"),
            ),
            None => Default::default(),
        };
        self.fitted(&sentence!(
            self.language,
            en: "There is no chapter called `{id}`.{en} There are: {ids}",
            ja: "`{id}`という章はありません。{ja}章の一覧： {ids}"
        ))
    }

    pub(crate) fn no_cargo(&self, error: &str) -> String {
        self.fitted(&sentence!(
            self.language,
            en: "cargo cannot be started ({error}). Is Rust installed? https://rustup.rs",
            ja: "cargoを起動できません（{error}）。Rustは入っていますか？　https://rustup.rs"
        ))
    }

    pub(crate) fn cargo_failed(&self) -> String {
        self.fitted(&sentence!(
            self.language,
            en: "This is no accident: cargo could not build the chapter; what it says is above.\n\
                 The first build needs the network, for the crates, and a C compiler (cc), for SQLite.\n\
                 Your code is not at fault.",
            ja: "事故ではなく、cargoが章をビルドできませんでした。理由は上にあります。\n\
                 初回のビルドには、クレートのためのネットワークと、SQLiteのためのCコンパイラ（cc）が必要です。\n\
                 あなたのコードのせいではないので、ご安心を😌"
        ))
    }

    pub(crate) fn cannot_start(&self, program: &str, error: &std::io::Error) -> String {
        self.fitted(&sentence!(
            self.language,
            en: "the tests cannot be started: {program}: {error}",
            ja: "テストを起動できません： {program}: {error}"
        ))
    }

    pub(crate) fn unfinished(&self, id: &str) -> String {
        self.fitted(&sentence!(
            self.language,
            en: "The tests of {id} ended before they were through. See: cargo test -p {id}",
            ja: "{id}のテストが途中で終わりました。確認： cargo test -p {id}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use outcomes::{Seen, Shown};

    fn drawn(seen: &[(&str, u64)]) -> Drawn {
        let seen = seen.iter().map(|(words, count)| Seen {
            words: (*words).to_owned(),
            count: *count,
        });
        Drawn {
            worlds: 1_024,
            seen: seen.collect(),
        }
    }

    #[test]
    fn long_numbers_are_grouped() {
        let groups = [0, 12, 1_232, 1_002_051].map(grouped);
        assert_eq!(groups, ["0", "12", "1,232", "1,002,051"]);
    }

    #[test]
    fn a_smaller_world_that_is_searched_further_is_named() {
        let proof = |world: Option<&str>, levels: &[u64]| Proof {
            world: world.map(str::to_owned),
            levels: levels.to_vec(),
            ends: 3,
            grid: "cargo run".to_owned(),
        };
        let told = |language, proofs: &[Proof]| {
            let words = Words {
                language,
                color: false,
                columns: None,
            };
            let shown = Shown {
                proofs: proofs.to_vec(),
                ..Shown::NOTHING
            };
            words.proof(shown.leading_proof().unwrap(), proofs)
        };
        let usual_and_smaller = [proof(None, &[1, 50]), proof(Some("at-once"), &[1, 20, 300])];
        let en = told(Language::English, &usual_and_smaller);
        assert!(en.starts_with("proof   51 of 51 schedules of at most 1 faults end well (of"));
        let elsewhere = "and in 1 other world 321 of 321 (of at most 2 faults in at-once);";
        assert!(en.contains(elsewhere), "{en}");
        let ja = told(Language::Japanese, &usual_and_smaller);
        assert!(
            ja.contains("正しく終わります（at-onceでは障害2個まで）。"),
            "{ja}"
        );
        let smaller = &usual_and_smaller[1..];
        let en = told(Language::English, smaller);
        assert!(
            en.contains("at most 2 faults end well in the world at-once (of"),
            "{en}"
        );
        let ja = told(Language::Japanese, smaller);
        assert!(
            ja.starts_with("証明    世界at-onceでは、障害2個まで"),
            "{ja}"
        );
    }

    #[test]
    fn what_was_drawn_is_told_two_things_a_line() {
        let [en, ja] = Language::ALL.map(|language| Words {
            language,
            color: false,
            columns: None,
        });
        let nothing = drawn(&[]);
        assert_eq!(en.drawn(&nothing), "worlds  1,024 drawn, all end well");
        let some = drawn(&[
            ("with two customers at once", 243),
            ("in which InFlight was heard", 1_000),
            ("in which the process died", 400),
        ]);
        assert_eq!(
            en.drawn(&some),
            "worlds  1,024 drawn, all end well:\n        243 with two customers at once, 1,000 in which InFlight \
             was heard,\n        400 in which the process died"
        );
        // These are the tests' own words, in the guide's language.
        let some = drawn(&[
            ("2人が同時に注文した", 243),
            ("InFlightを受け取った", 1_000),
            ("プロセスが落ちた", 400),
        ]);
        assert_eq!(
            ja.drawn(&some),
            "世界    抜き取りの1,024通りも、すべて正しく終わります。うち、\n        2人が同時に注文したのは243通り、\
             InFlightを受け取ったのは1,000通り、\n        プロセスが落ちたのは400通りです。"
        );
    }
}
