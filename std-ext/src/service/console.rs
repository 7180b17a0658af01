//! The operator's commands on a service.

use std::io;
use std::sync::mpsc::{self, Sender};

use super::driver::Driver;
use super::handle::Handle;
use crate::console::{self, Command, Host, Outcome};
use crate::error::Error;

/// What the thread of the service wants from the host, which stays in the thread of the caller.
enum Message {
    Read(String, Sender<io::Result<Vec<u8>>>),
    Old(String, Sender<Option<Vec<u8>>>),
    Write(String, Vec<u8>, bool, Sender<io::Result<()>>),
    Eula(String, Sender<Option<String>>),
    Done(Outcome, Vec<Question>),
}

/// A text, and what is asked about it.
#[derive(Clone, PartialEq, Eq)]
struct Question {
    text: String,
    question: String,
}

impl Handle {
    /// Carries out a command of an operator. The host is asked in the thread of the caller: the service
    /// waits for its files, but not for its answers to questions.
    ///
    /// # Errors
    /// [`Error::Stopped`].
    pub fn run(&self, command: &Command, host: &mut dyn Host) -> Result<Outcome, Error> {
        let mut answers: Vec<(Question, bool)> = Vec::new();
        loop {
            let (outcome, open) = self.run_with(command, host, answers.clone())?;
            if open.is_empty() {
                return Ok(outcome);
            }
            // Until somebody has answered, the answer was no, which changes nothing.
            for question in open {
                let answer = host.confirm(&question.text, &question.question);
                answers.push((question, answer));
            }
        }
    }

    fn run_with(
        &self,
        command: &Command,
        host: &mut dyn Host,
        answers: Vec<(Question, bool)>,
    ) -> Result<(Outcome, Vec<Question>), Error> {
        let (sender, messages) = mpsc::channel();
        let command = command.clone();
        self.shared.mailbox.push(Box::new(move |driver: &mut Driver<'_>| {
            let mut host = Elsewhere { caller: &sender, answers, open: Vec::new() };
            let now = driver.now();
            let outcome =
                console::run(&mut driver.agent, &mut driver.jobs, &command, now, &mut host);
            let open = host.open;
            driver.publish();
            // Whoever asked is gone if this fails.
            let _ = sender.send(Message::Done(outcome, open));
        }))?;
        for message in messages {
            match message {
                Message::Read(name, reply) => drop(reply.send(host.read(&name))),
                Message::Old(name, reply) => drop(reply.send(host.read_old(&name))),
                Message::Write(name, content, replace, reply) => {
                    drop(reply.send(host.write(&name, &content, replace)));
                }
                Message::Eula(name, reply) => drop(reply.send(host.eula_text(&name))),
                Message::Done(outcome, open) => return Ok((outcome, open)),
            }
        }
        Err(Error::Stopped)
    }
}

/// The host, seen from the thread of the service.
struct Elsewhere<'s> {
    caller: &'s Sender<Message>,
    answers: Vec<(Question, bool)>,
    /// Questions that were not answered yet.
    open: Vec<Question>,
}

impl Elsewhere<'_> {
    fn ask<T>(&self, message: impl FnOnce(Sender<T>) -> Message) -> Option<T> {
        let (reply, answer) = mpsc::channel();
        self.caller.send(message(reply)).ok()?;
        answer.recv().ok()
    }
}

fn gone() -> io::Error {
    io::Error::other("whoever gave the command is gone")
}

impl Host for Elsewhere<'_> {
    fn read(&mut self, name: &str) -> io::Result<Vec<u8>> {
        self.ask(|reply| Message::Read(name.to_owned(), reply)).unwrap_or_else(|| Err(gone()))
    }

    fn read_old(&mut self, name: &str) -> Option<Vec<u8>> {
        self.ask(|reply| Message::Old(name.to_owned(), reply)).flatten()
    }

    fn write(&mut self, name: &str, content: &[u8], replace: bool) -> io::Result<()> {
        let message = |reply| Message::Write(name.to_owned(), content.to_vec(), replace, reply);
        self.ask(message).unwrap_or_else(|| Err(gone()))
    }

    fn eula_text(&mut self, name: &str) -> Option<String> {
        self.ask(|reply| Message::Eula(name.to_owned(), reply)).flatten()
    }

    fn confirm(&mut self, text: &str, question: &str) -> bool {
        let asked = Question { text: text.to_owned(), question: question.to_owned() };
        match self.answers.iter().find(|(known, _)| *known == asked) {
            Some((_, answer)) => *answer,
            None => {
                self.open.push(asked);
                false
            }
        }
    }
}
