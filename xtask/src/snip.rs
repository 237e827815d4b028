//! Takes out of a program what it can never reach. burn asks of every operation whether its tensor is quantized, and
//! the way there leads through a sixth of all code: quantizing needs the extremes of a tensor, whose gradients need
//! scattering. ganvas has no quantized tensors. So the bodies of those functions are replaced by a trap; wasm-bindgen
//! then drops whatever only they have called.

use anyhow::{Result, ensure};
use std::collections::HashMap;

/// Whether a function of this name is never reached. Scattering is left where a table still names the gradients of
/// extremes; no formula of ours asks for those, nor gathers. All our floats have 32 bits.
fn is_never_reached(name: &str) -> bool {
    let quantizes = name.contains("QTensorOps") && !name.contains("drop_in_place");
    let halves =
        name.contains("burn_flex") && ["_f16", "_bf16"].iter().any(|half| name.contains(half));
    // Of a tensor: formulas of ours look for none, and softmax has an operation of its own.
    let seeks_extremes = name.contains("burn_flex3ops6reduce")
        && ["max_dim", "min_dim", "reduce3max", "reduce3min"].iter().any(|of| name.contains(of));
    quantizes || halves || seeks_extremes || name.contains("float_scatter")
}

/// A body without locals that traps: `unreachable`, `end`.
const TRAP: [u8; 3] = [0, 0x00, 0x0b];

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;

/// Bytes that are read from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        ensure!(count <= self.0.len(), "the program ends in the middle of something");
        let (front, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(front)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.bytes(1)?[0])
    }

    /// An unsigned number in LEB128.
    fn number(&mut self) -> Result<usize> {
        let (mut number, mut shift) = (0usize, 0u32);
        loop {
            let byte = self.byte()?;
            ensure!(shift < 35, "the program holds a number that is too long");
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
    }

    /// Bytes behind their length.
    fn block(&mut self) -> Result<Reader<'a>> {
        let length = self.number()?;
        self.bytes(length).map(Reader)
    }
}

fn write_number(mut number: usize, to: &mut Vec<u8>) {
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            return to.push(byte);
        }
        to.push(byte | 0x80);
    }
}

/// The program without what it never reaches, and how many functions that were.
///
/// # Errors
/// When it is no WebAssembly, or has no names.
pub fn snipped(program: &[u8]) -> Result<(Vec<u8>, usize)> {
    let mut reader = Reader(program);
    let head = reader.bytes(8)?;
    ensure!(head.starts_with(b"\0asm"), "the program is no WebAssembly");
    let mut sections = Vec::new();
    while !reader.0.is_empty() {
        sections.push((reader.byte()?, reader.block()?.0));
    }
    let of = |kind: u8| sections.iter().filter(move |(other, _)| *other == kind);
    let imported = of(IMPORTS).map(|(_, body)| imported_functions(body)).sum::<Result<usize>>()?;
    let mut names = HashMap::new();
    for (_, body) in of(CUSTOM) {
        read_names(body, &mut names)?;
    }
    ensure!(!names.is_empty(), "the program has no names, by which what it never reaches is found");
    let (mut out, mut count) = (head.to_vec(), 0);
    for (kind, body) in &sections {
        let body = match *kind {
            CODE => without(body, imported, &names, &mut count)?,
            _ => body.to_vec(),
        };
        out.push(*kind);
        write_number(body.len(), &mut out);
        out.extend(body);
    }
    Ok((out, count))
}

/// The code section with traps for bodies.
fn without(
    section: &[u8],
    imported: usize,
    names: &HashMap<usize, String>,
    count: &mut usize,
) -> Result<Vec<u8>> {
    let mut reader = Reader(section);
    let functions = reader.number()?;
    let mut out = Vec::with_capacity(section.len());
    write_number(functions, &mut out);
    for index in 0..functions {
        let mut body = reader.block()?.0;
        if names.get(&(imported + index)).is_some_and(|name| is_never_reached(name)) {
            (body, *count) = (&TRAP, *count + 1);
        }
        write_number(body.len(), &mut out);
        out.extend_from_slice(body);
    }
    Ok(out)
}

