//! Damages inputs, bytes or JSON, by a generator of random numbers and nothing else: the same numbers do the
//! same damage. It knows what breaks programs (extremes, lengths that lie, fields twice or not at all), not
//! what an input means.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Number, Value, json};

/// One of them.
pub fn one<'a, T>(rng: &mut ChaCha8Rng, of: &'a [T]) -> &'a T {
    &of[rng.random_range(0..of.len())]
}

const WHOLE: [u64; 14] = [
    0,
    1,
    2,
    9,
    10,
    255,
    65_535,
    u32::MAX as u64,
    (1 << 38) - 1,
    1 << 48,
    1 << 53,
    i64::MAX as u64,
    288_230_376_151_711_743,
    u64::MAX,
];

/// Bytes with up to four things wrong.
pub fn bytes(rng: &mut ChaCha8Rng, of: &[u8]) -> Vec<u8> {
    let mut bytes = of.to_vec();
    for _ in 0..rng.random_range(1..=4) {
        if bytes.is_empty() {
            bytes.push(rng.random());
        }
        // Formats have their headers first: half of the damage is there.
        let end = if rng.random_bool(0.5) { bytes.len().min(64) } else { bytes.len() };
        let at = rng.random_range(0..end);
        let until = (at + rng.random_range(1..=64)).min(bytes.len());
        match rng.random_range(0..8) {
            0 => bytes[at] ^= 1 << rng.random_range(0..8),
            1 => bytes[at] = rng.random(),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..until)),
            4 => {
                let piece = bytes[at..until].to_vec();
                let to = rng.random_range(0..=bytes.len());
                bytes.splice(to..to, piece);
            }
            5 => {
                let number = *one(rng, &WHOLE);
                let width = *one(rng, &[1, 2, 4, 8]);
                let little = number.to_le_bytes()[..width].to_vec();
                let big = number.to_be_bytes()[8 - width..].to_vec();
                let number = if rng.random_bool(0.5) { little } else { big };
                let until = (at + width).min(bytes.len());
                bytes.splice(at..until, number);
            }
            6 => bytes[at..until].fill(*one(rng, &[0, 0x7f, 0x80, 0xff])),
            _ => bytes.extend((0..rng.random_range(1..64)).map(|_| rng.random::<u8>())),
        }
    }
    bytes
}

/// A JSON value with up to three things wrong.
pub fn value(rng: &mut ChaCha8Rng, of: &Value) -> Value {
    let mut value = of.clone();
    for _ in 0..rng.random_range(1..=3) {
        let nodes = count(&value);
        let mut left = rng.random_range(0..nodes);
        if let Some(node) = node(&mut value, &mut left) {
            damage(rng, node);
        }
    }
    value
}

/// JSON as text; now and then no longer quite JSON, or with a field twice.
pub fn text(rng: &mut ChaCha8Rng, of: &Value) -> Vec<u8> {
    let text = value(rng, of).to_string();
    match rng.random_range(0..12) {
        0 => bytes(rng, text.as_bytes()),
        1 => text.replacen('{', "{\"type\":\"run\",\"seed\":1,\"seed\":1,", 1).into_bytes(),
        2 => text.replacen("0.5", "1e999", 1).into_bytes(),
        3 => text.replacen(':', ":-", 1).into_bytes(),
        _ => text.into_bytes(),
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().take(40).map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

fn node<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().take(40).find_map(|item| node(item, left)),
        Value::Object(fields) => fields.values_mut().find_map(|field| node(field, left)),
        _ => None,
    }
}

fn damage(rng: &mut ChaCha8Rng, node: &mut Value) {
    match node {
        Value::Number(_) if rng.random_bool(0.9) => *node = number(rng),
        Value::Object(fields) if rng.random_bool(0.8) => field(rng, fields),
        Value::Array(items) if rng.random_bool(0.8) && !items.is_empty() => {
            let at = rng.random_range(0..items.len());
            match rng.random_range(0..3) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => items.truncate(at),
            }
        }
        Value::Bool(on) => *on = !*on,
        _ => *node = anything(rng),
    }
}

fn field(rng: &mut ChaCha8Rng, fields: &mut Map<String, Value>) {
    let names: Vec<String> = fields.keys().cloned().collect();
    if names.is_empty() {
        return;
    }
    let [a, b] = [one(rng, &names).clone(), one(rng, &names).clone()];
    match rng.random_range(0..4) {
        0 => drop(fields.remove(&a)),
        1 => drop(fields.insert("surprise".into(), anything(rng))),
        2 => {
            let other = fields[&b].clone();
            fields.insert(a, other);
        }
        _ => drop(fields.insert(a, anything(rng))),
    }
}

fn number(rng: &mut ChaCha8Rng) -> Value {
    let fractions = [-1.0, -0.0, 0.5, 1e-9, 1e-46, -1e-300, 3e38, 1e39, 1e308, f64::MIN];
    match rng.random_range(0..4) {
        0 => json!(rng.random_range(0..64)),
        1 => json!(rng.random::<f64>()),
        2 => Number::from_f64(*one(rng, &fractions)).map_or(Value::Null, Value::Number),
        _ => json!(one(rng, &WHOLE)),
    }
}

fn anything(rng: &mut ChaCha8Rng) -> Value {
    match rng.random_range(0..8) {
        0 => Value::Null,
        1 => json!(rng.random_bool(0.5)),
        2 => json!("\u{0}\u{fffd}ψ̈".repeat(rng.random_range(0..20))),
        3 => json!([]),
        4 => json!({}),
        5 => (0..rng.random_range(1..200)).fold(json!(1), |inside, _| json!([inside])),
        _ => number(rng),
    }
}
