//! Writes SVG: shapes, escaped text, and the colours of day and night.

use crate::svg::Caption;
use lab::tell::Language;
use std::fmt::Write;

/// What a text is, which decides its colour and weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "recording",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
#[allow(missing_docs, reason = "they are their own names")]
pub enum Tone {
    Plain,
    Faint,
    Strong,
    Good,
    Doubt,
    Bad,
    Alarm,
    Title,
}

impl Tone {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Faint => "faint",
            Tone::Strong => "strong",
            Tone::Good => "good",
            Tone::Doubt => "doubt",
            Tone::Bad => "bad",
            Tone::Alarm => "alarm",
            Tone::Title => "title",
        }
    }
}

/// The colours of one scheme. Texts keep a contrast of at least 4.5 to 1 on the page and on its tints.
struct Palette {
    page: &'static str,
    plain: &'static str,
    faint: &'static str,
    hair: &'static str,
    panel: &'static str,
    blue: &'static str,
    green: &'static str,
    amber: &'static str,
    red: &'static str,
    violet: &'static str,
    /// Behind all that happens while belief and truth differ.
    apart: &'static str,
    /// Behind the death of the process.
    death: &'static str,
    /// Behind its return.
    rise: &'static str,
    /// The bar of doubt.
    haze: &'static str,
}

const DAY: Palette = Palette {
    page: "#ffffff",
    plain: "#1f2328",
    faint: "#57606a",
    hair: "#afb8c1",
    panel: "#f6f8fa",
    blue: "#0550ae",
    green: "#116329",
    amber: "#7d4e00",
    red: "#a40e26",
    violet: "#6639ba",
    apart: "#fff1ef",
    death: "#ffe1dd",
    rise: "#e6fbea",
    haze: "#f2c55c",
};

const NIGHT: Palette = Palette {
    page: "#0d1117",
    plain: "#e6edf3",
    faint: "#9aa4af",
    hair: "#454c56",
    panel: "#161b22",
    blue: "#79c0ff",
    green: "#56d364",
    amber: "#e3b341",
    red: "#ff8f86",
    violet: "#c297ff",
    apart: "#21141a",
    death: "#4a1a1e",
    rise: "#12301d",
    haze: "#9c7414",
};

impl Palette {
    fn rules(&self) -> String {
        let Palette {
            page,
            plain,
            faint,
            hair,
            panel,
            blue,
            green,
            amber,
            red,
            violet,
            apart,
            death,
            rise,
            haze,
        } = self;
        format!(
            ".page{{fill:{page}}}.panel{{fill:{panel};stroke:{hair}}}.apart{{fill:{apart}}}.death{{fill:{death}}}.rise{{fill:{rise}}}\
             .lifeline,.axis,.tie{{stroke:{hair}}}.cut{{stroke:{faint}}}.gap{{fill:{page}}}\
             .plain,.strong,.title{{fill:{plain}}}.faint{{fill:{faint}}}.good{{fill:{green}}}\
             .doubt{{fill:{amber}}}.bad,.alarm{{fill:{red}}}\
             .request{{stroke:{blue};fill:{blue}}}.reply{{stroke:{green};fill:{green}}}\
             .unheard{{stroke:{amber};fill:{amber}}}.lost{{stroke:{red};fill:{red}}}\
             .in-doubt{{fill:{haze};stroke:{amber}}}.lock-held{{fill:{violet}}}\
             .lock-wait{{stroke:{violet};fill:{page}}}.dot{{fill:{faint}}}"
        )
    }
}

/// What does not depend on day or night.
const SHAPES: &str = "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans CJK JP',\
    'Hiragino Sans',sans-serif;font-size:15px}\
    .strong,.alarm,.title{font-weight:600}.title{font-size:18px}\
    path,line{fill:none;stroke-width:1.2}.head{stroke:none}\
    .request,.reply,.unheard,.lost{stroke-width:1.8;stroke-linecap:round}.arrow{fill:none}\
    .unheard.arrow,.lost.reply-lost{stroke-dasharray:5 5}.lifeline{stroke-width:1.5}.tie{stroke-width:1}\
    .lock-wait{stroke-width:1.5;stroke-dasharray:3 3}.in-doubt{stroke-width:1}";

