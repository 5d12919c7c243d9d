//! The demo: `cargo run -p ch05`.

fn main() -> std::process::ExitCode {
    ch05::DEMO.main()
}
