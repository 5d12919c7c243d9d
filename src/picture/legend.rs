//! The foot of the picture: the meaning of its bars, and what either side believes in the end.

use crate::catalogue::bar_of_timeline;
use crate::labels::{LEADING, SIZE, measure, wrap};
use crate::layout::MARGIN;
use crate::svg::{Caption, class};
use crate::writer::{Paper, Tone};
use lab::tell::Language;
use lab::tell::scene::{Scene, SpanKind};

/// The space within a box.
const INSET: f64 = 12.0;

/// Draws the foot from `top` down; returns the height of the whole picture.
pub(crate) fn draw(
    paper: &mut Paper,
    scene: &Scene,
    caption: &Caption<'_>,
    wide: f64,
    top: f64,
) -> f64 {
    let below = legend(paper, scene, caption.language, [wide, top]);
    let below = note(paper, caption, below);
    boxes(paper, caption, wide, below)
}

fn legend(paper: &mut Paper, scene: &Scene, language: Language, [wide, top]: [f64; 2]) -> f64 {
    let kinds = [
        SpanKind::InDoubt,
        SpanKind::LockHeld,
        SpanKind::LockWait,
        SpanKind::RowLocked,
    ];
    let used = |kind| scene.spans.iter().any(|span| span.kind == kind);
    let (mut x, mut y, mut any) = (MARGIN, top, false);
    for kind in kinds.into_iter().filter(|kind| used(*kind)) {
        let meaning = bar_of_timeline(kind, language);
        let long = 18.0 + measure(&meaning, SIZE);
        if any && x + long > wide - MARGIN {
            (x, y) = (MARGIN, y + LEADING + 4.0);
        }
        paper.rect(class(kind), (x, y), (10.0, 14.0), 2.0);
        paper.text(x + 18.0, y + 12.0, "start", Tone::Faint, &meaning);
        x += long + 22.0;
        any = true;
    }
    if any { y + LEADING + 14.0 } else { top }
}

fn note(paper: &mut Paper, caption: &Caption<'_>, top: f64) -> f64 {
    let Some(note) = caption.note else {
        return top;
    };
    let base = top + SIZE * 0.34;
    paper.text(MARGIN, base, "start", Tone::Alarm, &format!("📌 {note}"));
    top + LEADING
}

fn boxes(paper: &mut Paper, caption: &Caption<'_>, wide: f64, top: f64) -> f64 {
    let sides = [
        (caption.headings[0], caption.believes),
        (caption.headings[1], caption.knows),
    ];
    if sides.iter().all(|(_, items)| items.is_empty()) {
        return top + MARGIN - 8.0;
    }
    let each = (wide - 2.0 * MARGIN - INSET) / 2.0;
    let room = each - 2.0 * INSET;
    let lines = |items: &[String]| -> Vec<String> {
        let wrapped = items.iter().map(|item| wrap(item, SIZE, room));
        wrapped.flatten().collect()
    };
    let most = sides.iter().map(|(_, items)| lines(items).len()).max();
    let tall = 2.0 * INSET + LEADING + 4.0 + most.unwrap_or(0) as f64 * LEADING;
    for (n, (head, items)) in sides.into_iter().enumerate() {
        let x = MARGIN + n as f64 * (each + INSET);
        paper.rect("panel", (x, top), (each, tall), 6.0);
        let mut y = top + INSET + SIZE * 0.8;
        paper.text(x + INSET, y, "start", Tone::Strong, head);
        y += 4.0;
        for line in lines(items) {
            y += LEADING;
            paper.text(x + INSET, y, "start", Tone::Plain, &line);
        }
    }
    top + tall + MARGIN
}
