//! The table at the end of a demo: what the shop believes beside what the providers know, order by order, and the
//! money and the goods between the two.

use crate::engine::trace::Told;
use crate::judge::accident::Accident;
use crate::judge::accident::order::{
    is_unpaid, kept_for_nothing, overpaid, shown_by, surplus_parcels,
};
use crate::judge::accident::{is_out_of_balance, sold, torn_or_open};
use crate::judge::evidence::Evidence;
use crate::language::message::{ChargeStatus, Service};
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::sentence;
use crate::tell::catalogue::tables::{self, Column, Entry, Sum};
use crate::tell::catalogue::{Language, Say, stands};
use crate::tell::text::strip::Style;
use crate::two_phase::parts::PARTICIPANTS;
use crate::two_phase::record::Outcome;

/// The table, and the sums below it.
pub fn both_sides(evidence: &Evidence, style: Style) -> String {
    let submitted = evidence.submitted();
    let rows: Vec<[String; 3]> = submitted
        .iter()
        .map(|order| {
            let (known, marks) = (known(evidence, order, style), marks(evidence, order, style));
            let known = style.glyphs.own(&format!("{known}  {marks}")).into_owned();
            [order.id.clone(), belief(evidence, order, style), known]
        })
        .collect();
    let headings = [
        Column::Order,
        Column::TheShopBelieves,
        Column::TheProviderKnows,
    ];
    let mut out = table(told(headings, style), rows, style);
    out.push('\n');
    let sums = sums(evidence, &submitted, style.language);
    out += &style.fit(&style.glyphs.own(&sums));
    out
}

/// Order by order what stands in one of the shop's tables beside what stands in another, and what is in stock.
pub fn tables(evidence: &Evidence, style: Style) -> String {
    let history = evidence.history.as_deref().unwrap_or_default();
    let rows = evidence.submitted().into_iter().map(|order| {
        let line = Entry::ALine(history.contains(&order.name())).say(style.language);
        let known = format!("{line}  {}", marks(evidence, order, style));
        [order.id.clone(), belief(evidence, order, style), known]
    });
    let headings = [Column::Order, Column::TableOrders, Column::TableHistory];
    let mut out = table(told(headings, style), rows.collect(), style);
    for stock in evidence.shop_stock.iter().flatten() {
        let sold = sold(evidence, stock.sku);
        let mark = if is_out_of_balance(evidence, stock) {
            format!("  {}", pointing(&[Accident::StockOutOfBalance], style))
        } else {
            String::new()
        };
        let counts = [stock.at_first, stock.free, sold];
        let stock = tables::stock(stock.sku, counts, style.language);
        out += &format!("\n{}\n", style.fit(&format!("{stock}{mark}")));
    }
    out
}

/// Order by order what the customer was told beside how each participant sees it.
pub fn participants(evidence: &Evidence, style: Style) -> String {
    let language = style.language;
    let rows = evidence.submitted().into_iter().map(|order| {
        let told = evidence
            .submissions
            .iter()
            .rfind(|submission| submission.order.id == order.id)
            .and_then(|submission| submission.told.as_ref());
        let told = match told {
            None => Entry::NothingYet.say(language),
            Some((_, Told::Answer(answer))) => answer.say(language),
            Some((_, Told::ErrorPage(_))) => Entry::AnErrorPage.say(language),
            Some((_, Told::ConnectionLost)) => Entry::ConnectionLost.say(language),
            Some((_, Told::HungUp)) => Entry::HungUp.say(language),
        };
        let transaction = transaction_of(evidence, order);
        let mark = transaction.and_then(|it| torn_or_open(evidence, it));
        let outcomes = PARTICIPANTS.map(|service| outcome(evidence, transaction, service));
        let known = outcomes.map(|outcome| style.cell(&tables::ended(outcome, language), 12));
        let known = format!("{}{}", known.concat(), pointing(mark.as_slice(), style));
        let known = style.glyphs.own(&known).into_owned();
        [order.id.clone(), told, known]
    });
    let known = PARTICIPANTS.map(|service| format!("{:<12}", service.name()));
    let known = known.concat().trim_end().to_owned();
    let [order, told] = [Column::Order, Column::CustomerWasTold].map(|it| it.say(language));
    table([order, told, known], rows.collect(), style)
}

/// The last transaction across services for this order.
fn transaction_of(evidence: &Evidence, order: &Order) -> Option<Name> {
    let mut all = evidence.participations.iter();
    let last = all.rfind(|it| it.order == Some(order.name()))?;
    Some(last.transaction)
}

/// How the transaction ended at this participant; `None` if it never heard of one.
fn outcome(evidence: &Evidence, transaction: Option<Name>, service: Service) -> Option<Outcome> {
    let mut all = evidence.participations.iter();
    let here = all.find(|it| {
        Some(it.transaction) == transaction && it.participant.as_str() == service.name()
    });
    here.map(|it| it.outcome)
}

