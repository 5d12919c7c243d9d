//! What is copied is copied anew.

use guide::chapter::{self, Chapter};
use std::path::Path;
use std::process::{Command, Stdio};

/// The line that ends the header of an exercise begins with this.
const END_OF_HEADER: &str = "// ----";

/// Rewrites exercises, and has the course's own tests rewrite all else that is copied.
///
/// # Errors
/// There is no such chapter, a file cannot be read or written, an exercise has changes that are not committed, or what
/// the tests find wrong cannot be rewritten.
pub fn sync(root: &Path, named: Option<&str>, force: bool) -> Result<(), String> {
    let chapters = Chapter::all(root)?;
    let wanted: Vec<&Chapter> = match named {
        None => chapters.iter().collect(),
        Some(id) => match chapter::find(&chapters, id) {
            Ok(chapter) => vec![chapter],
            Err(Some(near)) => return Err(format!("there is no {id}; did you mean {near}?")),
            Err(None) => return Err(format!("there is no chapter {id}")),
        },
    };
    for chapter in wanted {
        renew(root, chapter, force)?;
    }
    let status = Command::new(guide::cargo::program())
        .args(["test", "--test", "course", "--"])
        .args(named)
        .current_dir(root)
        .env("UPDATE", "1")
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err("what is left has to be put right by hand".to_owned())
}

/// Rewrites the exercise of a chapter, if it is not its broken code under its header.
fn renew(root: &Path, chapter: &Chapter, force: bool) -> Result<(), String> {
    let path = chapter.exercise();
    let old = read(&root.join(&path))?;
    let broken = read(&root.join(&chapter.directory).join("src/broken.rs"))?;
    let shown = path.display();
    let new = exercise(&old, &broken)
        .ok_or_else(|| format!("{shown} has no header that ends with a line `{END_OF_HEADER}`"))?;
    if new == old {
        return Ok(());
    }
    if !force && has_changes(root, &path)? {
        return Err(format!(
            "{shown} has changes that are not committed; to lose them: cargo course sync --force"
        ));
    }
    std::fs::write(root.join(&path), new)
        .map_err(|error| format!("cannot write {shown}: {error}"))?;
    println!("rewrote {shown}: src/broken.rs under its header");
    Ok(())
}

/// Broken code under the header of this exercise. `None`: its header has no end.
pub fn exercise(old: &str, broken: &str) -> Option<String> {
    let mut header = String::new();
    for line in old.lines() {
        header += line;
        header.push('\n');
        if line.starts_with(END_OF_HEADER) {
            return Some(header + broken);
        }
    }
    None
}

/// Whether a file that git knows differs from what is committed. One that it does not know is new, and nobody's
/// exercise yet.
fn has_changes(root: &Path, path: &Path) -> Result<bool, String> {
    let output = Command::new("git")
        .args(["status", "--porcelain", "--"])
        .arg(path)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot ask git whether {} is kept: {error}", path.display()))?;
    if !output.status.success() {
        return Err("git does not say whether the exercises are kept; --force goes on".to_owned());
    }
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(!told.is_empty() && !told.starts_with("??"))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const OLD: &str = "// mine\n// ---- end\nold\n// ---- not this\n";

    #[test]
    fn an_exercise_is_broken_code_under_its_header() {
        let new = exercise(OLD, "new\n");
        assert_eq!(new.as_deref(), Some("// mine\n// ---- end\nnew\n"));
        assert_eq!(exercise("// mine\n", "new\n"), None);
    }

    #[test]
    fn what_a_learner_has_written_is_kept_unless_forced() {
        let root = TempDir::new().unwrap();
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.args(["-c", "user.name=x", "-c", "user.email=x@localhost"]);
            let output = git.args(arguments).current_dir(&root).output().unwrap();
            assert!(output.status.success(), "{output:?}");
        };
        let toml =
            "id='ch01'\ntitle={en='',ja=''}\nsection=''\nbound=1\n[fails]\n[tests]\n[sources]\n";
        let chapter = Chapter::parse(toml, Path::new("x")).unwrap();
        std::fs::create_dir_all(root.path().join("x/src")).unwrap();
        let write = |name: &str, text: &str| {
            std::fs::write(root.path().join("x/src").join(name), text).unwrap();
        };
        let exercise = || read(&root.path().join("x/src/exercise.rs")).unwrap();
        write("broken.rs", "new\n");
        write("exercise.rs", OLD);
        git(&["init", "-q"]);
        git(&["add", "."]);
        git(&["commit", "-qm", "a chapter"]);
        write("exercise.rs", &OLD.replace("old", "a solution"));
        let error = renew(root.path(), &chapter, false).unwrap_err();
        assert!(error.contains("changes that are not committed"), "{error}");
        assert!(exercise().contains("a solution"));
        renew(root.path(), &chapter, true).unwrap();
        assert!(exercise().ends_with("// ---- end\nnew\n"));
    }
}
