//! The commands of an operator.

use core::ffi::{CStr, c_char, c_void};
use std::string::{String, ToString};

use nodelock::Now;
use nodelock_std::{Command, Host, JobQueue};

use crate::agent::{Core, change_at, nodelock_agent, nodelock_now};
use crate::config::load;
use crate::hosted::host::{nodelock_std_host, using};
use crate::hosted::{c_text, line};
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_NO_SUCH_COMMAND, NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_OUTPUT,
    NODELOCK_ERR_RESERVED, nodelock_result, number,
};

/// The operator's side of a command. Begin with zeros. The functions must not call the library on the same host or
/// agent.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_std_console {
    /// sizeof(nodelock_std_console), as the program knows it.
    pub size: u32,
    /// 0.
    pub reserved: u32,
    /// Passed to the functions.
    pub user: *mut c_void,
    /// Takes what the command has to say, once and at its end: len bytes of lines that end with '\n', and a
    /// NUL behind them. Returns 0, or another number if that does not work.
    pub print:
        Option<unsafe extern "C" fn(user: *mut c_void, text: *const c_char, len: usize) -> i32>,
    /// The text of a license agreement, which stays as it is until nodelock_std_run returns, or NULL if there
    /// is none of this name. May be NULL: there are none.
    pub eula: Option<unsafe extern "C" fn(user: *mut c_void, name: *const c_char) -> *const c_char>,
    /// Shows a text and asks a question: 1 is yes, everything else is no. May be NULL: no.
    pub confirm: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            text: *const c_char,
            question: *const c_char,
        ) -> i32,
    >,
}

/// Carries out what an operator has typed: "show license", "license install FILE", "explain voice"; "help"
/// lists all commands. License files are read in any form, as by nodelock_std_read_license. What it has to say goes to print.
///
/// host     The host, which keeps the jobs of "license job ...", up to 16 at a time.
/// agent    The agent, which may keep its licenses elsewhere.
/// now      The time.
/// command  The line, without its end; or a license, with its line ends, which is installed: by itself, in a mail, or in
///          base64. Less than 4096 bytes; longer ones are installed as files.
/// console  See nodelock_std_console.
/// done     1 if everything that was asked for was done; of "explain", if the feature may run; else 0. For
///          people and scripts: what may run is told by nodelock_agent_granted.
///
/// Results: NODELOCK_OK, whatever done is; NODELOCK_ERR_NO_SUCH_COMMAND, and print says what there is;
/// NODELOCK_ERR_OUTPUT if print fails, and the command may be done; NODELOCK_ERR_CONFIG_SIZE,
/// NODELOCK_ERR_RESERVED for console; NODELOCK_ERR_TEXT_TOO_LONG, NODELOCK_ERR_ARGUMENT (time).
/// Writes: *done on NODELOCK_OK; agent; storage and files, as the command says. Calls: print, eula,
/// confirm, sha256_..., verify_signature, load, store, remove, counters_.... Threads: see base.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_std_run(
    host: *mut nodelock_std_host,
    agent: *mut nodelock_agent,
    now: *const nodelock_now,
    command: *const c_char,
    console: *const nodelock_std_console,
    done: *mut u32,
) -> nodelock_result {
    // SAFETY: the caller's promise. Storage, which the agent may call meanwhile, is another part of the host
    // than the desk.
    number(unsafe {
        using(host, |parts| {
            ptr::check(done)?;
            let (command, console) = (line(command)?, Console::read(console)?);
            let desk = &mut (*parts).desk;
            let is_done =
                change_at(agent, now, |core, _, now| console.carry_out(core, desk, command, now))?;
            ptr::put(done, u32::from(is_done));
            Ok(())
        })
    })
}

/// The program's console.
struct Console {
    print: unsafe extern "C" fn(*mut c_void, *const c_char, usize) -> i32,
    functions: nodelock_std_console,
}

impl Console {
    /// The caller's promise: `from` is NULL or leads to a console of the size that it says.
    unsafe fn read(from: *const nodelock_std_console) -> Result<Self, Code> {
        // SAFETY: passed on; zero is a value of every field.
        let functions = unsafe { load(from) }?;
        let nodelock_std_console { print, reserved, .. } = functions;
        if reserved != 0 {
            return Err(Code(NODELOCK_ERR_RESERVED));
        }
        let print = print.ok_or(Code(NODELOCK_ERR_NULL_ARGUMENT))?;
        Ok(Self { print, functions })
    }

    fn carry_out(
        mut self,
        agent: &mut Core,
        desk: &mut JobQueue<'static>,
        command: &[u8],
        now: Now,
    ) -> Result<bool, Code> {
        let Ok(command) = core::str::from_utf8(command) else {
            self.say("not a command: it is not in UTF-8\n")?;
            return Err(Code(NODELOCK_ERR_NO_SUCH_COMMAND));
        };
        match Command::parse(command) {
            Ok(command) => {
                let outcome = nodelock_std::run(agent, desk, &command, now, &mut self);
                self.say(outcome.text)?;
                Ok(outcome.done)
            }
            Err(error) => {
                self.say(error.to_string())?;
                Err(Code(NODELOCK_ERR_NO_SUCH_COMMAND))
            }
        }
    }

    fn say(&self, text: impl Into<String>) -> Result<(), Code> {
        let text = c_text(text);
        // SAFETY: the program's function, called as the header says.
        match unsafe { (self.print)(self.functions.user, text.as_ptr(), text.count_bytes()) } {
            0 => Ok(()),
            _ => Err(Code(NODELOCK_ERR_OUTPUT)),
        }
    }
}

impl Host for Console {
    fn eula_text(&mut self, name: &str) -> Option<String> {
        let name = c_text(name);
        // SAFETY: the program's function, called as the header says.
        let text = unsafe { self.functions.eula?(self.functions.user, name.as_ptr()) };
        if text.is_null() {
            return None;
        }
        // SAFETY: it ends with NUL, and stays until the command is over: the program's promise.
        let text = unsafe { CStr::from_ptr(text) };
        Some(text.to_string_lossy().into_owned())
    }

    fn confirm(&mut self, text: &str, question: &str) -> bool {
        let Some(confirm) = self.functions.confirm else {
            return false;
        };
        let (text, question) = (c_text(text), c_text(question));
        // SAFETY: the program's function, called as the header says.
        unsafe { confirm(self.functions.user, text.as_ptr(), question.as_ptr()) == 1 }
    }
}
