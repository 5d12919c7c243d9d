//! Standard output. Its reader may leave early (`cargo run | head`), which is no error.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

/// Prints; if nobody reads any more, the process ends silently.
pub(crate) fn print(text: Arguments<'_>) {
    match io::stdout().write_fmt(text) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => panic!("cannot write to standard output: {error}"),
    }
}

/// Like `print!`, but with [`print`]'s treatment of a closed pipe.
macro_rules! out {
    ($($text:tt)+) => { $crate::out::print(format_args!($($text)+)) };
}

/// Like `println!`, but with [`print`]'s treatment of a closed pipe.
macro_rules! outln {
    () => { $crate::out::print(format_args!("\n")) };
    ($($text:tt)+) => { $crate::out::print(format_args!("{}\n", format_args!($($text)+))) };
}

pub(crate) use {out, outln};
