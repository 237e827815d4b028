//! Takes out of a program what it can never reach. burn asks of every operation whether its tensor is quantized, and
//! burn-flex picks its kernels by the kind of number at run time; so a program holds all of what ganvas never asks for, and
//! whatever that calls. The bodies of such functions are replaced by a trap; wasm-bindgen then drops what only they have
//! called. A function is known by its name, with the types it was compiled for (the programs are built with
//! `symbol-mangling-version=v0`, which keeps them).

use crate::program::Program;
use anyhow::{Result, ensure};
use std::collections::HashMap;

/// Functions that are never reached, and why they are not.
struct Rule {
    why: &'static str,
    meets: fn(&Name) -> bool,
}

/// Of both programs.
const BURN: [Rule; 2] = [
    Rule {
        why: "no tensor is quantized",
        meets: |name| name.path.contains("::QTensorOps") && !name.is_drop(),
    },
    Rule {
        why: "no formula asks for the gradient of an extreme, nor gathers",
        meets: |name| name.path.contains("::float_scatter"),
    },
];

/// Of the CPU program, which has one of each at least.
const FLEX: [Rule; 7] = [
    Rule {
        why: "no formula looks for extremes, and softmax has an operation of its own",
        meets: |name| {
            let reduction = name.path.strip_prefix("burn_flex::ops::reduce::");
            reduction.is_some_and(|of| of.starts_with("max") || of.starts_with("min"))
        },
    },
    Rule {
        why: "no tensor holds numbers of other types",
        // Not closures: one that does nothing with the numbers may serve all types, under the name of any.
        meets: |name| {
            let path = name.path.trim_start_matches('<');
            path.starts_with("burn_flex::")
                && !path.ends_with('}')
                && name.first.as_deref().is_some_and(|first| OTHER_NUMBERS.contains(&first))
        },
    },
    Rule {
        why: "no tensor holds truth values",
        meets: |name| {
            let modules = ["burn_flex::ops::mask::", "burn_flex::ops::comparison::"];
            modules.iter().any(|module| name.path.starts_with(module))
        },
    },
    Rule {
        why: "no value is computed twice to save memory",
        meets: |name| name.whole.starts_with(BALANCED),
    },
    Rule {
        why: "no tensor is shared between machines",
        meets: |name| {
            let client = "<burn_backend::backend::distributed::client::DistributedSyncClient>";
            name.path.starts_with(client)
        },
    },
    Rule {
        why: "no channel joins threads, of which there is one",
        meets: |name| name.whole.contains("std::sync::mpmc::") && !name.is_drop(),
    },
    Rule {
        why: "burn keeps no log of its own",
        meets: |name| {
            name.path.starts_with("<cubecl_environment::config::logger::")
                || name.path == "<burn_std::config::logger::Logger>::new"
        },
    },
];

/// Numbers that no tensor has: ours have `f32`. Those of four bytes share functions with it that only copy.
const OTHER_NUMBERS: [&str; 9] =
    ["f64", "half::bfloat::bf16", "half::binary16::f16", "i8", "i16", "i64", "u8", "u16", "u64"];

/// A backend that records what it does and, to save memory, forgets some of it.
const BALANCED: &str = "<burn_autodiff::backend::Autodiff<burn_flex::backend::Flex, \
                        burn_autodiff::checkpoint::strategy::BalancedCheckpointing>";

/// What a function is called.
struct Name {
    whole: String,
    /// Without the types that it was compiled for: `<burn_flex::tensor::FlexTensor>::storage`.
    path: String,
    /// The first of these types.
    first: Option<String>,
}

impl Name {
    fn new(mangled: &str) -> Self {
        let whole = format!("{:#}", rustc_demangle::demangle(mangled));
        let (mut path, mut first) = (String::new(), None);
        // Of each bracket that is open, whether it is one at the front: those hold whose function it is.
        let mut fronts = Vec::new();
        for (at, c) in whole.char_indices() {
            match c {
                '<' => {
                    if fronts.is_empty() && !path.is_empty() && first.is_none() {
                        first = whole[at + 1..].split([',', '>']).next().map(str::to_owned);
                    }
                    fronts.push(path.chars().all(|before| before == '<'));
                }
                '>' if !whole[..at].ends_with('-') => {
                    if fronts.pop() == Some(true) {
                        path.push(c);
                    }
                    continue;
                }
                _ => {}
            }
            if fronts.iter().all(|front| *front) {
                path.push(c);
            }
        }
        let path = path.replace("::::", "::").trim_end_matches("::").to_owned();
        Self { whole, path, first }
    }

