//! A vendor with books, and devices.

use nodelock::TrustAnchor;
use nodelock::agent::TicketAction;
use nodelock::record::{Record, Records};
use nodelock::value::{Date, LineId, Period};
use nodelock_authority::transfer::{
    Accepted, Books, Credential, Desk, Evidence, IssuedLines, MoveWish, Refusal, ReplaceWish,
    Replaced, Ticket,
};
use nodelock_authority::{
    DeviceUdi, Error, LicenseSpec, RepairSpec, SecretKey, Signer, Value, issue,
};
use tempfile::TempDir;

use crate::device::TestDevice;

pub(crate) const A: &str = "R1:A";
pub(crate) const B: &str = "R1:B";
pub(crate) const C: &str = "R1:C";

pub(crate) struct Rig {
    key: SecretKey,
    pub(crate) directory: TempDir,
    /// What the vendor has issued.
    pub(crate) files: Vec<String>,
    pub(crate) evidence: Evidence,
}

/// What is asked for beside device and destination.
#[derive(Default, Clone)]
pub(crate) struct Ask<'a> {
    pub(crate) lines: Vec<(LineId, Option<u64>)>,
    pub(crate) one_visit: bool,
    pub(crate) grace: Option<Period>,
    pub(crate) request: Option<&'a str>,
    pub(crate) enrolled: bool,
}

impl Rig {
    pub(crate) fn new() -> Self {
        let key = SecretKey::from_scalar(&[0x11; 32], nodelock::Role::Production).unwrap();
        let directory = tempfile::tempdir().unwrap();
        Self { key, directory, files: Vec::new(), evidence: Evidence::default() }
    }

    pub(crate) fn roots(&self) -> Vec<TrustAnchor> {
        vec![self.key.anchor()]
    }

    pub(crate) fn device(&self, udi: &str, key: u8) -> TestDevice {
        TestDevice::new(udi, key, &self.roots())
    }

    pub(crate) fn stack(&self, udis: &[&str], key: u8) -> TestDevice {
        let stack = udis.iter().map(|udi| (*udi).to_owned()).collect();
        let mut device = self.device(udis[0], key);
        device.stack = stack;
        device
    }

