//! The demo: `cargo run -p ch10`. With `--states` it prints the solution's table of transitions.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(feature = "answers")]
    if std::env::args().skip(1).eq(["--states"]) {
        print!("{}", ch10::states::table());
        return ExitCode::SUCCESS;
    }
    ch10::DEMO.main()
}
