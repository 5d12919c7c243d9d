//! The demo: `cargo run -p ch10`.

fn main() -> std::process::ExitCode {
    ch10::DEMO.main()
}
