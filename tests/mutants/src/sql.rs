//! What can go wrong in a statement of SQL.
//!
//! A condition is not taken out but made to hold always: the statement keeps its parameters, so that it fails by
//! what it does and not by their number.

use sqlparser::ast::{
    Assignment, AssignmentTarget, BinaryOperator, Expr, SqliteOnConflict, Statement, Value,
    visit_expressions_mut,
};
use sqlparser::dialect::SQLiteDialect;
use sqlparser::parser::Parser;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// A statement with one thing changed.
#[derive(Debug, PartialEq, Eq)]
pub struct Variant {
    /// What was changed, in words.
    pub what: String,
    /// The whole statement.
    pub sql: String,
}

/// Reads one statement; nothing if the text is no SQL.
fn parse(text: &str) -> Option<Statement> {
    let verb = text.split_whitespace().next()?;
    let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"];
    if !verbs.contains(&verb) {
        return None;
    }
    let mut statements = Parser::parse_sql(&SQLiteDialect {}, text).ok()?;
    let statement = statements.pop();
    statement.filter(|_| statements.is_empty())
}

/// The words in quotes, if this text is a statement: most of them are what a status can be.
pub fn words(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Some(mut statement) = parse(text) {
        let _: ControlFlow<()> = visit_expressions_mut(&mut statement, |expr| {
            found.extend(word(expr).map(str::to_owned));
            ControlFlow::Continue(())
        });
    }
    found
}

