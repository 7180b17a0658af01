//! As much HTTP as a gateway needs: JSON in answers, bytes in requests.

use std::convert::Infallible;
use std::future::Future;
use std::io;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// More than the largest license file.
const LONGEST_BODY: usize = 2 * 1024 * 1024;

/// Method, path and body of a request.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Bytes,
}

/// Answers requests with a status and JSON, until the program ends.
pub(crate) async fn serve<A>(
    listener: TcpListener,
    answer: impl Fn(Asked) -> A + Clone + Send + 'static,
) -> io::Result<()>
where
    A: Future<Output = (u16, Value)> + Send + 'static,
{
    loop {
        let (stream, _) = listener.accept().await?;
        let answer = answer.clone();
        tokio::spawn(async move {
            let respond = service_fn(move |request| respond(request, answer.clone()));
            // A connection that breaks is the business of the other side.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), respond).await;
        });
    }
}

async fn respond<A>(
    request: Request<Incoming>,
    answer: impl Fn(Asked) -> A,
) -> Result<Response<Full<Bytes>>, Infallible>
where
    A: Future<Output = (u16, Value)>,
{
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let (status, value) = match Limited::new(request.into_body(), LONGEST_BODY).collect().await {
        Ok(body) => answer(Asked { method, path, body: body.to_bytes() }).await,
        Err(error) => (400, json!({ "error": error.to_string() })),
    };
    let mut response = Response::new(Full::new(Bytes::from(format!("{value}\n"))));
    *response.status_mut() = status.try_into().unwrap_or_default();
    let json = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, json);
    Ok(response)
}
