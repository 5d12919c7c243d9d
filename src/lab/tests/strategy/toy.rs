//! Toy worlds that have accidents.

use lab::engine::oracle::Oracle;
use lab::language::fault::Fault;
use lab::language::name::Name;
use lab::language::step::Step;
use lab::language::time::Ms;
use lab::search::random::FaultPlan;
use std::collections::BTreeMap;

/// A toy world: what happens depends on what went wrong, and every fault makes further steps.
pub struct Toy {
    oracle: Box<dyn Oracle>,
    attempts: BTreeMap<(&'static str, &'static str), u32>,
}

/// Why an actor stopped early.
pub enum Stop {
    GaveUp,
    Crashed,
}

impl Toy {
    pub fn new(plan: &FaultPlan) -> Toy {
        Toy {
            oracle: plan.oracle(),
            attempts: BTreeMap::new(),
        }
    }

    pub fn ask(&mut self, actor: &'static str, what: &'static str) -> Result<Option<Fault>, Stop> {
        let attempt = self.attempts.entry((actor, what)).or_default();
        *attempt += 1;
        let step = Step::new(Name::of(actor), Name::of(what), *attempt);
        match self.oracle.decide(&step) {
            Some(Fault::CrashBefore | Fault::CrashAfter) => Err(Stop::Crashed),
            fault => Ok(fault),
        }
    }

    /// How late the reply to a call comes, after up to four tries with a transaction each.
    pub fn call(&mut self, actor: &'static str, what: &'static str) -> Result<Ms, Stop> {
        for _ in 0..4 {
            if self.ask(actor, "db.begin")?.is_some() {
                continue;
            }
            match self.ask(actor, what)? {
                None => return Ok(Ms::ZERO),
                Some(Fault::ReplyLate(span)) => return Ok(span),
                Some(_) => {}
            }
        }
        Err(Stop::GaveUp)
    }

    /// An order charges, and when its process dies, `recover` begins anew.
    pub fn order(&mut self, actor: &'static str) -> Ms {
        let calm = match self.ask(actor, "submit") {
            Ok(_) => self.call(actor, "payment.charge"),
            Err(stop) => Err(stop),
        };
        match calm {
            Ok(late) => late,
            Err(Stop::GaveUp) => Ms::ZERO,
            Err(Stop::Crashed) => {
                let _ = self.ask("recover", "");
                self.call("recover", "payment.charge").unwrap_or(Ms::ZERO)
            }
        }
    }
}

/// One fault suffices: a reply that is more than 700 ms late, at whichever attempt of whichever order.
pub fn charged_without_an_order(plan: &FaultPlan) -> bool {
    let mut toy = Toy::new(plan);
    // Both orders happen, whatever becomes of the first.
    let late = [toy.order("order1"), toy.order("order2")];
    late.iter().any(|late| *late > Ms(700))
}

/// Two faults are needed: the process dies, and then the look-up takes more than two seconds.
pub fn charged_twice(plan: &FaultPlan) -> bool {
    let mut toy = Toy::new(plan);
    let (first, second) = (toy.order("order1"), toy.order("order2"));
    if toy.attempts.contains_key(&("recover", "")) {
        let found = toy.call("recover", "payment.find");
        return found.is_ok_and(|late| late > Ms(2_000));
    }
    // Calm worlds ask something as well.
    toy.call("order1", "shipping.request").is_err() && first > second && first < second
}

/// Two faults in a row are needed: an error, and at the very next attempt a reply that is late. It makes no
/// difference whether the order or `recover` meets them, nor what went wrong before.
pub fn a_late_reply_after_an_error(plan: &FaultPlan) -> bool {
    let mut toy = Toy::new(plan);
    let crashed = toy.ask("order1", "submit").is_err();
    let actor = if crashed { "recover" } else { "order1" };
    let mut error = false;
    for _ in 0..6 {
        match toy.ask(actor, "payment.charge") {
            Ok(Some(Fault::ReplyLate(late))) if error => return late > Ms(700),
            Ok(None) => return false,
            fault => {
                error = matches!(
                    fault,
                    Ok(Some(
                        Fault::Refused | Fault::ErrorBefore | Fault::ErrorAfter | Fault::Down(_)
                    ))
                )
            }
        }
    }
    false
}

/// A reply suffices that is late, but not too late; a later one takes a second fault.
pub fn noticed_only_if_not_too_late(plan: &FaultPlan) -> bool {
    let mut toy = Toy::new(plan);
    let late = toy.call("order1", "payment.charge").unwrap_or(Ms::ZERO);
    let other = toy.ask("order2", "submit");
    late > Ms(700) && (late <= Ms(5_000) || !matches!(other, Ok(None)))
}

/// Fifty steps of which two have to suffer, whatever it is.
pub fn two_of_fifty(plan: &FaultPlan) -> bool {
    let mut toy = Toy::new(plan);
    let suffers: Vec<bool> = (0..50)
        .map(|_| !matches!(toy.ask("order1", "db.begin"), Ok(None)))
        .collect();
    suffers[7] && suffers[31]
}

/// Two customers have to click again, each after their own time.
pub fn two_double_clicks(plan: &FaultPlan) -> bool {
    let mut toy = Toy::new(plan);
    let mut later = |actor, least| {
        let fault = toy.ask(actor, "submit");
        matches!(fault, Ok(Some(Fault::Twice(later))) if later > least)
    };
    let clicks = [later("order1", Ms(2_000)), later("order2", Ms(700))];
    clicks == [true, true]
}
