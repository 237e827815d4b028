//! The browser's bindings: a session for a worker. The only place that knows JavaScript.

use crate::device::DeviceKind;
use crate::session::Session;
use crate::session::protocol::Command;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use std::time::Duration;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
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
    /// before anything is carried out.
    pub async fn tick(
        &mut self,
        commands: JsValue,
        budget_millis: f64,
    ) -> Result<JsValue, JsError> {
        let commands: Vec<Command> = serde_wasm_bindgen::from_value(commands)
            .map_err(|e| JsError::new(&format!("this command is not part of the protocol: {e}")))?;
        let budget = Duration::from_secs_f64(budget_millis.clamp(0.0, 10_000.0) / 1e3);
        let events = self.0.tick(commands, budget).await;
        // Plain objects and nulls, as in JSON; bytes stay bytes.
        let plain =
            Serializer::new().serialize_maps_as_objects(true).serialize_missing_as_null(true);
        Ok(events.serialize(&plain)?)
    }

    /// Whether another tick would do something without a command.
    #[wasm_bindgen(getter)]
    pub fn busy(&self) -> bool {
        self.0.busy()
    }
}
