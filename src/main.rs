//! The guide: `cargo run`. It says where you stand, shows the next accident, and names the one next thing to do.

fn main() -> std::process::ExitCode {
    guide::main()
}
