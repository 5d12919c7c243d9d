//! The table at the end of a demo: what the shop believes beside what the providers know, order by order, and the
//! money and the goods between the two.

use crate::engine::trace::Told;
use crate::judge::accident::Accident::TwoOutcomesOfOneTransaction;
use crate::judge::accident::order::{
    is_unpaid, kept_for_nothing, overpaid, shown_by, surplus_parcels,
};
use crate::judge::accident::{is_out_of_balance, sold, torn_or_open};
use crate::judge::evidence::Evidence;
use crate::language::message::{ChargeStatus, Service};
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::tell::report::Glyphs;
use crate::two_phase::parts::PARTICIPANTS;
use crate::two_phase::record::Outcome;

/// The table, and the sums below it.
pub fn both_sides(evidence: &Evidence, glyphs: Glyphs) -> String {
    let submitted = evidence.submitted();
    let rows: Vec<[String; 3]> = submitted
        .iter()
        .map(|order| {
            let known = format!("{}  {}", known(evidence, order), marks(evidence, order));
            let known = glyphs.own(&known).into_owned();
            [order.id.clone(), belief(evidence, order), known]
        })
        .collect();
    let headings = ["order", "the shop believes", "the provider knows"];
    let mut out = table(headings, rows, glyphs);
    out.push('\n');
    out += &glyphs.own(&sums(evidence, &submitted));
    out
}

/// Order by order what stands in one of the shop's tables beside what stands in another, and what is in stock.
pub fn tables(evidence: &Evidence, glyphs: Glyphs) -> String {
    let history = evidence.history.as_deref().unwrap_or_default();
    let rows = evidence.submitted().into_iter().map(|order| {
        let line = if history.contains(&order.name()) {
            "a line"
        } else {
            "no line"
        };
        let known = format!("{line}  {}", marks(evidence, order));
        let known = glyphs.own(&known).into_owned();
        [order.id.clone(), belief(evidence, order), known]
    });
    let headings = ["order", "the table orders", "the table history"];
    let mut out = table(headings, rows.collect(), glyphs);
    for stock in evidence.shop_stock.iter().flatten() {
        let sold = sold(evidence, stock.sku);
        let mark = if is_out_of_balance(evidence, stock) {
            glyphs.own("  ← stock out of balance")
        } else {
            "".into()
        };
        out += &format!(
            "\n{}: {} in the table stock at first, {} left; {sold} sold, by the table orders{mark}\n",
            stock.sku, stock.at_first, stock.free
        );
    }
    out
}

/// Order by order what the customer was told beside how each participant sees it.
pub fn participants(evidence: &Evidence, glyphs: Glyphs) -> String {
    let rows = evidence.submitted().into_iter().map(|order| {
        let told = evidence
            .submissions
            .iter()
            .rfind(|submission| submission.order.id == order.id)
            .and_then(|submission| submission.told.as_ref());
        let told = match told {
            None => "nothing yet".to_owned(),
            Some((_, Told::Answer(answer))) => answer.to_string(),
            Some((_, Told::ErrorPage(_))) => "an error page".to_owned(),
            Some((_, Told::ConnectionLost)) => "connection lost".to_owned(),
        };
        let transaction = transaction_of(evidence, order);
        let mark = match transaction.and_then(|it| torn_or_open(evidence, it)) {
            None => String::new(),
            Some(TwoOutcomesOfOneTransaction) => "← two outcomes".to_owned(),
            Some(accident) => format!("← {accident}"),
        };
        let outcomes = PARTICIPANTS.map(|service| outcome(evidence, transaction, service));
        let known = outcomes.map(|outcome| {
            let said = match outcome {
                None => "–",
                Some(Outcome::Committed) => "committed",
                Some(Outcome::Aborted) => "aborted",
                Some(Outcome::InDoubt) => "in doubt",
            };
            format!("{said:<12}")
        });
        let known = format!("{}{mark}", known.concat());
        [order.id.clone(), told, glyphs.own(&known).into_owned()]
    });
    let known = PARTICIPANTS.map(|service| format!("{:<12}", service.name()));
    let known = known.concat();
    let headings = ["order", "the customer was told", known.trim_end()];
    table(headings, rows.collect(), glyphs)
}

/// The last transaction across services for this order.
fn transaction_of(evidence: &Evidence, order: &Order) -> Option<Name> {
    let mut all = evidence.participations.iter();
    let last = all.rfind(|it| it.order == Some(order.name()))?;
    Some(last.transaction)
}

