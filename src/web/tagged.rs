//! Reading a message that says in `type` what it is. An enum that serde derives so has to keep all of a message until it
//! has come across that field, and then reads it in other code than everything else: 12 kB (brotli) of program.
//! JavaScript can be asked for the field first.

use js_sys::Reflect;
use serde::de::{DeserializeSeed, EnumAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_wasm_bindgen::{Deserializer, Error};
use wasm_bindgen::JsValue;

/// A message that is read as an enum whose variants are named by `type`; the other fields are theirs.
pub struct Tagged(pub JsValue);

impl<'de> serde::Deserializer<'de> for Tagged {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Tagged {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        // What is no object has no fields.
        let name = Reflect::get(&self.0, &"type".into()).unwrap_or(JsValue::UNDEFINED);
        Ok((seed.deserialize(Deserializer::from(name))?, self))
    }
}

impl<'de> VariantAccess<'de> for Tagged {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Deserializer::from(self.0))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        Deserializer::from(self.0).tuple_variant(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        Deserializer::from(self.0).struct_variant(fields, visitor)
    }
}
