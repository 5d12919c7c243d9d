//! The demo: `cargo run -p ch02`.

fn main() -> std::process::ExitCode {
    ch02::DEMO.main()
}
