//! `nodelock device`

mod bench;

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::PathBuf;

use clap::Subcommand;
use nodelock::limits::MAX_FILE_LEN;
use nodelock_authority::{DeviceUdi, Value};
use nodelock_std::{Host, quote};
use serde::Serialize;

use crate::input;
use crate::report::{Failure, Report, Status};
use crate::simulate::{
    DeviceFiles, EVENTS, Editor, Identity, MAX_CATALOG, Pasted, Printed, Session, Step,
    read_catalog,
};
use crate::style::terminal;
use crate::values::{parse_advance, parse_time};

/// Simulate a device: the real license agent, its storage in a directory, and a clock that you set
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Init(Init),
    Run(Run),
    Shell(Shell),
    Off(bench::Off),
    Clock(bench::Clock),
    Fault(bench::Fault),
}

/// Make a device
#[derive(Debug, clap::Args)]
struct Init {
    /// Directory for the device
    #[arg(long)]
    dir: PathBuf,
    /// The device's UDI
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read)]
    udi: DeviceUdi,
    /// UDI of a further member of the stack; may be repeated
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read)]
    member: Vec<DeviceUdi>,
    /// The product's features (TOML)
    #[arg(long, value_name = "FILE")]
    catalog: PathBuf,
    /// Public key (PEM) of a root to trust; may be repeated
    #[arg(long, value_name = "PUB", required = true)]
    trust: Vec<PathBuf>,
    /// Role of the trusted keys whose files do not say it
    #[arg(long, value_parser = crate::values::roles())]
    role: Option<nodelock::Role>,
    /// Accept development keys too
    #[arg(long)]
    development: bool,
    /// Wall clock at the first boot: 2026-11-22, 2026-11-22T10:30:00Z, or none for a device
    /// without a clock; now unless given
    #[arg(long, value_name = "TIME", value_parser = parse_time_arg)]
    at: Option<Time>,
}

/// Let time pass, and run an operator's command on the device
///
/// The exit status is 0 if everything that was asked for was done or granted. `help` lists the
/// commands.
#[derive(Debug, clap::Args)]
struct Run {
    /// Directory of the device
    #[arg(long)]
    dir: PathBuf,
    /// Switch the device off and on first
    #[arg(long)]
    reboot: bool,
    /// Set the wall clock to a time, or to none
    #[arg(long, value_name = "TIME", value_parser = parse_time_arg)]
    at: Option<Time>,
    /// Let this much time pass first, e.g. 3d2h
    #[arg(long, value_name = "DURATION", value_parser = parse_advance, default_value = "0s")]
    advance: u64,
    /// Cut the power after this many writes to the storage; at the first one if no number is given
    #[arg(long, value_name = "WRITES", num_args = 0..=1, default_missing_value = "0")]
    power_cut: Option<u64>,
    /// Answer yes to questions
    #[arg(long)]
    yes: bool,
    /// The command, e.g. license install FILE, as words or as one line
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// Type commands at the console of the device, or read them from the standard input
///
/// From a terminal: Tab completes and lists, ? lists what can follow, Ctrl-C drops the line, Ctrl-D
/// on an empty line leaves. From a pipe or a file the exit status is that of the last command that
/// failed, or 0.
#[derive(Debug, clap::Args)]
struct Shell {
    /// Directory of the device
    #[arg(long)]
    dir: PathBuf,
    /// Answer yes to questions
    #[arg(long)]
    yes: bool,
    /// Leave at the first command that fails
    #[arg(long)]
    stop_on_error: bool,
}

/// A time, or that there is none.
#[derive(Debug, Clone, Copy)]
struct Time(Option<u64>);

fn parse_time_arg(text: &str) -> Result<Time, String> {
    parse_time(text).map(|time| Time(time.map(|time| time.0)))
}

#[derive(Serialize)]
struct Made<'m> {
    directory: &'m str,
    udis: &'m [String],
}

pub(crate) fn run(args: &Args, json: bool) -> Result<Report, Failure> {
    match &args.what {
        What::Init(init) => make(init),
        What::Run(run) => command(run),
        What::Shell(_) if json => Err(Failure::usage("a shell has no --json; use device run")),
        What::Shell(shell) => run_shell(shell),
        What::Off(off) => bench::off(off),
        What::Clock(clock) => bench::clock(clock),
        What::Fault(fault) => bench::fault(fault),
    }
}

