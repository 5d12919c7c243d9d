//! The demo: `cargo run -p ch06`.

fn main() -> std::process::ExitCode {
    ch06::DEMO.main()
}
