//! The command `nodelock`.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    nodelock_cli::main()
}
