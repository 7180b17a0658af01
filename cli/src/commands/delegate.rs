//! `nodelock delegate`

use std::path::PathBuf;
use std::time::Duration;

use nodelock::Role;
use nodelock::value::Date;
use nodelock_authority::{DelegationSpec, Value, delegate};

use crate::commands::issue::deliver_warning;
use crate::input::Form;
use crate::keys;
use crate::output::OutArgs;
use crate::passphrase::PassphraseArgs;
use crate::report::{Failure, Report};
use crate::slips::SlipArgs;
use crate::values;

/// Write a KEY record: another key may then sign licenses, within limits
///
/// The record goes into license files, in front of the lines that the key has signed; a device that
/// trusts the root then trusts the key too.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Private key (PEM) of the root
    #[arg(long, value_name = "KEY", required_unless_present = "root_pub", conflicts_with_all = ["root_pub", "sign_with"])]
    root: Option<PathBuf>,
    /// Public key (PEM) of a root whose private key is elsewhere; needs --sign-with
    #[arg(long, value_name = "PUB", requires = "sign_with")]
    root_pub: Option<PathBuf>,
    /// Command that signs with it: message on its standard input, DER signature on its output
    #[arg(long, value_name = "CMD", requires = "root_pub")]
    sign_with: Option<String>,
    /// Longest time for one signature; then the command is ended, e.g. 90s [default: 5m]
    #[arg(long, value_name = "DURATION", requires = "sign_with", value_parser = values::timeout)]
    sign_timeout: Option<Duration>,
    /// Public key (PEM) of the key that may sign
    #[arg(long, value_name = "PUB")]
    key: PathBuf,
    /// What it may sign [default: the role in its file]
    #[arg(long, value_parser = values::roles())]
    role: Option<Role>,
    /// Role of the root, if its file does not say it
    #[arg(long, value_name = "ROLE", value_parser = values::roles())]
    root_role: Option<Role>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Only for features whose names begin with this; may be repeated
    #[arg(long, value_name = "PREFIX")]
    feature_prefix: Vec<String>,
    /// Only for this product; may be repeated
    #[arg(long)]
    pid: Vec<String>,
    /// First day on which it may issue
    #[arg(long, value_name = "DATE", value_parser = Date::read)]
    not_before: Date,
    /// Last day on which it may issue
    #[arg(long, value_name = "DATE", value_parser = Date::read)]
    not_after: Date,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    slips: SlipArgs,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let command = args.sign_with.as_deref().map(|command| (command, args.sign_timeout));
    let key = keys::found_key(&args.key)?;
    // The role in the file is only a default here.
    let role = match (args.role, key.role) {
        (Some(role), _) | (None, Some(role)) => role,
        (None, None) => keys::public_key(&args.key, None)?.role,
    };
    let (root, note) = keys::signer(
        args.root.as_deref(),
        args.root_pub.as_deref(),
        command,
        args.root_role,
        &args.passphrase,
    )?;
    let spec = DelegationSpec {
        key: key.key,
        role,
        features: args.feature_prefix.clone(),
        pids: args.pid.clone(),
        not_before: args.not_before,
        not_after: args.not_after,
    };
    let warnings = args.slips.check(|check| {
        let path = args.root.as_deref().or(args.root_pub.as_deref());
        let found = crate::slips::delegation_of(root.as_ref(), path);
        check.root(&root.anchor(), found.as_deref());
        check.delegated(&root.anchor(), key.role.or(Some(role)));
        check.delegation(&spec, key.role);
        Ok(())
    })?;
    args.out.check()?;
    let record = delegate(&spec, root.as_ref())?;
    Ok(deliver_warning(&[record], args.format, &args.out, &warnings)?.note(note))
}
