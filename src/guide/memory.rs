//! What the guide keeps between two calls, in the target directory: `cargo clean` erases it.

use std::path::{Path, PathBuf};

/// The guide's notes.
pub(crate) struct Memory {
    directory: PathBuf,
}

impl Memory {
    /// The notes beside the program `executable`, which lies in `target/debug` or the like.
    pub(crate) fn beside(executable: &Path) -> Memory {
        let target = executable.parent().and_then(Path::parent);
        Memory {
            directory: target.unwrap_or(Path::new("target")).join("saga-guide"),
        }
    }

    /// How many hints of a chapter have been shown.
    pub(crate) fn hints_shown(&self, id: &str) -> usize {
        let text = std::fs::read_to_string(self.directory.join(format!("hints-{id}")));
        text.ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0)
    }

    /// Stores how many hints of a chapter have been shown.
    ///
    /// # Errors
    /// If the note cannot be written.
    pub(crate) fn set_hints_shown(&self, id: &str, count: usize) -> std::io::Result<()> {
        self.write(&format!("hints-{id}"), &count.to_string())
    }

    /// Whether any chapter has been built here before, so that the wait is a short one.
    pub(crate) fn has_built(&self) -> bool {
        self.directory.join("built").exists()
    }

    /// Stores that a chapter has been built.
    pub(crate) fn set_built(&self) {
        // Best effort: only one line about the length of the wait depends on it.
        let _ = self.write("built", "");
    }

    fn write(&self, name: &str, text: &str) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.directory)?;
        std::fs::write(self.directory.join(name), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_remembered_per_chapter() {
        let place = std::env::temp_dir().join(format!("saga-guide-test-{}", std::process::id()));
        let memory = Memory::beside(&place.join("debug").join("guide"));
        assert_eq!(memory.hints_shown("ch03"), 0);
        assert!(!memory.has_built());
        memory.set_hints_shown("ch03", 2).unwrap();
        memory.set_built();
        assert_eq!(memory.hints_shown("ch03"), 2);
        assert_eq!(memory.hints_shown("ch04"), 0);
        assert!(memory.has_built());
        std::fs::remove_dir_all(place).unwrap();
    }
}
