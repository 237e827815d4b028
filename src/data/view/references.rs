//! The reference files as tests/references/views.py writes them: one case a line, in each of them whole numbers and lists.

/// The cases of a file.
pub fn cases(json: &'static str) -> impl Iterator<Item = &'static str> {
    json.lines().filter(|line| line.starts_with('{'))
}

/// The entries of the list at `key`.
pub fn list(case: &'static str, key: &str) -> Vec<&'static str> {
    let (_, after) = case.split_once(&format!("\"{key}\":[")).expect(key);
    let (entries, _) = after.split_once(']').expect("the list ends");
    entries.split(',').map(|entry| entry.trim_matches('"')).collect()
}

/// The number at `key`.
pub fn number(case: &'static str, key: &str) -> usize {
    let (_, after) = case.split_once(&format!("\"{key}\":")).expect(key);
    let (digits, _) = after.split_once([',', '}']).expect("the number ends");
    digits.parse().expect("a number")
}

/// The grey levels at `key`.
pub fn bytes(case: &'static str, key: &str) -> Vec<u8> {
    list(case, key).iter().map(|entry| entry.parse().expect("a byte")).collect()
}
