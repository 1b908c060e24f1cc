//! Taking bodies in: how large one may be, how long it may take, and how much all of them together may
//! hold in memory.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    web::{self, Bytes, BytesMut},
};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{code::Code, context::Identity, problem::Problem};

/// The largest body but a batch's, bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// The largest body of those who are not known yet, bytes: credentials.
pub const MAX_CREDENTIALS: usize = 16 * 1024;

/// A body has to arrive within this time, however slowly it is sent.
const WITHIN: Duration = Duration::from_secs(30);
/// The bodies of those who are known hold so much together.
const MOST_OF_THE_KNOWN: usize = 64 * MAX_BODY;
/// Those of strangers have a room of their own, which keeps nobody out who is known.
const MOST_OF_STRANGERS: usize = 2_048 * MAX_CREDENTIALS;
/// Who finds no room asks again after so many seconds.
const NO_ROOM: &str = "1";

/// The memory that bodies may hold, in bytes. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    known: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
}

impl Default for Intake {
    fn default() -> Self {
        Self::of(MOST_OF_THE_KNOWN, MOST_OF_STRANGERS)
    }
}

/// A body that is there whole. It is counted for as long as it is held.
pub struct Whole {
    bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

impl Whole {
    /// What it is.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// A body that was read before its handler is called, in the request's extensions.
pub struct ReadAhead(pub Whole);

impl Intake {
    fn of(known: usize, strangers: usize) -> Self {
        Self {
            known: Arc::new(Semaphore::new(known)),
            strangers: Arc::new(Semaphore::new(strangers)),
        }
    }

    fn room_for(&self, request: &HttpRequest) -> Arc<Semaphore> {
        let room = match request.extensions().get::<Identity>() {
            Some(Identity::Known(_)) => &self.known,
            _ => &self.strangers,
        };
        Arc::clone(room)
    }
}

/// Reads a request's body, of `max` bytes at the most.
///
/// # Errors
/// [`Code::PayloadTooLarge`], [`Code::RequestTimeout`], [`Code::Overloaded`] where all bodies together
/// are too large, or [`Code::BadRequest`] where it is cut off.
pub fn read_whole(
    request: &HttpRequest,
    payload: Payload,
    max: usize,
) -> impl Future<Output = Result<Whole, Problem>> + 'static {
    let ahead = request.extensions_mut().remove::<ReadAhead>();
    let room = request
        .app_data::<web::Data<Intake>>()
        .map(|intake| intake.room_for(request));
    let is_announced_too_large = announced(request.headers()).is_some_and(|length| length > max);
    async move {
        if let Some(ReadAhead(whole)) = ahead {
            return Ok(whole);
        }
        if is_announced_too_large {
            return Err(Problem::new(Code::PayloadTooLarge));
        }
        let room = room.ok_or_else(|| Problem::internal("no bodies are taken in"))?;
        let read = tokio::time::timeout(WITHIN, read(payload, max, room)).await;
        read.unwrap_or_else(|_| Err(Problem::new(Code::RequestTimeout)))
    }
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    let length = headers.get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

async fn read(mut payload: Payload, max: usize, room: Arc<Semaphore>) -> Result<Whole, Problem> {
    let mut body = BytesMut::new();
    let mut held: Option<OwnedSemaphorePermit> = None;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Code::BadRequest))?;
        if body.len() + chunk.len() > max {
            return Err(Problem::new(Code::PayloadTooLarge));
        }
        let more = take_room(&room, chunk.len())?;
        match &mut held {
            Some(held) => held.merge(more),
            None => held = Some(more),
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Whole {
        bytes: body.freeze(),
        _room: held,
    })
}

fn take_room(room: &Arc<Semaphore>, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
    let no_room = || Problem::new(Code::Overloaded).header(header::RETRY_AFTER, NO_ROOM);
    let bytes = u32::try_from(bytes).map_err(|_| Problem::new(Code::PayloadTooLarge))?;
    let room = Arc::clone(room).try_acquire_many_owned(bytes);
    room.map_err(|_| no_room())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    async fn sent(intake: &Intake, body: Vec<u8>, max: usize) -> Result<Whole, Problem> {
        let request = TestRequest::post()
            .app_data(web::Data::new(intake.clone()))
            .set_payload(body);
        let (request, payload) = request.to_http_parts();
        read_whole(&request, payload, max).await
    }

    fn code(read: Result<Whole, Problem>) -> Option<Code> {
        read.err().map(|problem| problem.code)
    }

    #[actix_web::test]
    async fn what_bodies_hold_together_is_bounded_and_given_back() {
        let intake = Intake::of(0, 10);
        let first = sent(&intake, vec![b'a'; 6], 8).await.ok();
        assert_eq!(first.as_ref().map(|whole| whole.bytes().len()), Some(6));
        let second = sent(&intake, vec![b'b'; 5], 8).await;
        assert_eq!(code(second), Some(Code::Overloaded));
        drop(first);
        assert!(sent(&intake, vec![b'b'; 8], 8).await.is_ok());
    }

    #[actix_web::test]
    async fn a_body_is_as_long_as_it_may_be_and_no_longer() {
        let intake = Intake::of(0, 100);
        assert!(sent(&intake, vec![b'a'; 8], 8).await.is_ok());
        let longer = sent(&intake, vec![b'a'; 9], 8).await;
        assert_eq!(code(longer), Some(Code::PayloadTooLarge));
    }
}