fn word(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// This statement with one thing changed, in every way; nothing if the text is no SQL.
pub fn variants(text: &str, words: &BTreeSet<String>) -> Vec<Variant> {
    let Some(statement) = parse(text) else {
        return Vec::new();
    };
    let mut found = of_statement(&statement);
    let mut exprs = Vec::new();
    let _: ControlFlow<()> = visit_expressions_mut(&mut statement.clone(), |expr| {
        exprs.push(expr.clone());
        ControlFlow::Continue(())
    });
    for (place, expr) in exprs.iter().enumerate() {
        for (what, other) in of_expr(expr, words) {
            let mut changed = statement.clone();
            let mut count = 0;
            let _: ControlFlow<()> = visit_expressions_mut(&mut changed, |expr| {
                if count == place {
                    *expr = other.clone();
                }
                count += 1;
                ControlFlow::Continue(())
            });
            found.push(Variant {
                what,
                sql: changed.to_string(),
            });
        }
    }
    found
}

fn of_statement(statement: &Statement) -> Vec<Variant> {
    let mut found = Vec::new();
    let mut add = |what: String, changed: Statement| {
        found.push(Variant {
            what,
            sql: changed.to_string(),
        });
    };
    match statement {
        Statement::Insert(insert) => {
            let mut with = |what: &str, or: Option<SqliteOnConflict>| {
                let mut changed = insert.clone();
                (changed.or, changed.on) = (or, None);
                add(what.to_owned(), Statement::Insert(changed));
            };
            if insert.or.is_some() || insert.on.is_some() {
                with("INSERT that does not bear a second one", None);
            } else {
                with("INSERT OR IGNORE", Some(SqliteOnConflict::Ignore));
            }
            with("INSERT OR REPLACE", Some(SqliteOnConflict::Replace));
        }
        Statement::Update(update) if update.assignments.len() > 1 => {
            for place in 0..update.assignments.len() {
                let mut changed = update.clone();
                let what = format!("without `{}`", changed.assignments[place]);
                unassign(&mut changed.assignments[place]);
                add(what, Statement::Update(changed));
            }
        }
        _ => {}
    }
    found
}

/// `x = ?2` becomes `x = iif(TRUE, x, ?2)`.
fn unassign(assignment: &mut Assignment) {
    if let AssignmentTarget::ColumnName(column) = &assignment.target {
        let kept = format!("SELECT iif(TRUE, {column}, {})", assignment.value);
        assignment.value = expr_of(&kept).unwrap_or_else(|| assignment.value.clone());
    }
}

/// The one expression that this statement selects.
fn expr_of(select: &str) -> Option<Expr> {
    let mut statement = parse(select)?;
    let mut outermost = None;
    let _: ControlFlow<()> = visit_expressions_mut(&mut statement, |expr| {
        // Children come first.
        outermost = Some(expr.clone());
        ControlFlow::Continue(())
    });
    outermost
}

fn of_expr(expr: &Expr, words: &BTreeSet<String>) -> Vec<(String, Expr)> {
    use BinaryOperator::{And, Eq, Gt, GtEq, Lt, LtEq, Minus, NotEq, Or, Plus};
    let mut found = Vec::new();
    let always = || {
        let always = expr_of(&format!("SELECT ({expr} OR TRUE)"))?;
        Some((format!("without `{expr}`"), always))
    };
    match expr {
        Expr::BinaryOp { left, op, right } => {
            let other = match op {
                Lt => Some(LtEq),
                LtEq => Some(Lt),
                Gt => Some(GtEq),
                GtEq => Some(Gt),
                Plus => Some(Minus),
                Minus => Some(Plus),
                And => Some(Or),
                _ => None,
            };
            if matches!(op, Eq | NotEq | Lt | LtEq | Gt | GtEq) {
                found.extend(always());
            }
            found.extend(other.map(|op| {
                let (left, right) = (left.clone(), right.clone());
                let changed = Expr::BinaryOp { left, op, right };
                (format!("`{expr}` as `{changed}`"), changed)
            }));
        }
        Expr::InList {
            expr: of,
            list,
            negated,
        } => {
            for place in 0..list.len() {
                let mut list = list.clone();
                let gone = list.remove(place);
                let changed = Expr::InList {
                    expr: of.clone(),
                    list,
                    negated: *negated,
                };
                found.push((format!("`{expr}` without {gone}"), changed));
            }
            found.extend(always());
        }
        Expr::IsNull(of) => {
            let changed = Expr::IsNotNull(of.clone());
            found.push((format!("`{expr}` as `{changed}`"), changed));
        }
        Expr::IsNotNull(of) => {
            let changed = Expr::IsNull(of.clone());
            found.push((format!("`{expr}` as `{changed}`"), changed));
        }
        _ => {
            let Some(word) = word(expr) else {
                return found;
            };
            for other in words.iter().filter(|other| *other != word) {
                let changed = Expr::Value(Value::SingleQuotedString(other.clone()).into());
                found.push((format!("'{word}' as '{other}'"), changed));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants_of(text: &str) -> Vec<String> {
        let words = words(text);
        let variants = variants(text, &words).into_iter();
        variants.map(|v| format!("{}: {}", v.what, v.sql)).collect()
    }

    #[test]
    fn a_condition_goes_and_its_parameters_stay() {
        let found = variants_of("UPDATE stock SET n = n - ?2 WHERE sku = ?1 AND n >= ?2");
        assert_eq!(
            found,
            [
                "`n - ?2` as `n + ?2`: UPDATE stock SET n = n + ?2 WHERE sku = ?1 AND n >= ?2",
                "without `sku = ?1`: UPDATE stock SET n = n - ?2 WHERE (sku = ?1 OR true) AND n >= ?2",
                "without `n >= ?2`: UPDATE stock SET n = n - ?2 WHERE sku = ?1 AND (n >= ?2 OR true)",
                "`n >= ?2` as `n > ?2`: UPDATE stock SET n = n - ?2 WHERE sku = ?1 AND n > ?2",
                "`sku = ?1 AND n >= ?2` as `sku = ?1 OR n >= ?2`: UPDATE stock SET n = n - ?2 WHERE sku = ?1 OR n >= ?2",
            ]
        );
    }

    #[test]
    fn words_are_swapped_and_conflicts_are_not_borne() {
        let found = variants_of("INSERT OR IGNORE INTO o VALUES (?1, 'pending', 'new')");
        assert_eq!(
            found,
            [
                "INSERT that does not bear a second one: INSERT INTO o VALUES (?1, 'pending', 'new')",
                "INSERT OR REPLACE: INSERT OR REPLACE INTO o VALUES (?1, 'pending', 'new')",
                "'pending' as 'new': INSERT OR IGNORE INTO o VALUES (?1, 'new', 'new')",
                "'new' as 'pending': INSERT OR IGNORE INTO o VALUES (?1, 'pending', 'pending')",
            ]
        );
    }

    #[test]
    fn what_is_no_sql_has_no_variants() {
        assert!(variants_of("SELECTED for you").is_empty());
        assert!(variants_of("📒 {id}: {status}").is_empty());
        let found = variants_of("UPDATE o SET a = ?1, b = ?2");
        assert_eq!(
            found[0],
            "without `a = ?1`: UPDATE o SET a = iif(true, a, ?1), b = ?2"
        );
    }
}
