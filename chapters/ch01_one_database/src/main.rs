//! The demo: `cargo run -p ch01`.

fn main() -> std::process::ExitCode {
    ch01::DEMO.main()
}
