//! mdBook at work: one language of the book, rendered in the theme of `docs/theme`.

use crate::course::{Page, Part};
use crate::files::write;
use crate::text::{Prepared, raw_place};
use crate::warnings;
use anyhow::{Context, Result, bail};
use guide::language::Language;
use mdbook_driver::MDBook;
use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_driver::config::{BookConfig, BuildConfig, Config, HtmlConfig};
use std::path::Path;

/// What is rendered.
pub struct Edition<'a> {
    /// Its language.
    pub language: Language,
    /// The pages, in order.
    pub pages: &'a [Page],
    /// Their texts, in the same order.
    pub texts: &'a [Prepared],
    /// The template of a page.
    pub template: &'a str,
}

impl Edition<'_> {
    /// Renders the pages into `into`, which is there; works in `scratch`, which it makes.
    ///
    /// # Errors
    /// What mdBook says, or a file cannot be written.
    pub fn render(&self, scratch: &Path, into: &Path) -> Result<()> {
        let theme = scratch.join("theme");
        write(&theme.join("index.hbs"), self.template.as_bytes())?;
        // mdBook brings fonts of its own unless the theme has a list, if only an empty one.
        write(&theme.join("fonts").join("fonts.css"), b"")?;
        write(&scratch.join("src").join("SUMMARY.md"), b"# Summary\n")?;

        let mut book = MDBook::load_with_config(scratch, self.config()?)?;
        book.book = self.contents();
        let (built, warnings) = warnings::heard(|| book.build());
        built?;
        if let Some(warning) = warnings.first() {
            let warning: Vec<&str> = warning.split_whitespace().collect();
            bail!("{}: {}", self.language.code(), warning.join(" "));
        }

        for (page, text) in self.pages.iter().zip(self.texts) {
            let file = format!("{}.html", page.slug);
            let made = scratch.join("out").join(&file);
            let mut html = std::fs::read_to_string(&made)
                .with_context(|| format!("cannot read {}", made.display()))?;
            for (place, raw) in text.raw.iter().enumerate() {
                html = html.replacen(&raw_place(place), raw, 1);
            }
            // A corner of a table is no heading.
            html = html.replace("<th></th>", "<td></td>");
            write(&into.join(&file), html.as_bytes())?;
        }
        Ok(())
    }

    fn config(&self) -> Result<Config> {
        let mut html = HtmlConfig::default();
        html.theme = Some("theme".into());
        html.playground.runnable = false;
        html.print.enable = false;
        html.input_404 = Some(String::new());
        // The texts are set as they are written: `--code` is no dash.
        html.smart_punctuation = false;
        let mut config = Config::default();
        config.book = BookConfig::default();
        config.book.title = Some("Saga by Accident".to_owned());
        config.book.language = Some(self.language.code().to_owned());
        let about = self.language.pick(
            "Why \"put everything in one transaction\" breaks as soon as one external service joins, and what to do \
             instead: a Rust course that teaches by accident.",
            "「全部1つのトランザクションに入れる」は、外部サービスが1つ入った瞬間に壊れる。なぜか、どうするか。\
             事故から学ぶRustの教材です。",
        );
        config.book.description = Some(about.to_owned());
        config.build = BuildConfig::default();
        config.build.build_dir = "out".into();
        config.build.create_missing = false;
        config.build.use_default_preprocessors = false;
        config.set("output.html", html)?;
        Ok(config)
    }

    fn contents(&self) -> Book {
        let mut items = Vec::new();
        let mut part = None;
        for (page, text) in self.pages.iter().zip(self.texts) {
            if part != Some(page.part) {
                part = Some(page.part);
                items.push(BookItem::PartTitle(part_title(page.part, self.language)));
            }
            // Without an ending: the template writes the contents' links from it.
            let chapter = Chapter::new(&text.title, text.markdown.clone(), &page.slug, Vec::new());
            items.push(BookItem::Chapter(chapter));
        }
        Book::new_with_items(items)
    }
}

fn part_title(part: Part, language: Language) -> String {
    let title = match part {
        Part::Start => language.pick("Start here", "はじめに"),
        Part::Story => language.pick("The chapters", "本編"),
        Part::Reference => language.pick("To look things up", "調べる"),
        Part::Behind => language.pick("Behind the scenes", "舞台裏"),
    };
    title.to_owned()
}
