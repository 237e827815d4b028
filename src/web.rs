//! The browser's bindings: a session for a worker. The only place that knows JavaScript.

mod tagged;

use crate::device;
use crate::device::DeviceKind;
use crate::session::protocol::Command;
use crate::session::{Session, budget};
use crate::train::replica::{Answer, Order, Pending, Replica, Replicas};
use js_sys::{Array, Float32Array, Function, Promise};
use log::{Level, LevelFilter, Log, Metadata, Record};
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use std::rc::Rc;
use std::sync::Mutex;
use tagged::Tagged;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

unsafe extern "C" {
    /// Made by the linker: runs what dependencies have registered to be run at the start.
    fn __wasm_call_ctors();
}

#[wasm_bindgen(start)]
fn start() {
    // Where nobody calls it, the linker has every export call it anew each time: on the GPU path half a
    // millisecond, thousands of times a second.
    // SAFETY: called once, before anything else of the program runs.
    unsafe { __wasm_call_ctors() };
    console_error_panic_hook::set_once();
    // A second start of the same program would find the logger set: that is fine.
    if log::set_logger(&CONSOLE).is_ok() {
        log::set_max_level(LevelFilter::Error);
    }
}

static CONSOLE: Console = Console;
static FAULT: Mutex<Option<String>> = Mutex::new(None);

/// Sends errors to the browser's console and remembers the first. In a browser the GPU runtime only
/// logs a shader that was refused and skips its work, which would leave garbage in the weights. Only this
/// listens to what is logged; the worker watches for panics, and for what the browser itself says of its GPU.
struct Console;

impl Log for Console {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() <= Level::Error
    }

    fn log(&self, record: &Record) {
        if self.enabled(record.metadata()) {
            let text = record.args().to_string();
            web_sys::console::error_1(&text.as_str().into());
            if let Ok(mut fault) = FAULT.lock() {
                fault.get_or_insert(text);
            }
        }
    }

    fn flush(&self) {}
}

fn fault() -> Option<String> {
    FAULT.lock().ok().and_then(|fault| fault.clone())
}

/// A session on the device that this program was built for.
#[wasm_bindgen(js_name = Session)]
pub struct WebSession(Session);

/// Opens the session; rejects when there is no such device.
#[wasm_bindgen(js_name = openSession)]
pub async fn open_session() -> Result<WebSession, JsError> {
    Ok(WebSession(Session::open(DeviceKind::built_in()).await?))
}

#[wasm_bindgen(js_class = Session)]
impl WebSession {
    /// Carries out an array of commands, trains for about `budget_millis` and resolves to an array
    /// of events, as in the protocol. A command that cannot be understood rejects the whole call
    /// before anything is carried out; so does a device that can no longer be trusted.
    pub async fn tick(&mut self, commands: Array, budget_millis: f64) -> Result<Array, JsError> {
        let commands = commands.iter().map(command).collect::<Result<Vec<_>, _>>()?;
        let events = self.0.tick(commands, budget(budget_millis)).await;
        if let Some(fault) = fault() {
            let first_line = fault.lines().next().unwrap_or_default();
            return Err(JsError::new(&format!("the device reported an error: {first_line}")));
        }
        events.iter().map(to_js).collect()
    }

    /// Divides each step with `count` replicas in other workers. `ask(replica, task, weights)` must send
    /// task and weights to the replica with that number, from 0 on, and return a promise of its answer,
    /// an object with `gradient` and `figures`, rejected when that one is lost. The weights are a view
    /// of this program's memory: they must be copied before `ask` returns.
    #[wasm_bindgen(js_name = shareWith)]
    pub fn set_replicas(&mut self, count: usize, ask: Function) {
        self.0.set_replicas(Rc::new(OtherWorkers { count, ask }));
    }

    /// Whether another tick would do something without a command.
    #[wasm_bindgen(getter)]
    pub fn busy(&self) -> bool {
        self.0.busy()
    }
}

fn command(message: JsValue) -> Result<Command, JsError> {
    Command::deserialize(Tagged(message))
        .map_err(|e| JsError::new(&format!("this command is not part of the protocol: {e}")))
}

/// Plain objects and nulls, as in JSON; bytes stay bytes.
fn to_js(message: &impl Serialize) -> Result<JsValue, JsError> {
    let plain = Serializer::new().serialize_maps_as_objects(true).serialize_missing_as_null(true);
    Ok(message.serialize(&plain)?)
}

/// The compiled program, for other workers to start from.
#[wasm_bindgen(js_name = compiledProgram)]
pub fn compiled_program() -> JsValue {
    wasm_bindgen::module()
}

/// Replicas behind a function of JavaScript's.
struct OtherWorkers {
    count: usize,
    ask: Function,
}

impl Replicas for OtherWorkers {
    fn count(&self) -> usize {
        self.count
    }

    fn ask(&self, replica: usize, order: Order) -> Pending {
        let asked = to_js(&order.task).map_err(JsValue::from).and_then(|task| {
            // SAFETY: nothing of this program runs, and so its memory does not grow, while JavaScript
            // copies the view.
            let weights = unsafe { Float32Array::view(&order.weights) };
            self.ask.call3(&JsValue::NULL, &replica.into(), &task, &weights)
        });
        Box::pin(async move {
            let asked = Promise::from(asked.map_err(reason)?);
            let answer = JsFuture::from(asked).await.map_err(reason)?;
            let part = |name: &str| {
                let value = js_sys::Reflect::get(&answer, &name.into()).map_err(reason)?;
                let numbers = value.dyn_into::<Float32Array>().map_err(|_| "it has no numbers")?;
                Ok::<_, String>(numbers.to_vec())
            };
            Ok(Answer { gradient: part("gradient")?, figures: part("figures")? })
        })
    }
}

/// What an exception of JavaScript's says.
fn reason(exception: JsValue) -> String {
    let message = exception.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    message.or_else(|| exception.as_string()).unwrap_or_else(|| "for an unknown reason".into())
}

/// One that helps another worker's session.
#[wasm_bindgen(js_name = Replica)]
pub struct WebReplica(Replica);

#[wasm_bindgen(js_class = Replica)]
impl WebReplica {
    /// Opens the device that this program was built for; rejects when there is none.
    pub async fn open() -> Result<WebReplica, JsError> {
        Ok(WebReplica(Replica::new(device::open(DeviceKind::built_in()).await?)))
    }

    /// Carries out a task with the first `count` of the numbers in `room` as weights, writes the gradient
    /// to the beginning of `room` and resolves to the figures and, as the last of them, its length.
    /// Rejects when it cannot be carried out.
    pub async fn answer(
        &mut self,
        task: JsValue,
        room: Float32Array,
        count: u32,
    ) -> Result<Float32Array, JsError> {
        let task = serde_wasm_bindgen::from_value(task)?;
        let weights = room.subarray(0, count).to_vec();
        let Answer { gradient, mut figures } = self.0.answer(Order { task, weights }).await?;
        let length = gradient.len() as u32;
        if room.length() < length {
            return Err(JsError::new("there is no room for the gradient"));
        }
        room.subarray(0, length).copy_from(&gradient);
        figures.push(length as f32);
        Ok(Float32Array::from(&figures[..]))
    }
}
