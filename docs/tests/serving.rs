//! `cargo book --serve`: the pages over HTTP.

use crate::common::Small;
use book::serve::listen;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The whole answer to a request, head and body.
fn get(address: &str, path: &str) -> String {
    let host = address.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_pages_are_served_and_looked_after() {
    let small = Small::new();
    let book = small.build().unwrap();
    let listening = listen(0).unwrap();
    let address = listening.address.clone();
    let renewed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&renewed);
    // It ends with the test's process.
    std::thread::spawn(move || {
        listening.serve(&book, || {
            count.fetch_add(1, Ordering::SeqCst);
        });
    });

    let page = get(&address, "/ja/ch01-sold.html");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("Content-Type: text/html; charset=utf-8"));
    assert!(page.contains("本が売れる"));
    assert!(get(&address, "/en/").contains("Opening"));
    assert_eq!(renewed.load(Ordering::SeqCst), 2, "once for each page");

    let style = get(&address, "/assets/book.css");
    assert!(style.contains("Content-Type: text/css"), "{style}");
    assert_eq!(renewed.load(Ordering::SeqCst), 2, "a style is no page");
    for path in ["/none.html", "/../target/book/en/index.html", "/.nojekyll"] {
        assert!(get(&address, path).starts_with("HTTP/1.1 404"), "{path}");
    }
}
