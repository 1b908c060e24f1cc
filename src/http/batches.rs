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
    openapi::values,
    problem::Problem,
};
use crate::{
    domain::{
        language::Language,
        role::Feed,
        validation::{FieldError, ValidationError},
    },
    flows::sync::{Rejected, Stream, SyncReport},
    loans::{
        lines::{Lines, Numbered},
        ndjson::Ndjson,
    },
};

/// The type of a batch.
const NDJSON: &str = "application/x-ndjson";
/// Maximum number of rejected lines in a report; the others are counted.
const MAX_REJECTED: usize = 1_000;
/// A batch that sends nothing for this long has ended.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// How many bytes of gzip are unpacked at once. One byte becomes at most about a thousand, so that memory
/// is bounded, whatever was packed.
const GZIP_CHUNK: usize = 128;

/// Two lines, for the OpenAPI document.
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
pub(crate) struct BatchReport {
    /// records that were new, or different from what was stored
    #[schema(example = 4000)]
    pub applied: u64,
    /// records that were stored already
    #[schema(example = 12)]
    pub unchanged: u64,
    /// records older than what is stored
    pub stale: u64,
    /// lines that were not applied
    #[schema(example = 1)]
    pub rejected_total: u64,
    /// the first 1,000 of them
    #[schema(max_items = 1000)]
    pub rejected: Vec<RejectedLine>,
}

/// A line that was not applied.
#[derive(Serialize, ToSchema)]
pub(crate) struct RejectedLine {
    /// its number, from 1
    #[schema(minimum = 1, example = 17)]
    pub line: u64,
    /// the code of the first error
    #[schema(example = "not_a_date")]
    pub code: &'static str,
    /// every error: where, and why
    #[schema(example = "/due_on: A calendar date YYYY-MM-DD is wanted.")]
    pub detail: String,
}

/// Pushes clients and loans as a stream of lines.
///
/// One record a line: `{"type": "client", "client_number": …}` or `{"type": "loan",
/// "ticket_number": …}` with the fields of the `PUT`s, plain or packed with gzip. Lines are independent
/// and are applied in order; a bad one is reported and the others are applied. A batch that is cut off has
/// applied what was read and can be sent again: what is stored already is `unchanged`, so that no
/// `Idempotency-Key` is needed, and none is honoured.
#[utoipa::path(
    post,
    path = "/v1/loan-system/batches",
    tag = "loan system",
    operation_id = "push_batch",
    request_body(content = values::Lines, content_type = "application/x-ndjson", example = json!(EXAMPLE)),
    responses((status = 200, description = "Read to its end", body = BatchReport)),
)]
pub(crate) async fn push(
    guard: Guard<Feed>,
    call: Call,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let upload = Upload::of(request.headers())?;
    let stream = Stream::pushed(&call.app, &guard, &call.origin, MAX_REJECTED);
    // Spawned, so that what was read is applied also where the sender disconnects.
    let applying = actix_web::rt::spawn(apply(stream, payload, upload));
    let report = applying.await.map_err(Problem::internal)??;
    Ok(HttpResponse::Ok().json(body_of(report, preferred(request.headers()))))
}

/// Applies what arrives. Where the stream breaks, what was read stays applied, and that is reported.
async fn apply(
    mut stream: Stream,
    mut payload: web::Payload,
    mut upload: Upload,
) -> Result<SyncReport, Problem> {
    let broken = loop {
        match next_chunk(&mut payload).await {
            Ok(Some(chunk)) => match unpack(&mut stream, &mut upload, &chunk).await? {
                Ok(()) => {}
                Err(_) => break Some(Code::BadRequest),
            },
            Ok(None) => break None,
            Err(code) => break Some(code),
        }
    };
    let broken = broken.or_else(|| upload.end().err().map(|_| Code::BadRequest));
    let sink = upload.sink();
    if broken.is_none() {
        sink.lines.end(&mut sink.found);
    }
    stream.take(&mut sink.found).await?;
    let report = stream.finish().await?;
    broken.map_or(Ok(report), |code| {
        Err(Problem {
            errors: vec![FieldError::at("", ValidationError::BrokenOff)],
            ..Problem::new(code)
        })
    })
}

/// The next bytes of a body; `None` at its end.
///
/// # Errors
/// [`Code::BadRequest`] where it is cut off, [`Code::RequestTimeout`] where nothing arrives for too long.
async fn next_chunk(
    payload: &mut (impl TryStream<Ok = Bytes> + Unpin),
) -> Result<Option<Bytes>, Code> {
    match tokio::time::timeout(IDLE_TIMEOUT, payload.try_next()).await {
        Ok(chunk) => chunk.map_err(|_| Code::BadRequest),
        Err(_) => Err(Code::RequestTimeout),
    }
}

async fn unpack(
    stream: &mut Stream,
    upload: &mut Upload,
    chunk: &[u8],
) -> Result<io::Result<()>, Problem> {
    let size = match upload {
        Upload::Plain(_) => chunk.len().max(1),
        Upload::Gzip(_) => GZIP_CHUNK,
    };
    for part in chunk.chunks(size) {
        let unpacked = upload.write(part);
        stream.take(&mut upload.sink().found).await?;
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

/// A batch as it is packed.
enum Upload {
    Plain(Sink),
    Gzip(Box<MultiGzDecoder<Sink>>),
}

impl Upload {
    /// The upload that these headers announce.
    ///
    /// # Errors
    /// [`Code::UnsupportedMediaType`].
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

    /// Fails where what was packed is incomplete.
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

fn body_of(report: SyncReport, language: Language) -> BatchReport {
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
