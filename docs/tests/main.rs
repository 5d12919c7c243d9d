//! The tests of the book's builder, in one program: five would be linked one by one.

mod bad_input;
mod common;
mod pages;
mod player;
mod serving;
mod words;
