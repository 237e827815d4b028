//! Digits drawn by the program itself.
