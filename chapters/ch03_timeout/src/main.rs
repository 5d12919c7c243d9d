//! The demo: `cargo run -p ch03`.

fn main() -> std::process::ExitCode {
    ch03::DEMO.main()
}
