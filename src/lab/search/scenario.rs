//! Scenarios: what a world is like before anything goes wrong in it.
//!
//! Who comes, when and for what; how long the services take; when one of them is down; what is in stock; at which time
//! of day it all begins. A property draws its scenarios as it draws its faults, because most of what goes wrong in a
//! shop goes wrong in a world that nobody thought of. A scenario has a text form, as a schedule has, so that a red test
//! can print it and its reader can play it again:
//!
//! ```
//! use lab::language::order::Yen;
//! use lab::search::scenario::{Bounds, Scenario};
//!
//! let bounds = Bounds {
//!     goods: &[("book", Yen(1_200)), ("pen", Yen(150))],
//!     ..Bounds::ONE_BOOK
//! };
//! let text = "2 × pen by ann at 59900ms; payment takes 400ms; payment down 0ms for 9h";
//! let scenario = Scenario::parse(text, &bounds)?;
//! assert_eq!(scenario.visits[0].order.amount, Yen(300));
//! assert_eq!(scenario.text(&bounds), text);
//!
//! // A typo is answered with its position, and a suggestion.
//! let error = Scenario::parse("2 × pem by ann at 59900ms", &bounds).unwrap_err();
//! assert!(error.to_string().contains("did you mean `pen`?"));
//! # Ok::<(), lab::language::schedule_error::ScheduleError>(())
//! ```

mod draw;
mod plainer;
mod text;

pub(crate) use draw::draw;
pub(crate) use plainer::plainer;

use crate::engine::network::Outage;
use crate::language::message::Service;
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::language::time::{HORIZON, Ms};
use crate::services::{PaymentRules, RefundsSettle, Voids};
use crate::setup::Setup;
use crate::shop::Plan;

/// What a world is like before anything goes wrong in it. Times are virtual ms since the world began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Who comes, in the order of arrival.
    pub visits: Vec<Visit>,
    /// The stock on the shop's own shelf; empty if it is the usual one, or if there is none.
    pub shelf: Vec<(Name, u32)>,
    /// The slow services.
    pub takes: Vec<Takes>,
    /// When a service answers nobody.
    pub outages: Vec<Outage>,
    /// How long after its execution an accepted charge is settled, if not as usual.
    pub settles_after: Option<Ms>,
    /// How much every customer's account covers; `None` if it covers everything.
    pub covers: Option<Yen>,
    /// When refunds settle, and how many fail, if that is not as usual.
    pub refunds: Option<RefundsSettle>,
    /// Whether a void comes too late for money that has moved.
    pub voids_too_late: bool,
    /// How many processes of the shop run on its database: one or two.
    pub instances: usize,
    /// Which step of every order is cancelled afterwards; `None` if the orders stand.
    pub undone: Option<Plan>,
    /// The time of day at which the world begins.
    pub begins_at: Ms,
    /// When the world ends.
    pub ends_after: Ms,
    /// The seed of the uneven times.
    pub dice: u64,
}

/// Somebody comes and submits an order. The same order may have been submitted before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// When.
    pub at: Ms,
    /// What is ordered, and by whom.
    pub order: Order,
}

/// How long a service works on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takes {
    /// Which service.
    pub service: Service,
    /// At least, in virtual ms.
    pub at_least: Ms,
    /// At most, in virtual ms.
    pub at_most: Ms,
}

/// What scenarios may contain. The first of each list is the plainest, and where shrinking ends.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// What is sold, and for how much a piece.
    pub goods: &'static [(&'static str, Yen)],
    /// The shelves of the shop, each with the schema that fills it; empty where the shop keeps no stock of its own.
    pub shelves: &'static [Shelf],
    /// How many customers come at most.
    pub most_customers: usize,
    /// How many pieces one of them orders at most.
    pub most_pieces: u32,
    /// Whether an order is submitted again, from elsewhere or later.
    pub comes_again: bool,
    /// When something ends for this order code: a hold, a key. Customers also come around these times.
    pub edges: &'static [Ms],
    /// Which services may be slow.
    pub slow: &'static [Service],
    /// How long they may take at most.
    pub slowest: Ms,
    /// Which services may be down.
    pub away: &'static [Service],
    /// For how long they may be down.
    pub longest_outage: Ms,
    /// How long a charge may take to settle; empty where the money moves at once.
    pub settles: &'static [Ms],
    /// Whether an account may be too small for an order.
    pub covers: bool,
    /// How refunds may settle; empty if they succeed at once.
    pub refunds: &'static [RefundsSettle],
    /// Whether a void may come too late.
    pub voids_too_late: bool,
    /// Whether there may be two processes of the shop.
    pub two_instances: bool,
    /// Which steps may be cancelled afterwards: one of them in each scenario. Empty if the orders stand.
    pub undoes: &'static [Service],
    /// Until when customers come for the first time.
    pub latest: Ms,
}

