//! Parts of a path, decoded.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;

use super::{
    code::Code,
    endpoint::{Argument, Endpoint},
    problem::Problem,
};

/// A part of the path, such as a client number, whatever is in it.
pub struct PathPart(pub String);

/// An id in the path. What holds a control character is the id of nothing, and PostgreSQL takes no
/// NUL.
pub struct PathId<I>(pub I);

/// Two ids in the path, such as those of a receiver and one of its deliveries.
pub struct PathPair<A, B>(pub A, pub B);

/// What the path holds; an address that cannot be read is the address of nothing.
fn parts<T: DeserializeOwned + 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<T, Problem> {
    let path = web::Path::<T>::from_request(request, payload).into_inner();
    path.map(web::Path::into_inner)
        .map_err(|_| Problem::new(Code::NotFound))
}

fn id<I: From<String>>(text: String) -> Result<I, Problem> {
    if text.contains(char::is_control) {
        Err(Problem::new(Code::NotFound))
    } else {
        Ok(text.into())
    }
}

impl Argument for PathPart {
    fn declare(endpoint: &mut Endpoint) {
        endpoint.add_problems(&[Code::NotFound, Code::InvalidInput]);
    }
}

impl FromRequest for PathPart {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(parts(request, payload).map(Self))
    }
}

impl<I> Argument for PathId<I> {
    fn declare(endpoint: &mut Endpoint) {
        endpoint.add_problems(&[Code::NotFound]);
    }
}

impl<I: From<String>> FromRequest for PathId<I> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(parts(request, payload).and_then(id).map(Self))
    }
}

impl<A, B> Argument for PathPair<A, B> {
    fn declare(endpoint: &mut Endpoint) {
        endpoint.add_problems(&[Code::NotFound]);
    }
}

impl<A: From<String>, B: From<String>> FromRequest for PathPair<A, B> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let pair = parts::<(String, String)>(request, payload);
        ready(pair.and_then(|(first, second)| Ok(Self(id(first)?, id(second)?))))
    }
}
