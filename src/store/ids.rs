//! Ids as columns: the text that they are.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, Queryable},
    expression::AsExpression,
    internal::derives::as_expression::Bound,
    serialize::{self, Output, ToSql},
    sql_types::{Nullable, Text},
};

use crate::domain::id::{self, every_id};

macro_rules! columns {
    ($($(#[$doc:meta])* $id:ident,)+) => {$(
        impl<DB: Backend> ToSql<Text, DB> for id::$id
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }

        impl<DB: Backend> ToSql<Nullable<Text>, DB> for id::$id
        where
            str: ToSql<Nullable<Text>, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<Nullable<Text>, DB>::to_sql(self.as_str(), out)
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for id::$id
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                String::from_sql(bytes).map(Self::from)
            }
        }

        impl<DB: Backend> Queryable<Text, DB> for id::$id
        where
            Self: FromSql<Text, DB>,
        {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }

        columns!(@ $id, Text);
        columns!(@ $id, Nullable<Text>);
    )+};
    (@ $id:ident, $sql:ty) => {
        impl AsExpression<$sql> for id::$id {
            type Expression = Bound<$sql, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'i> AsExpression<$sql> for &'i id::$id {
            type Expression = Bound<$sql, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'i> AsExpression<$sql> for &&'i id::$id {
            type Expression = Bound<$sql, &'i id::$id>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    };
}

every_id!(columns);
