//! Strict JSON, for the API's bodies and for records of a loan system: an object is never read from an
//! array, `null` differs from a missing field, and a whole number may be written `5.0`.
//!
//! The messages of `serde_json` are interpreted here and nowhere else.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer},
};
use serde_path_to_error::Segment;

use crate::domain::validation::{FieldError, ValidationError};

/// Reads one JSON object with nothing after it.
///
/// # Errors
/// [`ValidationError::MalformedJson`], without a place; [`ValidationError::UnknownField`], [`ValidationError::Twice`] or
/// [`ValidationError::WrongType`] with the JSON pointer (RFC 6901) of the field.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, FieldError> {
    match serde_json::from_slice(text) {
        Ok(Object(value)) => Ok(value),
        Err(error) if !error.is_data() => Err(FieldError::at("", ValidationError::MalformedJson)),
        Err(_) => Err(explain::<T>(text)),
    }
}

/// Reads again, with the path to each field tracked, which costs time that only a refusal is worth.
fn explain<T: DeserializeOwned>(text: &[u8]) -> FieldError {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read: Result<Object<T>, _> = serde_path_to_error::deserialize(&mut reader);
    let Err(refusal) = read else {
        return FieldError::at("", ValidationError::MalformedJson);
    };
    let message = refusal.inner().to_string();
    let twice = message.strip_prefix("duplicate field `");
    let error = match twice {
        Some(_) => ValidationError::Twice,
        None if message.starts_with("unknown field") => ValidationError::UnknownField,
        None => ValidationError::WrongType,
    };
    let segments = refusal.path().iter().filter_map(|segment| match segment {
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    // Of a repeated field the path ends at the object; the message has its name.
    let name = twice.and_then(|rest| rest.split('`').next());
    let pointer = segments
        .chain(name.map(|name| format!("/{name}")))
        .collect();
    FieldError { pointer, error }
}

/// A JSON object: serde alone reads a struct from an array too.
pub(crate) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

/// Distinguishes a missing field (`None`) from one that is `null` (`Some(None)`).
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Reads a nested object that may be missing.
pub(crate) fn object<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let object = Option::<Object<T>>::deserialize(deserializer)?;
    Ok(object.map(|Object(value)| value))
}

/// A whole number; `5.0` is one too. A number beyond `i64` becomes the nearest `i64`, which every field
/// reports as out of range.
pub struct Whole(pub i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(WholeVisitor)
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E>(self, value: i64) -> Result<Whole, E> {
        Ok(Whole(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Whole, E> {
        Ok(Whole(i64::try_from(value).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Whole, E> {
        if value.fract() == 0.0 {
            // `as` saturates.
            Ok(Whole(value as i64))
        } else {
            Err(E::invalid_type(Unexpected::Float(value), &self))
        }
    }
}

/// Reads a whole number that may be missing.
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let number = Option::<Whole>::deserialize(deserializer)?;
    Ok(number.map(|Whole(value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(default, deserialize_with = "object")]
        inner: Option<Inner>,
        #[serde(default)]
        list: Vec<i64>,
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(default, deserialize_with = "whole")]
        number: Option<i64>,
    }

    #[test]
    fn a_refusal_has_its_reason_and_the_pointer_of_the_field() {
        for (text, pointer, error) in [
            ("{", "", ValidationError::MalformedJson),
            ("{} {}", "", ValidationError::MalformedJson),
            ("[]", "", ValidationError::WrongType),
            (r#"{"x~/y":1}"#, "/x~0~1y", ValidationError::UnknownField),
            (r#"{"inner":[1]}"#, "/inner", ValidationError::WrongType),
            (
                r#"{"inner":{"number":1.5}}"#,
                "/inner/number",
                ValidationError::WrongType,
            ),
            (
                r#"{"inner":{"number":1,"number":1}}"#,
                "/inner/number",
                ValidationError::Twice,
            ),
            (r#"{"list":[1,"2"]}"#, "/list/1", ValidationError::WrongType),
        ] {
            let refused = read::<Outer>(text.as_bytes()).expect_err(text);
            assert_eq!(refused, FieldError::at(pointer, error), "{text}");
        }
        let outer: Outer = read(br#"{"inner":{"number":5.0},"list":[7]}"#).unwrap();
        assert_eq!(outer.inner.and_then(|inner| inner.number), Some(5));
        assert_eq!(outer.list, [7]);
    }
}
