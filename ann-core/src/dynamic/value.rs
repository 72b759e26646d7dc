//! [`Value`]: a value of a description, from a call or from a JSON text; the order of keys is kept, and no key comes twice.

use std::fmt;

use ann_autodiff::STEPS;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A value of a description. Numbers, truth values and texts become one by themselves; so do pairs of sizes.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// Any other number.
    Decimal(f64),
    /// A text: a label, the name of an initializer.
    Text(String),
    /// A list: height and width.
    List(Vec<Value>),
    /// An object: an initializer with its settings.
    Object(Vec<(String, Value)>),
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// [`STEPS`], as shape types have it for the length of a sequence, becomes `"_"`.
impl From<usize> for Value {
    fn from(value: usize) -> Self {
        if value == STEPS { Self::Text("_".to_owned()) } else { Self::Integer(value as i128) }
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Decimal(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(values: [T; N]) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl Value {
    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a truth value",
            Self::Integer(_) => "an integer",
            Self::Decimal(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Decimal(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = access.next_element()? {
            list.push(value);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut object: Vec<(String, Value)> = Vec::new();
        while let Some(key) = access.next_key::<String>()? {
            // The common readers keep the last one and say nothing.
            if object.iter().any(|(other, _)| *other == key) {
                return Err(Error::custom(format!("the key `{key}` is written twice")));
            }
            object.push((key, access.next_value()?));
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_written_twice_is_an_error_with_its_place() {
        let error = serde_json::from_str::<Value>("{\"n\": 1,\n \"n\": 2}").unwrap_err();
        assert!(error.to_string().contains("`n` is written twice at line 2"), "{error}");
    }

    #[test]
    fn the_order_of_keys_is_kept() {
        let Value::Object(object) = serde_json::from_str("{\"b\": 1, \"a\": -2.5}").unwrap() else {
            panic!()
        };
        assert_eq!(object, [("b".into(), Value::Integer(1)), ("a".into(), Value::Decimal(-2.5))]);
    }
}