/// How the transaction ended at this participant; nothing if it never heard of one.
fn outcome(evidence: &Evidence, transaction: Option<Name>, service: Service) -> Option<Outcome> {
    let mut all = evidence.participations.iter();
    let here = all.find(|it| {
        Some(it.transaction) == transaction && it.participant.as_str() == service.name()
    });
    here.map(|it| it.outcome)
}

/// What the shop's books say of an order.
fn belief(evidence: &Evidence, order: &Order) -> String {
    let status = evidence.status(order.name());
    status.unwrap_or("does not exist").to_owned()
}

/// Three columns under their headings; the last one is as wide as it likes.
fn table(headings: [&str; 3], rows: Vec<[String; 3]>, glyphs: Glyphs) -> String {
    let width = |column: usize| {
        let widest = rows.iter().map(|row| glyphs.width(&row[column])).max();
        widest.unwrap_or(0).max(headings[column].len()) + 3
    };
    let (first, second) = (width(0), width(1));
    let mut out = format!(
        "{:<first$}{:<second$}{}\n",
        headings[0], headings[1], headings[2]
    );
    for [id, belief, known] in &rows {
        let line = format!("{id:<first$}{belief:<second$}{known}");
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// What the providers know of an order.
fn known(evidence: &Evidence, order: &Order) -> String {
    let charged: Vec<String> = evidence
        .charges_of(order.name())
        .filter(|charge| charge.kept() > Yen(0))
        .map(|charge| format!("charged {} ({})", charge.kept(), charge.id))
        .collect();
    let mut known = match charged.as_slice() {
        [] => not_charged(evidence, order),
        charged => charged.join(", "),
    };
    if evidence.terms.ships {
        let parcels = evidence.parcels_of(order.name());
        let parcels: Vec<&str> = parcels.map(|parcel| parcel.id.as_str()).collect();
        known += &match parcels.as_slice() {
            [] => "; not sent".to_owned(),
            parcels => format!("; sent {}", parcels.join(", ")),
        };
    }
    known
}

/// Why no money was taken, as far as the provider can tell.
fn not_charged(evidence: &Evidence, order: &Order) -> String {
    let last = evidence.charges_of(order.name()).last();
    match last.map(|charge| (charge.status, charge.amount, charge.id)) {
        Some((ChargeStatus::Declined, amount, id)) => format!("declined {amount} ({id})"),
        Some((ChargeStatus::Accepted, amount, id)) => format!("accepted {amount} ({id})"),
        _ => "not charged".to_owned(),
    }
}

/// The accidents that a row shows.
fn marks(evidence: &Evidence, order: &Order) -> String {
    let shown = shown_by(evidence, order);
    let names: Vec<&str> = shown.iter().map(|accident| accident.name()).collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!("← {}", names.join(", ")),
    }
}

fn sums(evidence: &Evidence, submitted: &[&Order]) -> String {
    let sum_of = |what: &str, how_much: fn(&Evidence, &Order) -> Yen| {
        let of = submitted.iter();
        let each: Vec<(&str, Yen)> = of
            .map(|order| (order.id.as_str(), how_much(evidence, order)))
            .filter(|(_, amount)| *amount > Yen(0))
            .collect();
        let sum: Yen = each.iter().map(|(_, amount)| *amount).sum();
        let which: Vec<&str> = each.iter().map(|(id, _)| *id).collect();
        match which.as_slice() {
            [] => format!("{what}: {sum}\n"),
            which => format!("{what}: {sum} ({})\n", which.join(", ")),
        }
    };
    let mut out = String::new();
    if evidence.terms.ships {
        out += &sum_of("money charged twice", overpaid);
        let parcels: usize = submitted
            .iter()
            .map(|order| surplus_parcels(evidence, order))
            .sum();
        out += &format!("parcels too many: {parcels}\n");
    }
    out += &sum_of("money charged without an order", kept_for_nothing);
    let given_away = |order: &&Order| is_unpaid(evidence, order);
    if evidence.terms.settles_later || submitted.iter().any(given_away) {
        out += &sum_of("goods confirmed without payment", |it, order| {
            if is_unpaid(it, order) {
                order.amount
            } else {
                Yen(0)
            }
        });
    }
    out
}
