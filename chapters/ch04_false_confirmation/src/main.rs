//! The demo: `cargo run -p ch04`.

fn main() -> std::process::ExitCode {
    ch04::DEMO.main()
}
