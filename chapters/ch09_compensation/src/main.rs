//! The demo: `cargo run -p ch09`.

fn main() -> std::process::ExitCode {
    ch09::DEMO.main()
}
