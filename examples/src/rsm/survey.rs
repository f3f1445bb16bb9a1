//! TailSpin surveys: subscribers register, have a survey made, wait for its results, and leave.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use undying::prelude::*;

/// The timer of the next response.
const RESPONSE: &str = "response";
/// The timer of the end of a survey.
const SURVEY: &str = "survey";

/// What subscribers want.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SurveyPlan {
    /// How many milliseconds a survey is open.
    pub open_ms: u64,
    /// How many milliseconds pass between two responses.
    pub every_ms: u64,
    /// Chooses what they say.
    pub seed: u64,
}

/// A subscriber has come.
#[derive(Debug, Serialize, Deserialize)]
pub struct Register(RsmRef<Subscriber>);

/// It may have surveys made.
#[derive(Debug, Serialize, Deserialize)]
pub struct Registered;

/// A survey shall be made for this subscriber.
#[derive(Debug, Serialize, Deserialize)]
pub struct CreateSurvey {
    of: RsmRef<Subscriber>,
    plan: SurveyPlan,
}

/// This is the survey that was asked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct Created(RsmRef<SurveyHandler>);

/// A subscriber goes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Unregister(RsmRef<Subscriber>);

/// It may go.
#[derive(Debug, Serialize, Deserialize)]
pub struct Unregistered;

/// Knows who is a subscriber, and makes surveys for those that are.
#[rsm]
#[derive(Debug)]
pub struct Core {
    /// Who is registered.
    pub subscribers: BTreeSet<RsmRef<Subscriber>>,
    /// How many surveys were made.
    pub surveys: u64,
}

#[rsm]
impl Core {
    chart! {
        /// Where it is.
        pub enum CoreState;
        /// It serves.
        start Serving {
            Register     => register,
            CreateSurvey => create_survey,
            Unregister   => unregister,
        }
    }

    fn new() -> Self {
        Core {
            subscribers: BTreeSet::new(),
            surveys: 0,
        }
    }

    fn register(&mut self, event: Register, cx: &mut Cx<Self>) {
        let Register(subscriber) = event;
        cx.send(&subscriber, Registered);
        cx.monitor::<Progressing, _>(|| Came);
        self.subscribers.insert(subscriber);
    }

    fn create_survey(&mut self, event: CreateSurvey, cx: &mut Cx<Self>) -> Result<(), String> {
        let CreateSurvey { of, plan } = event;
        if !self.subscribers.contains(&of) {
            return Err(format!("`{of}` is not registered"));
        }
        let subscriber = of.clone();
        let survey = cx.create::<SurveyHandler>(SurveyInit { subscriber, plan });
        cx.send(&of, Created(survey));
        self.surveys += 1;
        Ok(())
    }

    fn unregister(&mut self, event: Unregister, cx: &mut Cx<Self>) {
        let Unregister(subscriber) = event;
        self.subscribers.remove(&subscriber);
        cx.send(&subscriber, Unregistered);
        cx.monitor::<Progressing, _>(|| Left);
    }
}

/// What a survey is made with.
#[derive(Debug, Serialize, Deserialize)]
pub struct SurveyInit {
    subscriber: RsmRef<Subscriber>,
    plan: SurveyPlan,
}

/// What people said in a survey.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// How many said yes.
    pub yes: u64,
    /// How many said no.
    pub no: u64,
}

/// Takes responses until its time is over, sends the results, and is gone.
#[rsm]
#[derive(Debug)]
pub struct SurveyHandler {
    init: SurveyInit,
    results: Results,
}

#[rsm]
impl SurveyHandler {
    chart! {
        /// Where a survey is.
        pub enum SurveyHandlerState;
        /// It is open.
        start Open {
            entry   => open,
            Timeout => ran_out,
        }
    }

    fn new(init: SurveyInit) -> Self {
        let results = Results::default();
        SurveyHandler { init, results }
    }

    fn open(&mut self, cx: &mut Cx<Self>) {
        let SurveyPlan {
            open_ms, every_ms, ..
        } = self.init.plan;
        cx.start_timer(RESPONSE, every(millis(every_ms)));
        cx.start_timer(SURVEY, once(millis(open_ms)));
    }

    fn ran_out(&mut self, timeout: Timeout, cx: &mut Cx<Self>) -> Next<Self> {
        if timeout.timer == SURVEY {
            let results = self.results;
            cx.send(&self.init.subscriber, results);
            cx.monitor::<Progressing, _>(|| results);
            return Next::halt();
        }
        // Random, and the same when it is tried again.
        let place = self.results.yes + self.results.no;
        let mut random = StdRng::seed_from_u64(self.init.plan.seed ^ (place << 20));
        match random.random_bool(0.5) {
            true => self.results.yes += 1,
            false => self.results.no += 1,
        }
        cx.monitor::<Progressing, _>(|| Response);
        Next::stay()
    }
}

