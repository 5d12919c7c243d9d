//! The demo: `cargo run -p ch07`.

fn main() -> std::process::ExitCode {
    ch07::DEMO.main()
}