fn make(init: &Init) -> Result<Report, Failure> {
    let catalog = input::read_text(&init.catalog, MAX_CATALOG)?;
    let (features, agreements) = read_catalog(&catalog)
        .map_err(|error| Failure::usage(format!("{}: {error}", input::shown(&init.catalog))))?;
    let without_text = features.features().iter().filter_map(|feature| {
        let name = feature.eula_name().filter(|name| !agreements.contains_key(*name))?;
        Some(format!(
            "{} needs the agreement {name}, of which the catalog has no text: nobody can accept it; add it under \
             [agreements]",
            feature.name()
        ))
    });
    let members = std::iter::once(&init.udi).chain(&init.member);
    let udis: Vec<String> = members.map(|udi| udi.as_str().to_owned()).collect();
    if udis.len() > nodelock::limits::MAX_UDIS {
        let most = nodelock::limits::MAX_UDIS;
        return Err(Failure::usage(format!("a stack has at most {most} members")));
    }
    let wall = match init.at {
        Some(Time(wall)) => wall,
        None => std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .ok()
            .map(|since| since.as_secs()),
    };
    let identity = Identity { udis, development: init.development, wall };
    DeviceFiles::create(&init.dir, &identity, &catalog, &init.trust, init.role)?;
    let directory = init.dir.display().to_string();
    let (place, udis) = (input::shown(&init.dir), identity.udis.join(", "));
    let plain = format!("{place}: a device with UDI {udis} was made\n");
    let shape = Made { directory: &directory, udis: &identity.udis };
    Ok(Report::new(Status::Yes, plain, &shape).warn(without_text))
}

fn command(run: &Run) -> Result<Report, Failure> {
    let mut session = Session::open(&run.dir)?;
    if run.reboot {
        session.reboot()?;
    }
    let line = (!run.command.is_empty()).then(|| typed(&run.command));
    let mut step = Some(Step {
        advance: run.advance,
        set_wall: run.at.map(|Time(wall)| wall),
        command: line,
        power_cut: run.power_cut,
        fault: None,
    });
    let mut outside = Outside { yes: run.yes, pasted: None };
    let mut result = Printed::default();
    session.run(&mut outside, |printed, _| {
        if let Some(printed) = printed {
            result = printed;
        }
        Ok(step.take())
    })?;
    let cut = result.done && run.power_cut.is_some();
    let status = if cut { Status::No } else { result.status };
    let report = Report::new(status, shown(&result), &result);
    let note = run.power_cut.map(|_| "the power is off; the next command boots the device".into());
    Ok(report.note(note))
}

/// The words of a command as one line. A single argument is one already.
fn typed(words: &[String]) -> String {
    let word = |word: &String| match word.as_str() {
        "|" | "?" => word.clone(),
        word => quote(word),
    };
    match words {
        [line] => line.clone(),
        words => words.iter().map(word).collect::<Vec<_>>().join(" "),
    }
}

fn shown(printed: &Printed) -> String {
    let mut text = printed.text.clone();
    if printed.events_dropped > 0 {
        let dropped = printed.events_dropped;
        text +=
            &format!("{dropped} older events are not shown: the device keeps the last {EVENTS}\n");
    }
    for event in &printed.events {
        text += &format!("%{}\n", event.text);
    }
    text
}

fn run_shell(shell: &Shell) -> Result<Report, Failure> {
    let mut session = Session::open(&shell.dir)?;
    let pasted = Pasted::default();
    let mut outside = Outside { yes: shell.yes, pasted: Some(pasted.clone()) };
    let (history, features) = (session.history_file(), session.features());
    let mut editor = Editor::new(&history, features, pasted, shell.stop_on_error)?;
    session.run(&mut outside, |printed, _| {
        if let Some(printed) = printed {
            editor.note(printed.status);
            let mut out = anstream::stdout().lock();
            let _ = out.write_all(terminal(&shown(&printed)).as_bytes());
            let _ = out.flush();
        }
        editor.next_step()
    })?;
    Ok(Report::new(editor.status(), String::new(), &()))
}

/// Files and questions of the person at the terminal.
struct Outside {
    yes: bool,
    /// What a shell has for `-`; without a shell that is the standard input.
    pasted: Option<Pasted>,
}

impl Host for Outside {
    fn read_stdin(&mut self) -> io::Result<Vec<u8>> {
        match &self.pasted {
            Some(pasted) => Ok(pasted.borrow_mut().take().unwrap_or_default()),
            None => nodelock_std::read_stdin(MAX_FILE_LEN),
        }
    }

    fn eula_text(&mut self, _: &str) -> Option<String> {
        None
    }

    fn confirm(&mut self, text: &str, question: &str) -> bool {
        let mut stderr = anstream::stderr();
        let _ = writeln!(stderr, "{}", terminal(text));
        if self.yes {
            return true;
        }
        // In a shell Ctrl-C drops a line and not the shell, here as everywhere in it.
        if self.pasted.is_some()
            && io::stdin().is_terminal()
            && let Ok(mut editor) = rustyline::DefaultEditor::new()
        {
            let answer = editor.readline(&format!("{} yes/[no]: ", terminal(question)));
            return answer.is_ok_and(|answer| matches!(answer.trim(), "y" | "yes"));
        }
        let _ = write!(stderr, "{} yes/[no]: ", terminal(question));
        let _ = stderr.flush();
        if !io::stdin().is_terminal() {
            let _ = writeln!(stderr, "no (give --yes to accept)");
            return false;
        }
        let mut answer = String::new();
        // Nobody types more.
        io::stdin().lock().take(1_000).read_line(&mut answer).is_ok()
            && matches!(answer.trim(), "y" | "yes")
    }
}
