//! Values in TOML, each read by its [`Value::read`].

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

use super::value::{ExtraField, ExtraFields, TomlForm, Value};

/// A value.
pub(super) fn one<'de, D: Deserializer<'de>, T: Value>(input: D) -> Result<Option<T>, D::Error> {
    One::deserialize(input).map(|One(value)| Some(value))
}

/// A value, or a list of them.
pub(super) fn many<'de, D: Deserializer<'de>, T: Value>(input: D) -> Result<Vec<T>, D::Error> {
    input.deserialize_any(Many(PhantomData))
}

struct One<T>(T);

impl<'de, T: Value> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(OneVisitor(PhantomData))
    }
}

struct OneVisitor<T>(PhantomData<T>);

impl<T: Value> OneVisitor<T> {
    fn number<E: Error>(&self, shown: String, what: Unexpected<'_>) -> Result<One<T>, E> {
        match T::TOML {
            TomlForm::Number => T::read(&shown).map(One).map_err(E::custom),
            _ => Err(E::invalid_type(what, self)),
        }
    }
}

impl<'de, T: Value> Visitor<'de> for OneVisitor<T> {
    type Value = One<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match T::TOML {
            TomlForm::Text => "a text",
            TomlForm::Number => "a text or a number",
            TomlForm::Date => "a text or a date",
        })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::read(text).map(One).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        self.number(number.to_string(), Unexpected::Signed(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        self.number(number.to_string(), Unexpected::Unsigned(number))
    }

    /// A date comes so.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let date = Datetime::deserialize(MapAccessDeserializer::new(map));
        match (T::TOML, date) {
            (TomlForm::Date, Ok(date)) => {
                T::read(&date.to_string()).map(One).map_err(Error::custom)
            }
            (_, Ok(_)) => Err(Error::invalid_type(Unexpected::Other("date"), &self)),
            (_, Err(_)) => Err(Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

struct Many<T>(PhantomData<T>);

impl<'de, T: Value> Visitor<'de> for Many<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<T>, E> {
        T::read(text).map(|value| vec![value]).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(One(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(values)
    }
}

/// A table of keys and values.
impl<'de> Deserialize<'de> for ExtraFields {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let mut fields = Self::default();
        for (key, value) in std::collections::BTreeMap::<String, String>::deserialize(input)? {
            let wrong =
                |error| Error::custom(format_args!("{:?}: {error}", format!("{key}={value}")));
            ExtraField::new(&key, &value).and_then(|field| fields.add(field)).map_err(wrong)?;
        }
        Ok(fields)
    }
}
