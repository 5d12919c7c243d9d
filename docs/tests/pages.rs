//! What a reader finds on the pages.

use crate::common::Small;
use book::check;

#[test]
fn a_small_course_makes_a_sound_book() {
    let small = Small::new();
    let book = small.build().unwrap();
    let wrong = check::problems(&book).unwrap();
    // Without the lab there is no reference of it, and that is seen on every page; nothing else is wrong.
    let (reference, wrong): (Vec<_>, Vec<_>) = wrong
        .iter()
        .partition(|what| what.ends_with("../api/lab/index.html leads nowhere"));
    assert_eq!(reference.len(), 6);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_same_section_has_the_same_place_in_both_languages() {
    let small = Small::new();
    small.build().unwrap();
    let [english, japanese] = ["en", "ja"].map(|it| small.page(&format!("{it}/ch01-sold.html")));
    assert!(english.contains("<h2 id=\"goals\">"), "{english}");
    assert!(japanese.contains("<h2 id=\"goals\">"), "{japanese}");
    assert!(english.contains("href=\"../ja/ch01-sold.html\""));
    assert!(japanese.contains("href=\"../en/ch01-sold.html\""));
    // The line that leads to the other language on the forge is not needed here.
    assert!(!english.contains("README.ja"));
}

#[test]
fn links_between_texts_are_links_between_pages() {
    let small = Small::new();
    small.build().unwrap();
    let page = small.page("ja/ch01-sold.html");
    assert!(page.contains("href=\"glossary.html#sale\""), "{page}");
    assert!(page.contains("href=\"#goals\""), "{page}");
    // A file that the book does not show is named instead.
    assert!(page.contains("chapters/ch01_sold/src/broken.rs"), "{page}");
    assert!(!page.contains("href=\"src/broken.rs\""), "{page}");
}

#[test]
fn a_line_break_between_japanese_letters_is_no_gap() {
    let small = Small::new();
    small.build().unwrap();
    assert!(
        small
            .page("ja/ch01-sold.html")
            .contains("売って、送ります。")
    );
    assert!(
        small
            .page("en/ch01-sold.html")
            .contains("Sell, then\nship.")
    );
}

#[test]
fn a_figure_stays_with_its_unit() {
    let small = Small::new();
    small.write(
        "docs/ja/opening.md",
        "# はじめに\n\n700 msと24時間待って、order1は**1回**だけ。\n\n- 2,000 msまで\n",
    );
    small.build().unwrap();
    let page = small.page("ja/index.html");
    let spans = page.split("<span class=\"amount\">").skip(1);
    let amounts: Vec<&str> = spans.filter_map(|it| it.split("</span>").next()).collect();
    assert_eq!(amounts, ["700 ms", "24時間", "1回", "2,000 ms"]);
    // The search has the words without it.
    assert!(small.page("ja/words.js").contains("700 msと24時間待って"));
}

#[test]
fn a_picture_keeps_its_place_free_and_has_words() {
    let small = Small::new();
    small.build().unwrap();
    let page = small.page("en/ch01-sold.html");
    let picture =
        "<img src=\"../pictures/ch01_sold/run.svg\" width=\"10\" height=\"21\" alt=\"Sold\"";
    assert!(page.contains(picture), "{page}");
    assert!(
        small
            .path("target/book/pictures/ch01_sold/run.svg")
            .is_file()
    );
}

#[test]
fn the_search_knows_every_section() {
    let small = Small::new();
    small.build().unwrap();
    let words = small.page("ja/words.js");
    assert!(
        words.contains("[\"sale\",\"売ること\",\"売れました。\"]"),
        "{words}"
    );
}

#[test]
fn what_is_folded_away_is_still_a_text() {
    let small = Small::new();
    for (file, more) in [("README.md", "Ship"), ("README.ja.md", "送る")] {
        let path = format!("chapters/ch01_sold/{file}");
        let text = std::fs::read_to_string(small.path(&path)).unwrap();
        let fold = format!(
            "\n<details>\n<summary>?</summary>\n\n### {more}\n\n**{more}**.\n\n```rust\nfn ship() {{}}\n```\n\n</details>\n"
        );
        small.write(&path, &(text + &fold));
    }
    small.build().unwrap();
    let page = small.page("en/ch01-sold.html");
    let (_, folded) = page.split_once("<summary>?</summary>").unwrap();
    let (folded, _) = folded.split_once("</details>").unwrap();
    for part in [
        "<h3 id=\"ship\">",
        "<strong>Ship</strong>",
        "<figure class=\"code\"",
    ] {
        assert!(folded.contains(part), "{part}: {folded}");
    }
    assert!(small.page("ja/words.js").contains("[\"ship\",\"送る\","));
}

#[test]
fn a_new_chapter_and_a_new_page_appear_by_themselves() {
    let small = Small::new();
    for language in ["en", "ja"] {
        let path = format!("docs/{language}/extra.md");
        small.write(&path, "# Extra 追加\n\nMore. もっと。\n");
    }
    small.build().unwrap();
    assert!(
        small
            .page("en/ch01-sold.html")
            .contains("href=\"extra.html\"")
    );
    assert!(
        small
            .page("ja/extra.html")
            .contains("aria-current=\"page\"")
    );
}

#[test]
fn a_book_replaces_the_book_of_before() {
    let small = Small::new();
    small.build().unwrap();
    small.replace("docs/en/opening.md", "Hello.", "Welcome.");
    small.build().unwrap();
    assert!(small.page("en/index.html").contains("Welcome."));
    let left = std::fs::read_dir(small.path("target")).unwrap().count();
    assert_eq!(left, 1, "the old book is left over");
}

#[test]
fn the_check_sees_what_is_wrong_with_a_book() {
    let small = Small::new();
    let book = small.build().unwrap();
    let sound = check::problems(&book).unwrap().len();
    let page = "target/book/ja/ch01-sold.html";
    for (from, to) in [
        ("href=\"glossary.html#sale\"", "href=\"glossary.html#sail\""),
        ("href=\"#goals\"", "href=\"gone.html\""),
        ("<h2 id=\"goals\"", "<h3 id=\"goals\""),
        ("alt=\"売れた\"", "alt=\"\""),
        ("</main>", "<table></table></main>"),
        (
            "</main>",
            "<script src=\"https://example.org/x.js\"></script></main>",
        ),
    ] {
        let text = small.page("ja/ch01-sold.html");
        small.replace(page, from, to);
        let wrong = check::problems(&book).unwrap();
        assert!(wrong.len() > sound, "{to}");
        small.write(page, &text);
    }
    let heavy = "x".repeat(1_000_000);
    small.replace(page, "</main>", &format!("{heavy}</main>"));
    let wrong = check::problems(&book).unwrap();
    assert!(
        wrong.iter().any(|what| what.contains("weighs")),
        "{wrong:?}"
    );
}
