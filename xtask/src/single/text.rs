//! Bytes as text that a page can hold: base 85 for its files, base 64 where browsers ask for that. Knows nothing of pages.

/// The digits to base 85 are the characters from here on, without `<`, which may end an element.
/// `www/single/inside.js` reads and writes them.
const FIRST: u8 = b'#';
const BASE: u32 = 85;
const BASE_64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Five digits for each four bytes, and one more than there are bytes at the end.
pub fn base_85(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / 4 * 5 + 5);
    for chunk in bytes.chunks(4) {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        let word = u32::from_be_bytes(word);
        for place in (0..5).rev().take(chunk.len() + 1) {
            let digit = FIRST + (word / BASE.pow(place) % BASE) as u8;
            text.push(char::from(if digit < b'<' { digit } else { digit + 1 }));
        }
    }
    text
}

pub fn base_64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut word = [0; 4];
        word[1..=chunk.len()].copy_from_slice(chunk);
        let word = u32::from_be_bytes(word);
        for place in 0..4 {
            let digit = (word >> (18 - 6 * place)) as usize % 64;
            text.push(if place <= chunk.len() { char::from(BASE_64[digit]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_is_the_one_that_browsers_know() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base_64(bytes.as_bytes()), text);
        }
        assert_eq!(base_64(&[255, 254, 253]), "//79");
    }

    #[test]
    fn base_85_has_a_length_for_each_and_no_character_that_a_page_would_mind() {
        let bytes: Vec<u8> = (0..=255).rev().chain(0..=255).collect();
        for length in 0..bytes.len() {
            let text = base_85(&bytes[..length]);
            assert_eq!(
                text.len(),
                length / 4 * 5 + if length % 4 > 0 { length % 4 + 1 } else { 0 }
            );
            assert!(text.bytes().all(|byte| (b'#'..=b'x').contains(&byte) && byte != b'<'));
        }
        // As tests/browser/single.test.mjs has them.
        assert_eq!(base_85(&[0, 0, 0, 0, 255, 255, 255, 255, 1]), "#####v:Z/##?");
    }
}
