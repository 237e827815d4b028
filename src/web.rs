//! The browser's bindings: a session for a worker. The only place that knows JavaScript.

use crate::device::DeviceKind;
use crate::session::Session;
use crate::session::protocol::{Command, Event};
use js_sys::Array;
use log::{Level, LevelFilter, Log, Metadata, Record};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use std::sync::Mutex;
use std::time::Duration;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
    // A second start of the same program would find the logger set: that is fine.
    if log::set_logger(&CONSOLE).is_ok() {
        log::set_max_level(LevelFilter::Error);
    }
}

static CONSOLE: Console = Console;
static FAULT: Mutex<Option<String>> = Mutex::new(None);

/// Sends errors to the browser's console and remembers the first. In a browser the GPU runtime only
/// logs a shader that was refused and skips its work, which would leave garbage in the weights.
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
        let commands: Vec<Command> = serde_wasm_bindgen::from_value(commands.into())
            .map_err(|e| JsError::new(&format!("this command is not part of the protocol: {e}")))?;
        let budget = Duration::from_secs_f64(budget_millis.clamp(0.0, 10_000.0) / 1e3);
        let events = self.0.tick(commands, budget).await;
        if let Some(fault) = fault() {
            let first_line = fault.lines().next().unwrap_or_default();
            return Err(JsError::new(&format!("the device reported an error: {first_line}")));
        }
        events.iter().map(to_js).collect()
    }

    /// Whether another tick would do something without a command.
    #[wasm_bindgen(getter)]
    pub fn busy(&self) -> bool {
        self.0.busy()
    }
}

/// Plain objects and nulls, as in JSON; bytes stay bytes.
fn to_js(event: &Event) -> Result<JsValue, JsError> {
    let plain = Serializer::new().serialize_maps_as_objects(true).serialize_missing_as_null(true);
    Ok(event.serialize(&plain)?)
}
