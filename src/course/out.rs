//! Standard output. Its reader may leave before the end (`cargo run | head`), and that is no trouble.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

/// Prints; if nobody reads any more, the process ends without a word.
pub(crate) fn print(text: Arguments<'_>) {
    match io::stdout().write_fmt(text) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => panic!("cannot write to standard output: {error}"),
    }
}

/// As `print!`, but for [`print`]'s closed pipe.
macro_rules! out {
    ($($text:tt)+) => { $crate::out::print(format_args!($($text)+)) };
}

/// As `println!`, but for [`print`]'s closed pipe.
macro_rules! outln {
    () => { $crate::out::print(format_args!("\n")) };
    ($($text:tt)+) => { $crate::out::print(format_args!("{}\n", format_args!($($text)+))) };
}

pub(crate) use {out, outln};
