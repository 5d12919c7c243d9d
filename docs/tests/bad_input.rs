//! What is wrong with a text is said in one message that names the place, and the old book stays.

use crate::common::Small;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

const README: &str = "chapters/ch01_sold/README.ja.md";

/// The message that a broken course leads to. It is one line, and the book of before is untouched.
fn message(spoil: impl FnOnce(&Small)) -> String {
    let small = Small::new();
    small.build().unwrap();
    let before = small.page("ja/ch01-sold.html");
    spoil(&small);
    let message = small.build().unwrap_err();
    assert_eq!(message.lines().count(), 1, "{message}");
    assert_eq!(small.page("ja/ch01-sold.html"), before);
    let left = std::fs::read_dir(small.path("target")).unwrap().count();
    assert_eq!(left, 1, "something is left beside the book");
    message
}

#[test]
fn a_missing_picture_is_named() {
    let picture = "chapters/ch01_sold/pictures/run.svg";
    let message = message(|small| std::fs::remove_file(small.path(picture)).unwrap());
    assert_eq!(
        message,
        "chapters/ch01_sold/README.md: the picture pictures/run.svg is missing"
    );
}

#[test]
fn a_block_that_copies_nothing_is_named() {
    let no_file = message(|small| small.replace(README, "broken.rs#sell", "brokken.rs#sell"));
    assert_eq!(
        no_file,
        "chapters/ch01_sold/README.ja.md: `code: src/brokken.rs#sell`: there is no such file"
    );
    let no_region = message(|small| small.replace(README, "broken.rs#sell", "broken.rs#buy"));
    assert!(no_region.contains("no region `// [buy]`"), "{no_region}");
}

#[test]
fn a_link_that_leads_nowhere_is_named() {
    let no_file = message(|small| small.replace(README, "(src/broken.rs)", "(src/gone.rs)"));
    assert_eq!(
        no_file,
        "chapters/ch01_sold/README.ja.md: src/gone.rs leads nowhere"
    );
    let no_heading = message(|small| small.replace(README, "#売ること", "#買うこと"));
    assert!(no_heading.contains("names no heading"), "{no_heading}");
    let out = message(|small| small.replace(README, "(src/broken.rs)", "(../../../x.md)"));
    assert!(out.contains("leads out of the repository"), "{out}");
}

#[test]
fn a_text_in_one_language_only_is_named() {
    let message = message(|small| std::fs::remove_file(small.path("docs/ja/glossary.md")).unwrap());
    assert!(
        message.starts_with("cannot read docs/ja/glossary.md"),
        "{message}"
    );
}

#[test]
fn a_language_that_the_book_does_not_have_is_named() {
    let message = message(|small| small.write("docs/fr/opening.md", "# Bonjour\n"));
    assert_eq!(
        message,
        "docs/fr: unknown language; the book is in en and ja"
    );
}

#[test]
fn html_that_is_never_closed_is_named() {
    let message = message(|small| small.replace(README, "売って、", "<div>売って、</span>"));
    assert!(message.contains("ch01-sold"), "{message}");
}

#[test]
fn a_broken_chapter_toml_is_named() {
    let file = "chapters/ch01_sold/chapter.toml";
    let message = message(|small| small.replace(file, "bound = 2", "bound = \"2\""));
    let bound = "chapter.toml: line 6: invalid type: string \"2\", expected usize";
    assert!(message.ends_with(bound), "{message}");
}

#[test]
fn what_is_no_book_is_not_replaced() {
    let small = Small::new();
    small.write("target/book/diary.txt", "dear diary");
    let message = small.build().unwrap_err();
    assert!(message.contains("is there and is no book"), "{message}");
    assert!(small.path("target/book/diary.txt").exists());
}

fn cargo_book(arguments: &[&str]) -> Output {
    let book = Command::new(env!("CARGO_BIN_EXE_book"));
    let mut book = book;
    book.args(arguments).output().unwrap()
}

/// What `cargo book` says when it cannot do what it was asked for.
fn refusal(arguments: &[&str]) -> String {
    let output = cargo_book(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let place = file.join("book");
    let message = refusal(&["--out", place.to_str().unwrap()]);
    assert!(
        message.starts_with("error: cannot write the book: cannot make"),
        "{message}"
    );
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(Path::new(&file).is_file());
}

#[test]
fn a_port_in_use_is_named_before_anything_is_built() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let message = refusal(&["--serve", &port]);
    assert!(
        message.starts_with(&format!("error: cannot serve on port {port}: ")),
        "{message}"
    );
    assert_eq!(message.lines().count(), 1, "{message}");
}

#[test]
fn a_bad_command_line_says_what_would_be_good() {
    let language = refusal(&["--language", "fr"]);
    assert!(language.contains("[possible values: en, ja]"), "{language}");
    let port = refusal(&["--serve", "many"]);
    assert!(port.contains("invalid value 'many' for '--serve"), "{port}");
}