/// How many functions a section of imports holds: they are numbered before all others.
fn imported_functions(section: &[u8]) -> Result<usize> {
    let mut reader = Reader(section);
    let mut functions = 0;
    for _ in 0..reader.number()? {
        reader.block()?;
        reader.block()?;
        let kind = reader.byte()?;
        // A table has a type before its limits, and so has a global before its mutability.
        if kind == 1 || kind == 3 {
            reader.byte()?;
        }
        match kind {
            0 => {
                reader.number()?;
                functions += 1;
            }
            1 | 2 => {
                let has_most = reader.byte()? & 1 == 1;
                (0..1 + usize::from(has_most)).try_for_each(|_| reader.number().map(drop))?;
            }
            _ => drop(reader.byte()?),
        }
    }
    Ok(functions)
}

/// The functions' names, where this is the section that holds them.
fn read_names(section: &[u8], names: &mut HashMap<usize, String>) -> Result<()> {
    const FUNCTIONS: u8 = 1;
    let mut reader = Reader(section);
    if reader.block()?.0 != b"name" {
        return Ok(());
    }
    while !reader.0.is_empty() {
        let kind = reader.byte()?;
        let mut part = reader.block()?;
        if kind != FUNCTIONS {
            continue;
        }
        for _ in 0..part.number()? {
            let index = part.number()?;
            names.insert(index, String::from_utf8_lossy(part.block()?.0).into_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(kind: u8, body: &[u8]) -> Vec<u8> {
        [&[kind, body.len() as u8], body].concat()
    }

    /// One imported function, then two of its own: one that is never reached and one that is.
    fn program(names: &[&str]) -> Vec<u8> {
        let body = [0, 0x01, 0x01, 0x0b];
        let code = [&[2, 4][..], &body, &[4], &body].concat();
        let mut list = vec![names.len() as u8];
        for (i, name) in names.iter().enumerate() {
            list.extend([i as u8, name.len() as u8]);
            list.extend(name.as_bytes());
        }
        let name = [&[4][..], b"name", &section(1, &list)].concat();
        [
            b"\0asm\x01\0\0\0".to_vec(),
            section(IMPORTS, b"\x01\x01a\x01b\x00\x00"),
            section(CODE, &code),
            section(CUSTOM, &name),
        ]
        .concat()
    }

    #[test]
    fn what_is_never_reached_becomes_a_trap() {
        let before = program(&["in", "QTensorOps::q_add", "add"]);
        let (after, count) = snipped(&before).unwrap();
        assert_eq!((count, after.len()), (1, before.len() - 1));
        let code = section(CODE, &[2, 3, 0, 0x00, 0x0b, 4, 0, 0x01, 0x01, 0x0b]);
        assert!(after.windows(code.len()).any(|window| window == code));
        // A name may end in any hash.
        assert!(!is_never_reached("_ZN9burn_flex3ops4mask10mask_where17hb4dd0b35b7376f16E"));
        assert!(is_never_reached("_ZN9burn_flex3ops4mask13mask_fill_f1617hf49435b0ffe1146dE"));
        // What is dropped needs its real drop.
        let (same, count) = snipped(&program(&["in", "drop_in_place<QTensorOps>", "add"])).unwrap();
        assert_eq!((count, same), (0, program(&["in", "drop_in_place<QTensorOps>", "add"])));
    }

    #[test]
    fn what_is_no_program_is_refused() {
        for bytes in [&b""[..], b"\0asm\x01\0", b"<!doctype", b"\0asm\x01\0\0\0\x0a\x7f"] {
            assert!(snipped(bytes).is_err(), "{bytes:?}");
        }
        let nameless = &program(&[])[..];
        assert!(snipped(nameless).unwrap_err().to_string().contains("no names"));
    }
}
