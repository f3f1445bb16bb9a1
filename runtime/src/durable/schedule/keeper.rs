//! The keeper of a schedule: an orchestration of the engine's own, one instance a schedule.

use super::book::{Action, Book, Order, Plan};
use super::named::{CancelRunning, Park};
use crate::durable::sleep::sleep_to;
use crate::durable::{Arg, Either3, Named, Timestamp, event, race};
use crate::orchestration;
use crate::schema::{Stored, ValueError};

/// Its stored name.
pub(crate) const KEEPER: &str = "$schedule";

/// The event by which clients give it orders.
pub(crate) const ORDER: &str = "order";

/// When nothing is to be waited for.
const NEVER: Timestamp = Timestamp(253_402_207_200_000);

/// The id of the keeper of a schedule.
pub(crate) fn keeper_id(name: &str) -> String {
    format!("{KEEPER}/{name}")
}

/// The arguments it is started with.
pub(crate) fn keeper_args(name: &str, plan: Plan) -> Result<Stored, ValueError> {
    Stored::write(&Named::<KeepScheduleCall>((
        Arg(name.to_owned()),
        Arg(plan),
    )))
}

/// The plan among these arguments.
pub(super) fn plan_of(args: &Stored) -> Option<Plan> {
    let Named((_, Arg(plan))) = args.read::<Named<KeepScheduleCall>>().ok()?;
    Some(plan)
}

/// Waits for orders, for the next time, and for the end of what it has started.
#[orchestration(name = "$schedule")]
async fn keep_schedule(cx: &mut Context, name: String, plan: Plan) {
    let mut book = match Book::new(name, plan, cx.now) {
        Ok(book) => book,
        Err(why) => return Park(why.to_string()).await,
    };
    loop {
        cx.set_status(book.told().to_string());
        let next = book.next.unwrap_or(NEVER);
        let woken = race((event::<Order>(ORDER), sleep_to(next), book.running)).await;
        let action = match woken {
            Either3::First(Order::Stop) => return,
            Either3::First(Order::Plan(plan)) => book.replan(plan, cx.now),
            Either3::First(Order::Trigger(id)) => Ok(book.triggered(id)),
            Either3::Second(()) => book.due(cx.now),
            Either3::Third(()) => Ok(book.ended()),
        };
        match action {
            Ok(Action::Nothing) => {}
            Ok(Action::Start(id)) => {
                book.running = book.start_of(id).await;
            }
            Ok(Action::Replace(id)) => {
                CancelRunning(book.running).await;
                book.running = book.start_of(id).await;
            }
            // With a version of this crate that does not know the time zone, say.
            Err(why) => return Park(why.to_string()).await,
        }
    }
}
