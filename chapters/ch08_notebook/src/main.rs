//! The demo: `cargo run -p ch08`.

fn main() -> std::process::ExitCode {
    ch08::DEMO.main_with(&ch08::PAGES)
}
