//! The pages name all there is.

use std::path::Path;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

#[test]
fn what_the_proof_covers_names_every_fault() {
    let faults = read("src/lab/language/fault.rs");
    let words = faults.lines().filter_map(|line| {
        let (_, word) = line.trim().strip_prefix("Fault::")?.split_once("=> \"")?;
        word.strip_suffix("\",")
    });
    let words: Vec<&str> = words.collect();
    assert!(words.len() > 15, "{words:?}");
    for language in ["en", "ja"] {
        let path = format!("docs/{language}/proof-covers.md");
        let text = read(&path);
        for word in &words {
            assert!(text.contains(&format!("`{word}`")), "{path} lacks {word}");
        }
    }
}

#[test]
fn the_glossary_has_the_same_pairs_in_both_languages() {
    let pairs = |path: &str| -> Vec<String> {
        let text = read(path);
        let rows = text.lines().filter(|line| line.starts_with("| "));
        let pairs = rows.map(|row| row.split(" | ").take(2).collect::<Vec<_>>().join(" | "));
        // The heads of the tables are words of their language.
        pairs.filter(|pair| !pair.contains("日本語")).collect()
    };
    assert_eq!(pairs("docs/en/glossary.md"), pairs("docs/ja/glossary.md"));
}

#[test]
fn the_search_knows_other_spellings_of_words_that_the_glossary_has() {
    let glossary = read("docs/ja/glossary.md").to_lowercase();
    let script = read("docs/theme/search.js");
    let (_, spellings) = script.split_once("const SPELLINGS = [").unwrap();
    let (spellings, _) = spellings.split_once("];\n").unwrap();
    let groups = spellings.split("[\"").skip(1);
    let first: Vec<&str> = groups.filter_map(|it| it.split('"').next()).collect();
    assert!(first.len() > 30, "{first:?}");
    for word in first {
        assert!(glossary.contains(word), "{word}");
    }
}
