//! Two runs as timelines in one picture, one below the other: forward and back, say. Beside each other, each would be too small to
//! read on a page.

use crate::labels::wrap;
use crate::layout::{MARGIN, Sheet};
use crate::svg::Caption;
use crate::writer::{Paper, Tone};
use lab::tell::scene::Scene;

/// Both runs under one title, each with the title and the foot of its own caption. The same scenes and captions give the same bytes.
pub fn pair(title: &str, runs: [(&Scene, &Caption<'_>); 2]) -> String {
    let drawn = runs.map(|(scene, caption)| Sheet::new(scene, caption).draw(caption));
    let wide = drawn.iter().map(|(_, [wide, _])| *wide);
    let wide = wide.fold(0.0, f64::max);
    let mut paper = Paper::new();
    let mut y = MARGIN;
    for line in wrap(title, 18.0, wide - 2.0 * MARGIN) {
        y += 24.0;
        paper.text(MARGIN, y - 6.0, "start", Tone::Title, &line);
    }
    for (part, [_, tall]) in &drawn {
        paper.paste((0.0, y), part);
        y += tall;
    }
    let [(_, one), (_, other)] = runs;
    let said = format!("{} {}", one.description, other.description);
    let caption = Caption {
        language: one.language,
        title,
        description: &said,
        ..Caption::default()
    };
    paper.finish(wide, y, &caption)
}