    fn is_drop(&self) -> bool {
        self.whole.contains("drop_in_place")
    }
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

/// The program without what it never reaches.
///
/// # Errors
/// When it is no WebAssembly, has no names, or nothing that a rule for it is about.
pub fn snipped(program: &[u8], kind: Program) -> Result<Vec<u8>> {
    let flex: &[Rule] = match kind {
        Program::Cpu => &FLEX,
        Program::Gpu => &[],
    };
    let mut rules: Vec<(&Rule, usize)> = BURN.iter().chain(flex).map(|rule| (rule, 0)).collect();
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
    let mut out = head.to_vec();
    for (kind, body) in &sections {
        let body = match *kind {
            CODE => without(body, imported, &names, &mut rules)?,
            _ => body.to_vec(),
        };
        out.push(*kind);
        write_number(body.len(), &mut out);
        out.extend(body);
    }
    // The GPU program's compiler may have found out by itself.
    let told = matches!(kind, Program::Cpu);
    for (rule, count) in rules {
        ensure!(count > 0 || !told, "the program has nothing to leave out because {}", rule.why);
    }
    Ok(out)
}

/// The code section with traps for bodies, and how many by each rule.
fn without(
    section: &[u8],
    imported: usize,
    names: &HashMap<usize, Name>,
    rules: &mut [(&Rule, usize)],
) -> Result<Vec<u8>> {
    let mut reader = Reader(section);
    let functions = reader.number()?;
    let mut out = Vec::with_capacity(section.len());
    write_number(functions, &mut out);
    for index in 0..functions {
        let mut body = reader.block()?.0;
        if let Some(name) = names.get(&(imported + index)) {
            for (_, count) in rules.iter_mut().filter(|(rule, _)| (rule.meets)(name)) {
                (body, *count) = (&TRAP, *count + 1);
            }
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
fn read_names(section: &[u8], names: &mut HashMap<usize, Name>) -> Result<()> {
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
            names.insert(index, Name::new(&String::from_utf8_lossy(part.block()?.0)));
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

    const QUANTIZES: &str = "<Flex as burn::QTensorOps<Flex>>::quantize";
    const SCATTERS: &str = "<Flex as burn::FloatTensorOps<Flex>>::float_scatter";

    #[test]
    fn what_is_never_reached_becomes_a_trap() {
        let before = program(&["in", QUANTIZES, SCATTERS]);
        let after = snipped(&before, Program::Gpu).unwrap();
        assert_eq!(after.len(), before.len() - 2);
        let code = section(CODE, &[2, 3, 0, 0x00, 0x0b, 3, 0, 0x00, 0x0b]);
        assert!(after.windows(code.len()).any(|window| window == code));
    }

    #[test]
    fn a_rule_about_nothing_is_told() {
        let refusal =
            |names: [&str; 3]| snipped(&program(&names), Program::Cpu).unwrap_err().to_string();
        assert!(refusal(["in", "add", SCATTERS]).ends_with("because no tensor is quantized"));
        // What is dropped needs its real drop.
        let drop = "drop_in_place::<burn::QTensorOps>";
        assert!(refusal(["in", drop, SCATTERS]).ends_with("because no tensor is quantized"));
        assert!(refusal(["in", QUANTIZES, "add"]).ends_with("nor gathers"));
        let cpu = snipped(&program(&["in", QUANTIZES, SCATTERS]), Program::Cpu);
        assert!(cpu.unwrap_err().to_string().contains("extremes"));
    }

    #[test]
    fn functions_are_told_by_their_names_and_types() {
        let reason = |name: &str| {
            let name = Name::new(name);
            BURN.iter().chain(&FLEX).find(|rule| (rule.meets)(&name)).map(|rule| rule.why)
        };
        let other = Some("no tensor holds numbers of other types");
        for (name, why) in [
            ("burn_flex::ops::binary::binary_op_typed::<f64, fn() -> f32>", other),
            ("<burn_flex::tensor::FlexTensor>::storage::<i64>", other),
            ("burn_flex::ops::binary::binary_op_typed::<f32, f64>", None),
            ("<burn_flex::tensor::FlexTensor>::storage::<u32>", None),
            // It may be that of f32, too.
            ("burn_flex::ops::cat::cat_impl::<u8>::{closure#1}", None),
            ("<alloc::vec::Vec<f64>>::push::<burn_flex::tensor::FlexTensor>", None),
            ("core::ptr::drop_in_place::<f64>", None),
            ("burn_flex::ops::mask::mask_where::<f32>", Some("no tensor holds truth values")),
            ("burn_flex::ops::reduce::mean_dim", None),
        ] {
            assert_eq!(reason(name), why, "{name}");
        }
    }

    #[test]
    fn what_is_no_program_is_refused() {
        for bytes in [&b""[..], b"\0asm\x01\0", b"<!doctype", b"\0asm\x01\0\0\0\x0a\x7f"] {
            assert!(snipped(bytes, Program::Gpu).is_err(), "{bytes:?}");
        }
        let nameless = snipped(&program(&[]), Program::Gpu).unwrap_err();
        assert!(nameless.to_string().contains("no names"));
    }
}