/// An SVG in the making.
pub(crate) struct Paper {
    body: String,
}

impl Paper {
    pub(crate) fn new() -> Paper {
        Paper {
            body: String::new(),
        }
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: &str, tone: Tone, text: &str) {
        let (x, y, class, text) = (number(x), number(y), tone.class(), escaped(text));
        self.push(&format!(
            r#"<text x="{x}" y="{y}" text-anchor="{anchor}" class="{class}">{text}</text>"#
        ));
    }

    pub(crate) fn rect(&mut self, class: &str, (x, y): (f64, f64), (w, h): (f64, f64), round: f64) {
        let (x, y, w, h, r) = (number(x), number(y), number(w), number(h), number(round));
        self.push(&format!(
            r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}"/>"#
        ));
    }

    /// An open line through these points.
    pub(crate) fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let d = outline(points);
        self.push(&format!(r#"<path class="{class}" d="{d}"/>"#));
    }

    /// A dashed line.
    pub(crate) fn dashed(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let d = outline(&[from, to]);
        self.push(&format!(
            r#"<path class="{class}" stroke-dasharray="8 5" d="{d}"/>"#
        ));
    }

    /// The head of an arrow that comes from `from` and ends at `to`.
    pub(crate) fn head(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let far = dx.hypot(dy).max(1.0);
        let (ux, uy) = (dx / far, dy / far);
        let corner = |side: f64| (to.0 - 10.0 * ux - side * uy, to.1 - 10.0 * uy + side * ux);
        let d = outline(&[to, corner(4.5), corner(-4.5)]);
        self.push(&format!(
            r#"<polygon class="head {class}" points="{}"/>"#,
            d.replace(['M', 'L'], "").trim()
        ));
    }

    /// A dot on a lifeline.
    pub(crate) fn dot(&mut self, x: f64, y: f64) {
        let (x, y) = (number(x), number(y));
        self.push(&format!(r#"<circle class="dot" cx="{x}" cy="{y}" r="3"/>"#));
    }

    /// All of another paper, from this point to the right and down.
    pub(crate) fn paste(&mut self, (x, y): (f64, f64), other: &Paper) {
        let (x, y) = (number(x), number(y));
        self.push(&format!(r#"<g transform="translate({x} {y})">"#));
        self.body.push_str(&other.body);
        self.push("</g>");
    }

    fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    /// The finished SVG.
    pub(crate) fn finish(&self, wide: f64, tall: f64, caption: &Caption<'_>) -> String {
        let (w, h) = (number(wide), number(tall));
        let (title, description) = (escaped(caption.title), escaped(caption.description));
        // Chinese and Japanese share characters that they write in different ways.
        let lang = match caption.language {
            Language::English => "",
            Language::Japanese => " lang=\"ja\"",
        };
        let (day, night) = (DAY.rules(), NIGHT.rules());
        let mut svg = String::new();
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
             role=\"img\"{lang} style=\"max-width:100%;height:auto\">\n\
             <title>{title}</title>\n<desc>{description}</desc>\n\
             <style>{SHAPES}{day}@media (prefers-color-scheme:dark){{{night}}}</style>\n\
             <rect class=\"page\" width=\"{w}\" height=\"{h}\" rx=\"8\"/>\n{}</svg>\n",
            self.body
        );
        svg
    }
}

fn outline(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (n, (x, y)) in points.iter().enumerate() {
        let (verb, x, y) = (if n == 0 { "M" } else { " L" }, number(*x), number(*y));
        let _ = write!(d, "{verb}{x} {y}");
    }
    d
}

/// One decimal at most, so that the bytes do not depend on the last bits of a fraction.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// The text as XML takes it. What XML has no way to write becomes a question mark in a diamond.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            hidden if hidden.is_control() => out.push('\u{fffd}'),
            shown => out.push(shown),
        }
    }
    out
}
