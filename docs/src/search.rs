//! The words of the book, for its search.

use crate::course::Page;
use crate::text::Prepared;
use guide::language::Language;
use serde_json::{Value, json};

/// A script that hands the words of all pages in one language to the search: every section with its id, its heading
/// and its words. A script, because a page opened from a file may not read other files.
pub fn script(pages: &[Page], texts: &[Prepared], language: Language) -> String {
    let both = pages.iter().zip(texts);
    let pages: Vec<Value> = both.map(|(page, text)| one(page, text)).collect();
    format!("bookWords(\"{}\", {});\n", language.code(), json!(pages))
}

fn one(page: &Page, text: &Prepared) -> Value {
    let sections = text.sections.iter().filter(|section| {
        // What stands before the first heading counts only if something does.
        !(section.id.is_empty() && section.words.trim().is_empty())
    });
    let sections: Vec<Value> = sections
        .map(|section| {
            let words: Vec<&str> = section.words.split_whitespace().collect();
            json!([section.id, section.title, words.join(" ")])
        })
        .collect();
    json!([page.slug, text.title, sections])
}
