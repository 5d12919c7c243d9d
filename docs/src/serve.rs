//! The book over HTTP, on this machine only; built anew when a text has changed.

use anyhow::{Result, anyhow};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use tiny_http::{Header, Request, Response, Server};

/// A server that listens already, and serves once it is told to.
pub struct Listening {
    server: Server,
    /// Where the book is, for a browser.
    pub address: String,
}

/// Takes the port; 0 is any free one.
///
/// # Errors
/// The port is in use, or may not be used.
pub fn listen(port: u16) -> Result<Listening> {
    let server = Server::http((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        let next = port.checked_add(1).unwrap_or(3000);
        anyhow!("cannot serve on port {port}: {error}; another: cargo book --serve {next}")
    })?;
    let address = format!("http://{}/", server.server_addr());
    Ok(Listening { server, address })
}

impl Listening {
    /// Answers requests for the files under `book` until the process ends. `renew` is called before each page.
    pub fn serve(&self, book: &Path, mut renew: impl FnMut()) {
        for request in self.server.incoming_requests() {
            if is_page(request.url()) {
                renew();
            }
            if let Err(error) = answer(request, book) {
                eprintln!("an answer did not get through: {error}");
            }
        }
    }
}

fn is_page(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    path.ends_with('/') || path.ends_with(".html")
}

fn answer(request: Request, book: &Path) -> std::io::Result<()> {
    let file = file(book, request.url());
    match file.and_then(|file| Some((std::fs::read(&file).ok()?, file))) {
        Some((bytes, file)) => {
            let mut response = Response::from_data(bytes);
            for header in [
                Header::from_bytes("Content-Type", kind(&file)),
                Header::from_bytes("Cache-Control", "no-cache"),
            ] {
                response.add_header(header.map_err(|()| std::io::ErrorKind::InvalidInput)?);
            }
            request.respond(response)
        }
        None => {
            let text = "There is no such page: the book begins at /\n";
            request.respond(Response::from_string(text).with_status_code(404))
        }
    }
}

/// The file that a URL names. Only names go into the path, so that it stays inside the book.
fn file(book: &Path, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let mut file = book.to_owned();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        let is_plain = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        if !is_plain || name.starts_with('.') {
            return None;
        }
        file.push(name);
    }
    if path.ends_with('/') {
        file.push("index.html");
    }
    Some(file)
}

fn kind(file: &Path) -> &'static str {
    let ending = file.extension().map(|ending| ending.to_string_lossy());
    match ending.as_deref() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_of_the_book() {
        let named = |url: &str| file(Path::new("b"), url);
        assert_eq!(named("/"), Some("b/index.html".into()));
        assert_eq!(named("/en/"), Some("b/en/index.html".into()));
        assert_eq!(named("/en/ch03.html?x=1#y"), Some("b/en/ch03.html".into()));
    }

    #[test]
    fn no_url_leads_out_of_the_book() {
        let named = |url: &str| file(Path::new("b"), url);
        for url in [
            "/../secret",
            "/en/../../secret",
            "/%2e%2e/secret",
            "/.git",
            "/a\\b",
        ] {
            assert_eq!(named(url), None, "{url}");
        }
    }
}