    fn desk(&self) -> Desk<'_> {
        let today = Date::parse(b"2026-11-27").unwrap();
        Desk { signer: &self.key, delegations: None, today }
    }

    pub(crate) fn books(&self) -> Books {
        Books::open_or_make(&self.directory.path().join("books")).unwrap()
    }

    /// Issues a line, installs it on its device, and gives its id.
    pub(crate) fn sell(
        &mut self,
        to: &TestDevice,
        change: impl FnOnce(&mut LicenseSpec),
    ) -> LineId {
        let mut spec = LicenseSpec::new("voice").unwrap();
        spec.udi = vec![DeviceUdi::read(&to.udi).unwrap()];
        spec.issued = Some(Date::parse(b"2026-11-20").unwrap());
        change(&mut spec);
        let line = issue(&spec, &self.key, None).unwrap().remove(0).text;
        assert_eq!(to.install(std::slice::from_ref(&line)), [Ok(())]);
        self.files.push(line.clone());
        ids(&[line])[0]
    }

    pub(crate) fn units(&mut self, to: &TestDevice, units: &str) -> LineId {
        self.sell(to, |spec| spec.count = Some(Value::read(units).unwrap()))
    }

    pub(crate) fn permit(
        &self,
        from: &TestDevice,
        to: &str,
        ask: &Ask<'_>,
    ) -> Result<Ticket, Error> {
        self.permit_with(&from.credential(), from, to, ask).map(|(ticket, _)| ticket)
    }

    /// Of a member of a stack.
    pub(crate) fn permit_of(
        &self,
        stack: &TestDevice,
        member: &str,
        to: &str,
        ask: &Ask<'_>,
    ) -> Result<Ticket, Error> {
        let text = stack.credential();
        let credential = Credential::read(text.as_bytes(), Some(member))?;
        self.permit_by(&credential, stack, to, ask).map(|(ticket, _)| ticket)
    }

    pub(crate) fn permit_with(
        &self,
        credential: &str,
        from: &TestDevice,
        to: &str,
        ask: &Ask<'_>,
    ) -> Result<(Ticket, Vec<String>), Error> {
        self.permit_by(&Credential::read(credential.as_bytes(), None)?, from, to, ask)
    }

    fn permit_by(
        &self,
        credential: &Credential,
        from: &TestDevice,
        to: &str,
        ask: &Ask<'_>,
    ) -> Result<(Ticket, Vec<String>), Error> {
        let mut issued = IssuedLines::default();
        issued.add(self.files.join("\n").as_bytes(), &self.roots(), &self.desk())?;
        let key = ask.enrolled.then(|| from.public());
        let to = DeviceUdi::read(to).unwrap();
        let wish = MoveWish {
            from: credential,
            to: &to,
            lines: &ask.lines,
            one_visit: ask.one_visit,
            grace: ask.grace,
            request: ask.request,
            enrolled: key.as_ref(),
        };
        let mut books = self.books();
        let given = books.permit(&wish, &issued, &self.evidence, &self.desk())?;
        Ok((given.ticket.clone(), given.notes))
    }

    pub(crate) fn accept(&self, proof: &str) -> Result<Accepted, Error> {
        self.accept_from(proof, None)
    }

    pub(crate) fn accept_from(
        &self,
        proof: &str,
        credential: Option<&str>,
    ) -> Result<Accepted, Error> {
        let credential = credential.map(|text| Credential::read(text.as_bytes(), None).unwrap());
        let (proof, roots) = (proof.as_bytes(), self.roots());
        self.books().accept(proof, credential.as_ref(), &self.evidence, &roots, &self.desk())
    }

    pub(crate) fn redirect(&self, ticket: &Ticket, to: &str) -> Result<Accepted, Error> {
        self.books().redirect(ticket.ticket, &DeviceUdi::read(to).unwrap(), &self.desk())
    }

    /// Lets a device have a clock that went too far, and repairs it.
    pub(crate) fn repair_clock(&self, device: &TestDevice) {
        device.clock_goes_too_far();
        let spec = RepairSpec {
            repair: nodelock::record::Repair::Clock,
            number: 0,
            udi: DeviceUdi::read(&device.udi).unwrap(),
            id: None,
            issued: Date::parse(b"2026-11-27").ok(),
        };
        let record = nodelock_authority::repair(&spec, &self.key, None).unwrap();
        assert_eq!(device.install(&[record.text]), [Ok(())]);
    }

    pub(crate) fn replace(&self, from: &str, to: &str, booked_in: bool) -> Result<Replaced, Error> {
        let (from, to) = (DeviceUdi::read(from).unwrap(), DeviceUdi::read(to).unwrap());
        let mut issued = IssuedLines::default();
        issued.add(self.files.join("\n").as_bytes(), &self.roots(), &self.desk())?;
        let wish = ReplaceWish { from: &from, to: &to, booked_in, by: "anna" };
        self.books().replace(&wish, &issued, &self.desk())
    }

    pub(crate) fn revoke(&self, from: &TestDevice, lines: &[LineId]) -> Vec<String> {
        let udi = DeviceUdi::read(&from.udi).unwrap();
        vec![self.books().revoke(&udi, lines, None, &self.desk()).unwrap().record.clone()]
    }

    pub(crate) fn revoke_without_books(&self, from: &TestDevice, lines: &[LineId]) -> Vec<String> {
        let udi = DeviceUdi::read(&from.udi).unwrap();
        vec![nodelock_authority::transfer::revoke(&udi, lines, &self.desk()).unwrap().text]
    }

    /// A whole move in two visits.
    pub(crate) fn moved(&self, from: &TestDevice, to: &TestDevice, ask: &Ask<'_>) -> Accepted {
        let ticket = self.permit(from, &to.udi, ask).unwrap();
        let accepted = self.accept(&from.apply(&ticket.for_source())).unwrap();
        assert!(to.install(&accepted.records).iter().all(Result::is_ok));
        accepted
    }
}

/// The rule that refuses.
pub(crate) fn rule<T>(refused: Result<T, Error>) -> Refusal {
    match refused {
        Err(Error::Transfer(refusal)) => refusal,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("was not refused"),
    }
}

pub(crate) fn lines(lines: &[(LineId, Option<u64>)]) -> Ask<'static> {
    Ask { lines: lines.to_vec(), ..Ask::default() }
}

/// Ids of the license lines among records.
pub(crate) fn ids(records: &[String]) -> Vec<LineId> {
    let file = records.join("\n");
    let lines = Records::new(file.as_bytes()).filter_map(|found| match found.record {
        Ok(Record::License(line)) => Some(line.terms().id),
        _ => None,
    });
    lines.collect()
}

/// The seconds of a metered line among records.
pub(crate) fn usage(records: &[String]) -> Option<u64> {
    let file = records.join("\n");
    Records::new(file.as_bytes()).find_map(|found| match found.record {
        Ok(Record::License(line)) => line.terms().usage.map(|usage| usage.seconds()),
        _ => None,
    })
}

pub(crate) const APPLY: TicketAction = TicketAction::Apply;
pub(crate) const CANCEL: TicketAction = TicketAction::Cancel;
pub(crate) const AGAIN: TicketAction = TicketAction::Again;
