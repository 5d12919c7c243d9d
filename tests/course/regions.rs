//! Regions of source files: what stands between `// [name]` and `// [/name]`.

/// A region of a source file, without the lines that mark regions inside it, and without the indentation that all
/// of its lines share. Without a name: the whole file, without its marker lines.
pub fn region(source: &str, name: Option<&str>) -> Result<String, String> {
    let mut lines = Vec::new();
    let mut inside = name.is_none();
    let mut seen = inside;
    for line in source.lines() {
        match marker(line) {
            Some(found) if Some(found.trim_start_matches('/')) == name => {
                inside = !found.starts_with('/');
                seen = true;
            }
            Some(_) => {}
            None if inside => lines.push(line),
            None => {}
        }
    }
    match (seen, inside && name.is_some()) {
        (false, _) => Err(format!("there is no region `{}`", name.unwrap_or(""))),
        (_, true) => Err(format!("the region `{}` has no end", name.unwrap_or(""))),
        _ => Ok(dedent(&lines)),
    }
}

/// The name in a marker line, with its slash.
fn marker(line: &str) -> Option<&str> {
    let name = line.trim().strip_prefix("// [")?.strip_suffix(']')?;
    let word = name.trim_start_matches('/');
    let is_name = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some(name)
}

fn dedent(lines: &[&str]) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    let common = filled.map(|line| indent(line)).min().unwrap_or(0);
    let cut: Vec<&str> = lines
        .iter()
        .map(|line| line.get(common..).unwrap_or(""))
        .collect();
    let text = cut.join("\n");
    format!("{}\n", text.trim_matches('\n'))
}