/// Asks a subscriber for the results of its survey, when it has left.
#[derive(Debug, Serialize, Deserialize)]
pub struct WhatCameOut;
impl Question for WhatCameOut {
    type Answer = Results;
}

/// Registers, has a survey made, waits for its results, leaves.
#[rsm]
#[derive(Debug)]
pub struct Subscriber {
    plan: SurveyPlan,
    /// Of its survey.
    pub results: Results,
}

#[rsm]
impl Subscriber {
    chart! {
        /// What a subscriber waits for.
        pub enum SubscriberState;
        /// To be registered.
        start Registering {
            entry       => register,
            Registered  => goto Asking,
            WhatCameOut => defer,
        }
        /// To have a survey.
        Asking {
            entry       => ask,
            Created     => goto Waiting,
            Results     => defer,
            WhatCameOut => defer,
        }
        /// For its results.
        Waiting {
            Results     => results,
            WhatCameOut => defer,
        }
        /// To be let go.
        Leaving {
            entry        => leave,
            Unregistered => goto Over,
            WhatCameOut  => defer,
        }
        /// For nothing more.
        Over {
            WhatCameOut => answer,
        }
    }

    fn new(plan: SurveyPlan) -> Self {
        let results = Results::default();
        Subscriber { plan, results }
    }

    fn register(&mut self, cx: &mut Cx<Self>) {
        cx.send(&Core::at("main"), Register(cx.me()));
    }

    fn ask(&mut self, cx: &mut Cx<Self>) {
        let (of, plan) = (cx.me(), self.plan);
        cx.send(&Core::at("main"), CreateSurvey { of, plan });
    }

    fn results(&mut self, results: Results) -> Next<Self> {
        self.results = results;
        Next::goto(SubscriberState::Leaving)
    }

    fn leave(&mut self, cx: &mut Cx<Self>) {
        cx.send(&Core::at("main"), Unregister(cx.me()));
    }

    fn answer(&mut self, asked: Asked<WhatCameOut>, cx: &mut Cx<Self>) {
        cx.reply(asked.reply_to, self.results);
    }
}

/// A subscriber was registered.
#[derive(Debug, Serialize, Deserialize)]
pub struct Came;

/// A subscriber has left.
#[derive(Debug, Serialize, Deserialize)]
pub struct Left;

/// Somebody has responded.
#[derive(Debug, Serialize, Deserialize)]
pub struct Response;

/// Whoever registers gets the results of a survey and leaves; every response is in some result, once.
#[monitor]
#[derive(Debug, Default)]
pub struct Progressing {
    /// How many were registered.
    pub came: u64,
    /// How many have left.
    pub left: u64,
    /// How many surveys have ended.
    pub ended: u64,
    /// How many responses there were.
    pub responses: u64,
    /// How many of them are in results.
    pub counted: u64,
}

#[monitor]
impl Progressing {
    chart! {
        /// Whether somebody waits.
        pub enum ProgressingState;
        /// Nobody does.
        start cold Idle {}
        /// Some subscriber, or some response.
        hot Busy {}
        always {
            Came     => came,
            Response => response,
            Results  => results,
            Left     => left,
        }
    }

    fn came(&mut self) -> Next<Self> {
        self.came += 1;
        self.judged()
    }

    fn response(&mut self) -> Next<Self> {
        self.responses += 1;
        self.judged()
    }

    fn results(&mut self, results: Results, cx: &mut Cx<Self>) -> Next<Self> {
        self.ended += 1;
        self.counted += results.yes + results.no;
        cx.assert(
            self.counted <= self.responses,
            "a response was counted twice",
        );
        cx.assert(self.ended <= self.came, "a survey of nobody has ended");
        self.judged()
    }

    fn left(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        self.left += 1;
        cx.assert(self.left <= self.ended, "somebody left without results");
        self.judged()
    }

    fn judged(&self) -> Next<Self> {
        match self.came == self.left && self.responses == self.counted {
            true => Next::goto(ProgressingState::Idle),
            false => Next::goto(ProgressingState::Busy),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::violation;
    use super::*;

    #[tokio::test]
    async fn a_subscriber_that_leaves_without_results_is_noticed() {
        let event = Left;
        let why = violation::<Progressing, _>(event).await;
        assert!(why.contains("somebody left without results"), "{why}");
    }
}
