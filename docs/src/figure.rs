//! Pictures and code blocks as HTML.

use crate::highlight;
use guide::language::Language;

/// A picture, to scale, that a click opens on its own.
pub fn picture(path: &str, size: Option<(String, String)>, alt: &str) -> String {
    let alt = escaped(alt);
    let size = size.map_or(String::new(), |(width, height)| {
        format!(" width=\"{width}\" height=\"{height}\"")
    });
    format!(
        "<figure class=\"picture\"><a href=\"{path}\"><img src=\"{path}\"{size} alt=\"{alt}\" loading=\"lazy\"></a></figure>\n"
    )
}

/// The width and the height that an SVG states, in whole pixels.
pub fn size(svg: &str) -> Option<(String, String)> {
    let tag = &svg[svg.find("<svg")?..];
    let tag = &tag[..tag.find('>')?];
    let attribute = |name: &str| -> Option<String> {
        let value = &tag[tag.find(&format!(" {name}=\""))? + name.len() + 3..];
        let value: f64 = value[..value.find('"')?].parse().ok()?;
        Some(format!("{}", value.ceil()))
    };
    Some((attribute("width")?, attribute("height")?))
}

/// A code block. `marker` says what it copies: `code: src/broken.rs#place_order`, `run: cargo run …`.
pub fn code(language: &str, code: &str, marker: Option<&str>, _speak: Language) -> String {
    let caption = marker.and_then(|marker| marker.strip_prefix("code: "));
    let caption = caption.map_or(String::new(), |what| {
        let path = what.split('#').next().unwrap_or(what);
        format!("<figcaption>{}</figcaption>", escaped(path))
    });
    let class = match language {
        "" => "text",
        language => language,
    };
    format!(
        "<figure class=\"code\">{caption}<pre tabindex=\"0\"><code class=\"language-{class}\">{}</code></pre></figure>\n",
        on_one_line(language, code)
    )
}

/// Text inside HTML.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// Code as HTML on one line: an empty line would end a block of HTML in Markdown.
fn on_one_line(language: &str, code: &str) -> String {
    highlight::html(language, code.trim_end_matches('\n')).replace('\n', "&#10;")
}
