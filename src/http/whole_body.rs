//! Reading bodies of requests whole: how large one may be, how long it may take, and how much memory all
//! of them may use together.

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

/// The maximum size of a body that is read whole, bytes.
pub(crate) const MAX_BODY: usize = 1024 * 1024;
/// The maximum size of a body with credentials, bytes.
pub(crate) const MAX_CREDENTIALS: usize = 16 * 1024;

/// The time in which a body has to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// The memory of all bodies whose senders are signed in, bytes.
const MEMORY_SIGNED_IN: usize = 64 * MAX_BODY;
/// The memory of all other bodies, bytes: apart, so that they keep nobody out who is signed in.
const MEMORY_ANONYMOUS: usize = 2_048 * MAX_CREDENTIALS;
/// `Retry-After` where there is no memory, seconds.
const RETRY_AFTER: &str = "1";

/// The memory that is left for bodies, in bytes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct BodyMemory {
    signed_in: Arc<Semaphore>,
    anonymous: Arc<Semaphore>,
}

impl Default for BodyMemory {
    fn default() -> Self {
        Self::of(MEMORY_SIGNED_IN, MEMORY_ANONYMOUS)
    }
}

/// A body that was read whole. Its memory is counted until it is dropped.
pub(crate) struct WholeBody {
    bytes: Bytes,
    _memory: Option<OwnedSemaphorePermit>,
}

impl WholeBody {
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// A body that was read before the handler is called, in the request's extensions.
pub(crate) struct ReadAhead(pub WholeBody);

impl BodyMemory {
    fn of(signed_in: usize, anonymous: usize) -> Self {
        Self {
            signed_in: Arc::new(Semaphore::new(signed_in)),
            anonymous: Arc::new(Semaphore::new(anonymous)),
        }
    }

    fn for_sender(&self, request: &HttpRequest) -> Arc<Semaphore> {
        let memory = match request.extensions().get::<Identity>() {
            Some(Identity::Known(_)) => &self.signed_in,
            _ => &self.anonymous,
        };
        Arc::clone(memory)
    }
}

/// Reads a request's body of at most `max` bytes.
///
/// # Errors
/// [`Code::PayloadTooLarge`], [`Code::RequestTimeout`], [`Code::Overloaded`] where all bodies together
/// are too large, or [`Code::BadRequest`] where it is cut off.
pub(crate) fn read_whole(
    request: &HttpRequest,
    payload: Payload,
    max: usize,
) -> impl Future<Output = Result<WholeBody, Problem>> + 'static {
    let ahead = request.extensions_mut().remove::<ReadAhead>();
    let memory = request
        .app_data::<web::Data<BodyMemory>>()
        .map(|memory| memory.for_sender(request));
    let is_announced_too_large =
        content_length(request.headers()).is_some_and(|length| length > max);
    async move {
        if let Some(ReadAhead(whole)) = ahead {
            return Ok(whole);
        }
        if is_announced_too_large {
            return Err(Problem::new(Code::PayloadTooLarge));
        }
        let memory = memory.ok_or_else(|| Problem::internal("no memory is set for bodies"))?;
        let read = tokio::time::timeout(READ_TIMEOUT, read(payload, max, memory)).await;
        read.unwrap_or_else(|_| Err(Problem::new(Code::RequestTimeout)))
    }
}

fn content_length(headers: &HeaderMap) -> Option<usize> {
    let length = headers.get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

async fn read(
    mut payload: Payload,
    max: usize,
    memory: Arc<Semaphore>,
) -> Result<WholeBody, Problem> {
    let mut body = BytesMut::new();
    let mut taken: Option<OwnedSemaphorePermit> = None;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Code::BadRequest))?;
        if body.len() + chunk.len() > max {
            return Err(Problem::new(Code::PayloadTooLarge));
        }
        let more = take(&memory, chunk.len())?;
        match &mut taken {
            Some(taken) => taken.merge(more),
            None => taken = Some(more),
        }
        body.extend_from_slice(&chunk);
    }
    Ok(WholeBody {
        bytes: body.freeze(),
        _memory: taken,
    })
}

fn take(memory: &Arc<Semaphore>, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
    let none_left = || Problem::new(Code::Overloaded).header(header::RETRY_AFTER, RETRY_AFTER);
    let bytes = u32::try_from(bytes).map_err(|_| Problem::new(Code::PayloadTooLarge))?;
    let taken = Arc::clone(memory).try_acquire_many_owned(bytes);
    taken.map_err(|_| none_left())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    async fn sent(memory: &BodyMemory, body: Vec<u8>, max: usize) -> Result<WholeBody, Problem> {
        let request = TestRequest::post()
            .app_data(web::Data::new(memory.clone()))
            .set_payload(body);
        let (request, payload) = request.to_http_parts();
        read_whole(&request, payload, max).await
    }

    fn code(read: Result<WholeBody, Problem>) -> Option<Code> {
        read.err().map(|problem| problem.code)
    }

    #[actix_web::test]
    async fn the_memory_of_all_bodies_is_bounded_and_given_back() {
        let memory = BodyMemory::of(0, 10);
        let first = sent(&memory, vec![b'a'; 6], 8).await.ok();
        assert_eq!(first.as_ref().map(|whole| whole.bytes().len()), Some(6));
        let second = sent(&memory, vec![b'b'; 5], 8).await;
        assert_eq!(code(second), Some(Code::Overloaded));
        drop(first);
        assert!(sent(&memory, vec![b'b'; 8], 8).await.is_ok());
    }

    #[actix_web::test]
    async fn a_body_is_as_long_as_it_may_be_and_no_longer() {
        let memory = BodyMemory::of(0, 100);
        assert!(sent(&memory, vec![b'a'; 8], 8).await.is_ok());
        let longer = sent(&memory, vec![b'a'; 9], 8).await;
        assert_eq!(code(longer), Some(Code::PayloadTooLarge));
    }
}
