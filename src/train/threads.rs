//! Replicas on threads of this process, for the command line and for tests.

use super::replica::{Answer, Order, Pending, Replica, Replicas};
use crate::device;
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// An order for a thread, and where its answer goes.
type Errand = (Order, Sender<Result<Answer, String>>);

/// Threads that live until this is dropped.
pub struct Threads(Vec<Sender<Errand>>);

impl Threads {
    /// `count` threads besides the caller's own.
    pub fn start(count: usize) -> Self {
        Self((0..count).map(|_| start()).collect())
    }
}

fn start() -> Sender<Errand> {
    let (errands, inbox) = channel::<Errand>();
    thread::spawn(move || {
        let mut replica = Replica::new(device::cpu());
        for (order, outbox) in inbox {
            let answer = pollster::block_on(replica.answer(order));
            // Nobody may want it any more.
            outbox.send(answer.map_err(|error| error.to_string())).ok();
        }
    });
    errands
}

impl Replicas for Threads {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn ask(&self, replica: usize, order: Order) -> Pending {
        let (outbox, answer) = channel();
        let ended = || "its thread has ended".to_owned();
        let sent = self.0[replica].send((order, outbox)).map_err(|_| ended());
        Box::pin(async move {
            sent?;
            answer.recv().map_err(|_| ended())?
        })
    }
}