/// What the shop's books say of an order.
fn belief(evidence: &Evidence, order: &Order, style: Style) -> String {
    match evidence.status(order.name()) {
        Some(status) => stands(status, style.language),
        None => Entry::DoesNotExist.say(style.language),
    }
}

fn told(headings: [Column; 3], style: Style) -> [String; 3] {
    headings.map(|heading| heading.say(style.language))
}

/// Three columns under their headings; the last one may be of any width.
fn table(headings: [String; 3], rows: Vec<[String; 3]>, style: Style) -> String {
    let width = |column: usize| {
        let cells = rows.iter().chain([&headings]);
        let widest = cells.map(|row| style.glyphs.width(&row[column])).max();
        widest.unwrap_or(0) + 3
    };
    let (first, second) = (width(0), width(1));
    let mut out = String::new();
    for [one, other, rest] in [&headings].into_iter().chain(&rows) {
        let rest = style.hang(first + second, rest);
        let line = style.cell(one, first) + &style.cell(other, second) + &rest;
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// What the providers know of an order.
fn known(evidence: &Evidence, order: &Order, style: Style) -> String {
    let language = style.language;
    let charged: Vec<String> = evidence
        .charges_of(order.name())
        .filter(|charge| charge.kept() > Yen(0))
        .map(|charge| {
            let (amount, id) = (charge.kept(), charge.id);
            Entry::Charged { amount, id }.say(language)
        })
        .collect();
    let comma = sentence!(language, en: ", ", ja: "、");
    let mut known = match charged.as_slice() {
        [] => not_charged(evidence, order).say(language),
        charged => charged.join(&comma),
    };
    if evidence.terms.ships {
        let parcels = evidence.parcels_of(order.name());
        let parcels: Vec<&str> = parcels.map(|parcel| parcel.id.as_str()).collect();
        known += &match parcels.as_slice() {
            [] => Entry::NotSent.say(language),
            parcels => Entry::Sent(&parcels.join(&comma)).say(language),
        };
    }
    known
}

/// Why no money was taken, as far as the provider can tell.
fn not_charged<'a>(evidence: &Evidence, order: &Order) -> Entry<'a> {
    let last = evidence.charges_of(order.name()).last();
    match last.map(|charge| (charge.status, charge.amount, charge.id)) {
        Some((ChargeStatus::Declined, amount, id)) => Entry::Declined { amount, id },
        Some((ChargeStatus::Accepted, amount, id)) => Entry::Accepted { amount, id },
        _ => Entry::NotCharged,
    }
}

/// The accidents that a row shows.
fn marks(evidence: &Evidence, order: &Order, style: Style) -> String {
    pointing(&shown_by(evidence, order), style)
}

/// What went wrong, behind an arrow.
fn pointing(accidents: &[Accident], style: Style) -> String {
    if accidents.is_empty() {
        return String::new();
    }
    let comma = sentence!(style.language, en: ", ", ja: "、");
    let marks = accidents
        .iter()
        .map(|accident| tables::mark(*accident, style.language));
    let marks = marks.collect::<Vec<_>>().join(&comma);
    style.glyphs.own(&format!("← {marks}")).into_owned()
}

fn sums(evidence: &Evidence, submitted: &[&Order], language: Language) -> String {
    let comma = sentence!(language, en: ", ", ja: "、");
    let sum_of = |what: Sum, how_much: fn(&Evidence, &Order) -> Yen| {
        let of = submitted.iter();
        let each: Vec<(&str, Yen)> = of
            .map(|order| (order.id.as_str(), how_much(evidence, order)))
            .filter(|(_, amount)| *amount > Yen(0))
            .collect();
        let sum: Yen = each.iter().map(|(_, amount)| *amount).sum();
        let which: Vec<&str> = each.iter().map(|(id, _)| *id).collect();
        what.say(sum, &which.join(&comma), language) + "\n"
    };
    let mut out = String::new();
    if evidence.terms.ships {
        out += &sum_of(Sum::ChargedTwice, overpaid);
        let parcels: usize = submitted
            .iter()
            .map(|order| surplus_parcels(evidence, order))
            .sum();
        out += &tables::parcels_too_many(parcels, language);
        out.push('\n');
    }
    out += &sum_of(Sum::ChargedWithoutAnOrder, kept_for_nothing);
    let given_away = |order: &&Order| is_unpaid(evidence, order);
    if evidence.terms.settles_later || submitted.iter().any(given_away) {
        out += &sum_of(Sum::ConfirmedWithoutPayment, |it, order| {
            if is_unpaid(it, order) {
                order.amount
            } else {
                Yen(0)
            }
        });
    }
    out
}