/// A shelf, and the schema that fills it.
pub type Shelf = (&'static str, &'static [(&'static str, u32)]);

impl Bounds {
    /// One customer orders one book, at any time.
    pub const ONE_BOOK: Bounds = Bounds {
        goods: &[("book", Yen(1_200))],
        shelves: &[],
        most_customers: 1,
        most_pieces: 1,
        comes_again: false,
        edges: &[],
        slow: &[],
        slowest: Ms::seconds(5),
        away: &[],
        longest_outage: Ms::ZERO,
        settles: &[],
        covers: false,
        refunds: &[],
        voids_too_late: false,
        two_instances: false,
        undoes: &[],
        latest: Ms::hours(10),
    };

    /// What a piece of this costs.
    pub(crate) fn price(&self, sku: &str) -> Option<Yen> {
        let mut goods = self.goods.iter();
        goods
            .find(|(name, _)| *name == sku)
            .map(|(_, price)| *price)
    }
}

impl Scenario {
    /// The default: nobody comes, nothing is special.
    pub(crate) fn plain() -> Scenario {
        Scenario {
            visits: Vec::new(),
            shelf: Vec::new(),
            takes: Vec::new(),
            outages: Vec::new(),
            settles_after: None,
            covers: None,
            refunds: None,
            voids_too_late: false,
            instances: 1,
            undone: None,
            begins_at: Ms::ZERO,
            ends_after: HORIZON,
            dice: 0,
        }
    }

    /// A world with this scenario, and otherwise like `base`.
    pub fn setup(&self, base: Setup, bounds: &Bounds) -> Setup {
        let visits = self.visits.iter();
        let mut setup = base.orders(visits.map(|visit| (visit.at, visit.order.clone())));
        if let Some((schema, _)) = self.schema(bounds) {
            setup = setup.schema(*schema);
        }
        for takes in &self.takes {
            let spread = takes.at_most - takes.at_least;
            setup = setup.takes(takes.service, takes.at_least, spread);
        }
        for away in &self.outages {
            setup = setup.outage(away.service, away.from, away.until);
        }
        if let Some(Plan { step, after, times }) = self.undone {
            setup = setup.only(step).undone(step, after, times);
        }
        let rules = PaymentRules {
            settles_after: self.settles_after.or(setup.payment.settles_after),
            covers: self.covers.or(setup.payment.covers),
            refunds: self.refunds.or(setup.payment.refunds),
            voids: if self.voids_too_late {
                Voids::UntilCaptured
            } else {
                setup.payment.voids
            },
            ..setup.payment
        };
        if self.instances > 1 {
            setup = setup.instances(self.instances);
        }
        setup
            .payment(rules)
            .begins_at(self.begins_at)
            .horizon(self.ends_after)
            .seed(self.dice)
    }

    /// The shelf, with its schema, if it is not the usual one.
    fn schema(&self, bounds: &Bounds) -> Option<&'static Shelf> {
        bounds.shelves.iter().find(|(_, shelf)| {
            let shelf = shelf.iter().map(|(sku, count)| (Name::of(sku), *count));
            shelf.eq(self.shelf.iter().copied())
        })
    }

    /// Whether this order was submitted before this visit.
    fn is_again(&self, place: usize) -> bool {
        let mut before = self.visits[..place].iter();
        before.any(|other| other.order.id == self.visits[place].order.id)
    }

    /// When nothing new comes any more from outside: the last visit is over, and every service is up again.
    pub(crate) fn quiet_from(&self) -> Ms {
        let visits = self.visits.iter().map(|visit| visit.at);
        let back = self.outages.iter().map(|away| away.until);
        visits.chain(back).max().unwrap_or(Ms::ZERO)
    }

    /// Ends late enough for three more runs of the periodic job after everything is quiet, the latest message has come,
    /// and whatever the order code waits for has had its time.
    fn let_everybody_finish(&mut self, bounds: &Bounds) {
        let edge = bounds.edges.iter().copied().fold(Ms::ZERO, Ms::max);
        let mut settled = self.called_off_by()
            + crate::engine::oracle::LONGEST_DELAY
            + self.settling()
            + edge
            + edge;
        if let Some(RefundsSettle { after, failing }) = self.refunds {
            settled = settled + after;
            // What has failed is sent again by the next run of the job.
            for _ in 0..failing {
                settled = next_job(settled) + after;
            }
        }
        let run = next_job(settled);
        // Now, and twice more.
        let third = run + run + run + run;
        self.ends_after = HORIZON.max(third + Ms::hours(1));
    }

    /// When nothing new comes from outside, and everybody who calls an order off has done so.
    fn called_off_by(&self) -> Ms {
        let after = self.undone.map_or(Ms::ZERO, |plan| plan.after);
        self.quiet_from() + after
    }

    fn settling(&self) -> Ms {
        self.settles_after.unwrap_or(Ms::ZERO)
    }
}

/// When the periodic job runs, at this time or next: after 1, 2, 4, … minutes.
fn next_job(from: Ms) -> Ms {
    let mut run = Ms::minutes(1);
    while run < from {
        run = run + run;
    }
    run
}
