//! A gateway whose licenses are seen and changed over HTTP.
//!
//!     gateway DIRECTORY [fake]       listens on a free port of the loopback, and says on which
//!
//!     GET  /licenses                 what is installed        POST   /licenses              a license file
//!     GET  /features/NAME            why it runs, or not      POST   /features/NAME/activate
//!     GET  /events                   since the last time      POST   /leases/NAME/UNITS     takes units
//!     POST /clock/SECONDS            lets fake time pass      DELETE /leases/TOKEN          gives them back

mod http;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Asked;
use nodelock::rights::Verdict;
use nodelock::{Feature, FeatureHandle, Product, Rules};
use nodelock_std::{AsyncHandle, Error, Events, FakeClock, License, OwnedLease, Role, Service};
use serde_json::{Value, json};

nodelock::catalog! {
    /// What this gateway licenses.
    enum Licensed {
        Routing = Feature::new("ipservices"),
        Calls = Feature::new("voice").counted(500),
        Analytics = Feature::new("analytics"),
    }
}

const PRODUCT: Product<'static> =
    Product { catalog: &Licensed::CATALOG, anchors: &[], rules: Rules::DEFAULT };
/// A TEST key; its secret is 32 times 0x11.
const VENDOR_KEY: &str = include_str!("../../../examples/rust-product/keys/test.pub.pem");

struct Gateway {
    licenses: AsyncHandle,
    events: Mutex<Events>,
    leases: Mutex<BTreeMap<u64, OwnedLease>>,
    clock: Option<FakeClock>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let directory = words.next().ok_or("usage: gateway DIRECTORY [fake]")?;
    let clock = words.next().is_some_and(|word| word == "fake").then(FakeClock::new);
    let mut builder = Service::builder(&PRODUCT)
        .trust_pem(VENDOR_KEY, Role::Production)
        .udi("ISR4331/K9:FDO1234ABCD")
        .state_dir(directory);
    if let Some(clock) = &clock {
        builder = builder.clock(clock.clone());
    }
    let service = builder.start_async().await?;
    let licenses = service.async_handle();
    let (events, leases) = (Mutex::new(licenses.events()), Mutex::default());
    let gateway = Arc::new(Gateway { licenses, events, leases, clock });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    let answer = move |asked| {
        let gateway = Arc::clone(&gateway);
        async move { gateway.answer(asked).await.unwrap_or_else(refusal) }
    };
    http::serve(listener, answer).await?;
    Ok(service.stop_async().await?)
}

impl Gateway {
    async fn answer(&self, Asked { method, path, body }: Asked) -> Result<(u16, Value), Error> {
        let words: Vec<&str> = path.trim_matches('/').split('/').collect();
        let licenses = &self.licenses;
        let value = match (method.as_str(), words.as_slice()) {
            ("GET", ["licenses"]) => licenses.licenses().await?.iter().map(license).collect(),
            ("POST", ["licenses"]) => {
                let report = licenses.install(&body).await?;
                let refused = report.refused().map(|(row, why)| format!("{row}: {why}"));
                json!({ "installed": report.tally.installed, "refused": refused.collect::<Vec<_>>() })
            }
            ("GET", ["features", name]) => {
                let feature = licenses.find(name)?;
                let why = licenses.explain(feature).await?;
                // As the traffic asks, without a lock.
                json!({ "granted": licenses.granted(feature), "why": verdict(&why.verdict), "text": why.to_string() })
            }
            ("POST", ["features", name, "activate"]) => {
                licenses.activate(licenses.find(name)?).await?;
                json!({ "activated": name })
            }
            ("GET", ["events"]) => {
                let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
                std::iter::from_fn(|| events.try_next())
                    .map(|one| {
                        json!({ "kind": one.event.kind.name(), "missed": one.missed,
                        "uptime": one.event.uptime, "feature": one.event.feature.map(name_of) })
                    })
                    .collect()
            }
            ("POST", ["leases", name, units]) => {
                let Ok(units) = units.parse() else { return Ok(not_found()) };
                let lease = licenses.acquire(licenses.find(name)?, units).await?;
                let token = lease.token().to_bits();
                self.leases.lock().unwrap_or_else(PoisonError::into_inner).insert(token, lease);
                json!({ "token": token.to_string() })
            }
            ("DELETE", ["leases", token]) => {
                let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
                let lease = token.parse().ok().and_then(|token| leases.remove(&token));
                let Some(lease) = lease else { return Ok(not_found()) };
                json!({ "returned": lease.units() })
            }
            ("POST", ["clock", seconds]) => match (&self.clock, seconds.parse()) {
                (Some(clock), Ok(seconds)) => {
                    // Waits for the service, which is on a thread of its own.
                    tokio::task::block_in_place(|| clock.advance(seconds));
                    json!({ "passed": seconds })
                }
                _ => return Ok(not_found()),
            },
            _ => return Ok(not_found()),
        };
        Ok((200, value))
    }
}

fn name_of(feature: FeatureHandle) -> &'static str {
    Licensed::CATALOG.feature(feature).map_or("", |feature| feature.name())
}

fn license(license: &License) -> Value {
    json!({ "id": license.id().to_string(), "feature": license.feature_name(),
        "type": license.line.license_type().name(), "state": license.state.name(), "left": license.left })
}

fn verdict(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Granted(grant) => json!({ "by": grant.id.to_string() }),
        Verdict::Denied(denial) => {
            json!({ "reason": denial.reason.name(), "text": denial.to_string() })
        }
    }
}

fn refusal(error: Error) -> (u16, Value) {
    let status = if matches!(error, Error::Stopped) { 503 } else { 409 };
    (status, json!({ "error": error.to_string(), "reason": error.reason().map(|why| why.name()) }))
}

fn not_found() -> (u16, Value) {
    (404, json!({ "error": "there is no such thing" }))
}
