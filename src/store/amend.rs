//! Updates that stay prepared. Diesel's own never do, since which columns they set may depend on
//! their values: a database reads and plans them anew each time, and PostgreSQL is asked twice. These
//! always set the same columns, so that their text tells them apart.

use diesel::{
    AppearsOnTable, AsChangeset, Expression, QueryResult, RunQueryDsl, Table,
    backend::Backend,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::BoolOrNullableBool,
};

/// An update of the rows that a filter finds.
pub(super) struct Amend<From, Set, Filter> {
    from: From,
    set: Set,
    filter: Filter,
}

/// Updates the rows of a table that a filter finds. What is set has to be the same columns each time.
pub(super) fn amend<T, Set, Filter>(
    table: T,
    filter: Filter,
    set: Set,
) -> Amend<T::FromClause, Set::Changeset, Filter>
where
    T: Table,
    Set: AsChangeset<Target = T>,
    Filter: Expression<SqlType: BoolOrNullableBool> + AppearsOnTable<T>,
{
    Amend {
        from: table.from_clause(),
        set: set.as_changeset(),
        filter,
    }
}

impl<From, Set, Filter, Database> QueryFragment<Database> for Amend<From, Set, Filter>
where
    Database: Backend,
    From: QueryFragment<Database>,
    Set: QueryFragment<Database>,
    Filter: QueryFragment<Database>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        self.from.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        self.set.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE ");
        self.filter.walk_ast(out.reborrow())
    }
}

impl<From, Set, Filter> QueryId for Amend<From, Set, Filter> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<From, Set, Filter, C> RunQueryDsl<C> for Amend<From, Set, Filter> {}

#[cfg(test)]
mod tests {
    use diesel::{debug_query, pg::Pg, prelude::*, sqlite::Sqlite};

    use super::*;
    use crate::store::schema::rate_windows;

    #[test]
    fn it_says_what_diesels_own_update_says_and_stays_prepared() {
        let set = (
            rate_windows::hits.eq("[]"),
            rate_windows::last_hit.eq(1_i64),
        );
        let amended = amend(rate_windows::table, rate_windows::subject.eq("a"), set);
        let own = diesel::update(rate_windows::table.filter(rate_windows::subject.eq("a")));
        let own = own.set(set);
        assert_eq!(
            debug_query::<Pg, _>(&amended).to_string(),
            debug_query::<Pg, _>(&own).to_string()
        );
        assert!(amended.is_safe_to_cache_prepared(&Pg).unwrap());
        assert!(amended.is_safe_to_cache_prepared(&Sqlite).unwrap());
        assert!(!own.is_safe_to_cache_prepared(&Pg).unwrap());
    }
}
