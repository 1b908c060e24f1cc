//! Batches from the loan system: a stream of lines of any length, in bounded memory.

use std::{
    io::{self, Write},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderMap},
    web::{self, Bytes},
};
use flate2::write::MultiGzDecoder;
use futures_util::{TryStream, TryStreamExt};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    code::Code,
    extract::{Call, Guard},
    language::preferred,
    problem::Problem,
};
use crate::{
    domain::{
        flaw::{FieldFlaw, Flaw},
        language::Language,
        role::Feed,
    },
    flows::sync::{Rejected, Report, Stream},
    loans::{
        lines::{Lines, Numbered},
        ndjson::Ndjson,
    },
};

/// The type of a batch.
const NDJSON: &str = "application/x-ndjson";
/// So many rejected lines are shown; the others are counted.
const REJECTIONS_SHOWN: usize = 1_000;
/// A batch that sends nothing for so long has ended.
const SILENCE: Duration = Duration::from_secs(60);
/// Gzip makes a thousand bytes out of one at the most: so little is unpacked at once that what comes
/// out of it fits in memory, whatever was packed.
const PACKED_BYTES: usize = 128;

/// Two lines, as the document shows them.
const EXAMPLE: &str = concat!(
    r#"{"type":"client","client_number":"K-000123","family_name":"Қасымова","given_name":"Әсел","#,
    r#""phone":"+77012345667","as_of":"2026-11-22T00:00:00Z"}"#,
    "\n",
    r#"{"type":"loan","ticket_number":"T-000123","client_number":"K-000123","product":"Алтын","#,
    r#""due_on":"2026-12-31","balance":{"amount":"125000.00","currency":"KZT"},"grace_days":20,"#,
    r#""status":"open","as_of":"2026-11-22T00:00:00Z"}"#,
    "\n",
);

/// What became of a batch.
#[derive(Serialize, ToSchema)]
pub struct BatchReport {
    /// records that are held now
    pub applied: u64,
    /// records that were held already
    pub unchanged: u64,
    /// records older than what is held
    pub stale: u64,
    /// lines that were not taken in
    pub rejected_total: u64,
    /// the first 1,000 of them
    #[schema(max_items = 1000)]
    pub rejected: Vec<RejectedLine>,
}

/// A line that was not taken in.
#[derive(Serialize, ToSchema)]
pub struct RejectedLine {
    /// its number, from 1
    #[schema(minimum = 1, example = 17)]
    pub line: u64,
    /// the first flaw's code
    #[schema(example = "not_a_date")]
    pub code: &'static str,
    /// every flaw: where, and why
    #[schema(example = "/due_on: A calendar date YYYY-MM-DD is wanted.")]
    pub detail: String,
}

/// Pushes clients and loans as a stream of lines.
///
/// One record a line: `{"type": "client", "client_number": …}` or `{"type": "loan",
/// "ticket_number": …}` with the fields of the `PUT`s; gzip is taken too. Lines stand alone and are
/// taken in order; a bad one is reported and the others are applied. A batch that is cut off has
/// applied what was read and can be sent again: what is held already is `unchanged`, so that no
/// `Idempotency-Key` is needed, and none is honoured.
#[utoipa::path(
    post,
    path = "/v1/loan-system/batches",
    tag = "loan system",
    operation_id = "push_batch",
    request_body(content = String, content_type = "application/x-ndjson", example = json!(EXAMPLE)),
    responses((status = 200, description = "Read to its end", body = BatchReport)),
)]
pub async fn push(
    guard: Guard<Feed>,
    call: Call,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let body = Body::of(request.headers())?;
    let stream = Stream::pushed(&call.app, &guard, &call.origin, REJECTIONS_SHOWN);
    // Spawned, so that a sender who goes away leaves what was read applied.
    let taking = actix_web::rt::spawn(take(stream, payload, body));
    let report = taking.await.map_err(Problem::internal)??;
    Ok(HttpResponse::Ok().json(written(report, preferred(request.headers()))))
}

