//! A small course to build books of.

use book::build::build;
use book::course::Course;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A course in a directory of its own, gone at the end of the test.
pub struct Small(TempDir);

const CHAPTER: &str = r#"
id = "ch01"
title.en = "A book is sold"
title.ja = "本が売れる"
section = "Sold"
bound = 2
[fails]
[tests]
[sources]
"#;

impl Small {
    /// A course of one chapter, an opening and a page more.
    pub fn new() -> Small {
        let small = Small(TempDir::new().unwrap());
        let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("theme");
        for entry in std::fs::read_dir(theme).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            small.write(
                &format!("docs/theme/{name}"),
                &std::fs::read_to_string(&path).unwrap(),
            );
        }
        small.write("chapters/ch01_sold/chapter.toml", CHAPTER);
        small.write(
            "chapters/ch01_sold/pictures/run.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"20.5\"></svg>",
        );
        small.write(
            "chapters/ch01_sold/src/broken.rs",
            "// [sell]\nfn sell() {}\n// [/sell]\n",
        );
        small.write(
            "chapters/ch01_sold/README.md",
            "# 📕 Chapter 1: A book is sold\n\n[日本語](README.ja.md)\n\n## 🎯 Goals\n\nSell, then\nship.\n\n\
             ![Sold](pictures/run.svg)\n\n<!-- code: src/broken.rs#sell -->\n```rust\nfn sell() {}\n```\n\n\
             See [words](../../docs/en/glossary.md#sale), [code](src/broken.rs) and [the goals](#-goals).\n",
        );
        small.write(
            "chapters/ch01_sold/README.ja.md",
            "# 📕 第1章 本が売れる\n\n[English](README.md)\n\n## 🎯 ゴール\n\n売って、\n送ります。\n\n\
             ![売れた](pictures/run.svg)\n\n<!-- code: src/broken.rs#sell -->\n```rust\nfn sell() {}\n```\n\n\
             [言葉](../../docs/ja/glossary.md#売ること)、[コード](src/broken.rs)、[ゴール](#-ゴール)へ。\n",
        );
        for (language, opening, glossary) in [
            (
                "en",
                "# Opening\n\nHello.\n",
                "# Glossary\n\n## Sale\n\nIt is sold.\n",
            ),
            (
                "ja",
                "# はじめに\n\nこんにちは。\n",
                "# 用語集\n\n## 売ること\n\n売れました。\n",
            ),
        ] {
            small.write(&format!("docs/{language}/opening.md"), opening);
            small.write(&format!("docs/{language}/glossary.md"), glossary);
        }
        small
    }

    /// Writes a file, and the directories above it.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Replaces a piece of a file that is there.
    pub fn replace(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(path)).unwrap();
        assert!(text.contains(from), "{path} has no {from}");
        self.write(path, &text.replace(from, to));
    }

    /// Where something of the course lies.
    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Builds the book into `target/book`; the message, if that fails.
    pub fn build(&self) -> Result<PathBuf, String> {
        let target = self.path("target");
        let out = target.join("book");
        let course = Course::read(self.0.path(), &target);
        let built = course.and_then(|course| build(&course, |_| Ok(None), &out));
        built.map(|()| out).map_err(|error| format!("{error:#}"))
    }

    /// A page of the book.
    pub fn page(&self, path: &str) -> String {
        std::fs::read_to_string(self.path("target/book").join(path)).unwrap()
    }
}