/// Takes in whatever arrives. Where the stream breaks, what was read stays and its sender is told.
async fn take(
    mut stream: Stream,
    mut payload: web::Payload,
    mut body: Body,
) -> Result<Report, Problem> {
    let broken = loop {
        match next_chunk(&mut payload).await {
            Ok(Some(chunk)) => match unpack(&mut stream, &mut body, &chunk).await? {
                Ok(()) => {}
                Err(_) => break Some(Code::BadRequest),
            },
            Ok(None) => break None,
            Err(code) => break Some(code),
        }
    };
    let broken = broken.or_else(|| body.end().err().map(|_| Code::BadRequest));
    let sink = body.sink();
    if broken.is_none() {
        sink.lines.end(&mut sink.found);
    }
    stream.take(&mut sink.found).await?;
    let report = stream.finish().await?;
    broken.map_or(Ok(report), |code| {
        Err(Problem {
            flaws: vec![FieldFlaw::at("", Flaw::BrokenOff)],
            ..Problem::new(code)
        })
    })
}

/// What arrives next of a body that is never held whole; nothing at its end.
///
/// # Errors
/// [`Code::BadRequest`] where it is cut off, [`Code::RequestTimeout`] where it falls silent.
async fn next_chunk(
    payload: &mut (impl TryStream<Ok = Bytes> + Unpin),
) -> Result<Option<Bytes>, Code> {
    match tokio::time::timeout(SILENCE, payload.try_next()).await {
        Ok(chunk) => chunk.map_err(|_| Code::BadRequest),
        Err(_) => Err(Code::RequestTimeout),
    }
}

async fn unpack(
    stream: &mut Stream,
    body: &mut Body,
    chunk: &[u8],
) -> Result<io::Result<()>, Problem> {
    let at_once = match body {
        Body::Plain(_) => chunk.len().max(1),
        Body::Gzip(_) => PACKED_BYTES,
    };
    for part in chunk.chunks(at_once) {
        let unpacked = body.write(part);
        stream.take(&mut body.sink().found).await?;
        if unpacked.is_err() {
            return Ok(unpacked);
        }
        tokio::task::yield_now().await;
    }
    Ok(Ok(()))
}

/// Where unpacked bytes become lines.
struct Sink {
    lines: Lines<Ndjson>,
    found: Vec<Numbered>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines.feed(bytes, &mut self.found);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A body as it is packed.
enum Body {
    Plain(Sink),
    Gzip(Box<MultiGzDecoder<Sink>>),
}

impl Body {
    /// The body that these headers announce, or 415.
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let kind = text(header::CONTENT_TYPE).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(NDJSON) {
            let problem = Problem::new(Code::UnsupportedMediaType);
            return Err(problem.header(header::ACCEPT, NDJSON));
        }
        let sink = Sink {
            lines: Lines::after(0, Ndjson),
            found: Vec::new(),
        };
        let packed = text(header::CONTENT_ENCODING).unwrap_or("identity");
        if !headers.contains_key(header::CONTENT_ENCODING)
            || packed.eq_ignore_ascii_case("identity")
        {
            Ok(Self::Plain(sink))
        } else if packed.eq_ignore_ascii_case("gzip") || packed.eq_ignore_ascii_case("x-gzip") {
            Ok(Self::Gzip(Box::new(MultiGzDecoder::new(sink))))
        } else {
            let problem = Problem::new(Code::UnsupportedMediaType);
            Err(problem.header(header::ACCEPT_ENCODING, "gzip, identity"))
        }
    }

    fn write(&mut self, part: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(sink) => sink.write_all(part),
            Self::Gzip(packed) => packed.write_all(part),
        }
    }

    /// Says whether what was packed has come to its end.
    fn end(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(packed) => packed.try_finish(),
        }
    }

    fn sink(&mut self) -> &mut Sink {
        match self {
            Self::Plain(sink) => sink,
            Self::Gzip(packed) => packed.get_mut(),
        }
    }
}

fn written(report: Report, language: Language) -> BatchReport {
    let line = |rejected: Rejected| RejectedLine {
        line: rejected.line,
        code: rejected.code(),
        detail: rejected.detail(language),
    };
    BatchReport {
        applied: report.applied,
        unchanged: report.unchanged,
        stale: report.stale,
        rejected_total: report.rejected_total,
        rejected: report.rejected.into_iter().map(line).collect(),
    }
}
