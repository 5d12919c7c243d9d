//! Breaking order code in every small way: one mutant for each.
//!
//! A mutant is the text with one place changed. Whether it compiles is for rustc to say.

use crate::sql;
use proc_macro2::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    BinOp, Block, Expr, Lit, LitInt, LitStr, ReturnType, Signature, Stmt, Token, Type, UnOp,
};

/// How much of the code a name quotes.
const QUOTED: usize = 72;

/// Order code with one place changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The function, and what was changed in it: what the list of survivors calls it.
    pub name: String,
    /// The first line that was changed, counted from one.
    pub line: usize,
    /// The whole text.
    pub text: String,
}

/// Every mutant of this code, in the order of its lines.
///
/// # Errors
/// If it is no Rust.
pub fn all(text: &str) -> Result<Vec<Mutant>, String> {
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let mut seen = Seen::default();
    seen.visit_file(&file);
    let mut mutator = Mutator {
        text,
        seen,
        function: String::new(),
        found: Vec::new(),
    };
    mutator.visit_file(&file);
    let mut edits = mutator.found;
    edits.sort_by_key(|edit| edit.place.start);
    let mut texts = BTreeSet::from([text.to_owned()]);
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut mutants = Vec::new();
    for edit in edits {
        let changed = edit.apply(text);
        if !texts.insert(changed.clone()) {
            continue;
        }
        let count = names.entry(edit.name.clone()).or_default();
        *count += 1;
        mutants.push(Mutant {
            name: match count {
                1 => edit.name,
                n => format!("{} ({n})", edit.name),
            },
            line: text[..edit.place.start].matches('\n').count() + 1,
            text: changed,
        });
    }
    Ok(mutants)
}

/// What the code has to offer in the place of something else.
#[derive(Default)]
struct Seen {
    /// What a status can be.
    words: BTreeSet<String>,
    /// The variants of each enum.
    variants: BTreeMap<String, BTreeSet<String>>,
}

impl<'ast> Visit<'ast> for Seen {
    fn visit_lit_str(&mut self, literal: &'ast LitStr) {
        let text = literal.value();
        self.words.extend(sql::words(&text));
        if is_word(&text) {
            self.words.insert(text);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        // The names of columns.
        if call.method != "get" {
            visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some((of, variant)) = variant_of(path) {
            self.variants.entry(of).or_default().insert(variant);
        }
        visit::visit_path(self, path);
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// `Answer::Confirmed` as its two names.
fn variant_of(path: &syn::Path) -> Option<(String, String)> {
    let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
    let is_camel = |name: &String| {
        let mut chars = name.chars();
        chars.next().is_some_and(char::is_uppercase) && chars.any(char::is_lowercase)
    };
    match <[String; 2]>::try_from(names) {
        Ok(names) if names.iter().all(is_camel) => {
            let [of, variant] = names;
            Some((of, variant))
        }
        _ => None,
    }
}

struct Edit {
    name: String,
    place: Range<usize>,
    with: String,
}

impl Edit {
    fn apply(&self, text: &str) -> String {
        let Range { start, end } = self.place;
        format!("{}{}{}", &text[..start], self.with, &text[end..])
    }
}

struct Mutator<'a> {
    text: &'a str,
    seen: Seen,
    function: String,
    found: Vec<Edit>,
}

impl Mutator<'_> {
    fn add(&mut self, what: impl AsRef<str>, place: Span, with: impl Into<String>) {
        let prefix = match self.function.as_str() {
            "" => String::new(),
            function => format!("{function}: "),
        };
        self.found.push(Edit {
            name: format!("{prefix}{}", what.as_ref()),
            place: place.byte_range(),
            with: with.into(),
        });
    }

    fn source(&self, of: impl Spanned) -> &str {
        &self.text[of.span().byte_range()]
    }

    /// The source on one line, and no more of it than fits.
    fn quote(&self, of: impl Spanned) -> String {
        let words: Vec<&str> = self.source(of).split_whitespace().collect();
        let line = words.join(" ");
        match line.char_indices().nth(QUOTED) {
            None => format!("`{line}`"),
            Some((end, _)) => format!("`{}…`", &line[..end]),
        }
    }

    fn replace(&mut self, of: impl Spanned + Copy, with: &str) {
        let what = format!("{} as `{with}`", self.quote(of));
        self.add(what, of.span(), with);
    }

    /// What does not bear on the outcome: the shop's log.
    fn is_log(&self, statement: &Stmt) -> bool {
        let text = self.source(statement);
        text.starts_with("self.shop.log")
            || text.starts_with("self.shop\n") && text.contains(".log(") && !text.contains("await")
    }

    fn statements(&mut self, block: &Block) {
        let awaits = |it: &Self, statement: &Stmt| it.source(statement).contains(".await");
        for (place, statement) in block.stmts.iter().enumerate() {
            if self.is_log(statement) {
                continue;
            }
            match statement {
                Stmt::Expr(expr, semi) => {
                    let is_last = place + 1 == block.stmts.len();
                    let is_value = semi.is_none() && is_last;
                    if !is_value || matches!(expr, Expr::If(_) | Expr::ForLoop(_) | Expr::While(_))
                    {
                        self.add(
                            format!("drop {}", self.quote(statement)),
                            statement.span(),
                            "",
                        );
                    }
                    if let (Expr::Try(attempt), Some(_)) = (expr, semi) {
                        let tried = self.source(&attempt.expr).to_owned();
                        let what = format!("never mind the error of {}", self.quote(&attempt.expr));
                        self.add(what, statement.span(), format!("let _ = {tried};"));
                    }
                }
                Stmt::Local(_) | Stmt::Item(_) | Stmt::Macro(_) => {}
            }
            let next = block.stmts.get(place + 1);
            let next = next.filter(|next| awaits(self, statement) && awaits(self, next));
            if let Some(next) = next {
                let is_value = matches!(next, Stmt::Expr(_, None));
                let (one, other) = (self.source(statement), self.source(next));
                if !is_value {
                    let (start, end) = (
                        statement.span().byte_range().start,
                        next.span().byte_range().end,
                    );
                    self.found.push(Edit {
                        name: format!(
                            "{}: {} only after {}",
                            self.function,
                            self.quote(statement),
                            self.quote(next)
                        ),
                        place: start..end,
                        with: format!("{other}\n{one}"),
                    });
                }
            }
        }
    }

    fn condition(&mut self, cond: &Expr) {
        // `if let` binds names, so it cannot be said to be true.
        if !matches!(cond, Expr::Let(_)) {
            self.replace(cond, "true");
            self.replace(cond, "false");
        }
    }

    fn words(&mut self, literal: &LitStr) {
        let text = literal.value();
        for variant in sql::variants(&text, &self.seen.words) {
            let verb: Vec<&str> = text.split_whitespace().take(3).collect();
            let what = format!("`{} …` {}", verb.join(" "), variant.what);
            self.add(what, literal.span(), format!("{:?}", variant.sql));
        }
        if self.seen.words.contains(&text) {
            for other in self.seen.words.clone() {
                self.replace(literal, &format!("{other:?}"));
            }
        }
    }

    fn number(&mut self, literal: &LitInt) {
        let Ok(number) = literal.base10_parse::<u64>() else {
            return;
        };
        let others = match number {
            0 => vec![1],
            1 => vec![0, 2],
            n => vec![0, 1, n * 1_000],
        };
        for other in others {
            self.replace(literal, &format!("{other}{}", literal.suffix()));
        }
    }

    /// Instead of all that the function does, only what its type asks for.
    fn hollow(&mut self, signature: &Signature, block: &Block) {
        let ReturnType::Type(_, of) = &signature.output else {
            return;
        };
        let answers: Vec<String> = match self.source(of) {
            "bool" => vec!["true".into(), "false".into()],
            text if text.starts_with("Option<") => vec!["None".into()],
            text if text.starts_with("Result<()") => vec!["Ok(())".into()],
            text if text.starts_with("Result<bool") => vec!["Ok(true)".into(), "Ok(false)".into()],
            text => {
                let variants = self.seen.variants.iter();
                let variants =
                    variants.filter(|(of, _)| text.starts_with(&format!("Result<{of},")));
                variants
                    .flat_map(|(of, all)| all.iter().map(move |one| format!("Ok({of}::{one})")))
                    .collect()
            }
        };
        for answer in answers {
            let what = format!("do nothing but `{answer}`");
            self.add(what, block.span(), format!("{{ {answer} }}"));
        }
    }

    fn function(&mut self, signature: &Signature, block: &Block) -> String {
        let outer = std::mem::replace(&mut self.function, signature.ident.to_string());
        self.hollow(signature, block);
        outer
    }
}

impl<'ast> Visit<'ast> for Mutator<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        let outer = self.function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
        self.function = outer;
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        let outer = self.function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
        self.function = outer;
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.function = item.ident.to_string();
        visit::visit_item_const(self, item);
        self.function.clear();
    }

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_block(&mut self, block: &'ast Block) {
        self.statements(block);
        visit::visit_block(self, block);
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if !self.is_log(statement) {
            visit::visit_stmt(self, statement);
        }
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        self.condition(&expr.cond);
        visit::visit_expr_if(self, expr);
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        self.condition(&expr.cond);
        visit::visit_expr_while(self, expr);
    }

    fn visit_pat_guard(&mut self, guard: &'ast syn::PatGuard) {
        self.condition(&guard.guard);
        visit::visit_pat_guard(self, guard);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        for (place, arm) in expr.arms.iter().enumerate() {
            let pattern = self.quote(&arm.pat);
            self.add(format!("no arm for {pattern}"), arm.span(), "");
            for (n, other) in expr.arms.iter().enumerate() {
                if n != place && self.source(&other.body) != self.source(&arm.body) {
                    let what = format!("{pattern} does what {} does", self.quote(&other.pat));
                    let with = self.source(&other.body).to_owned();
                    self.add(what, arm.body.span(), with);
                }
            }
        }
        visit::visit_expr_match(self, expr);
    }

    fn visit_expr_unary(&mut self, expr: &'ast syn::ExprUnary) {
        if let UnOp::Not(_) = expr.op {
            let what = format!("{} without the `!`", self.quote(expr));
            let with = self.source(&expr.expr).to_owned();
            self.add(what, expr.span(), with);
        }
        visit::visit_expr_unary(self, expr);
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        let other = match expr.op {
            BinOp::Eq(_) => "!=",
            BinOp::Ne(_) => "==",
            BinOp::Lt(_) => "<=",
            BinOp::Le(_) => "<",
            BinOp::Gt(_) => ">=",
            BinOp::Ge(_) => ">",
            BinOp::And(_) => "||",
            BinOp::Or(_) => "&&",
            BinOp::Add(_) => "-",
            BinOp::Sub(_) => "+",
            _ => "",
        };
        if !other.is_empty() {
            let what = format!("{} with `{other}`", self.quote(expr));
            self.add(what, expr.op.span(), other);
        }
        if let BinOp::And(_) | BinOp::Or(_) = expr.op {
            for side in [&expr.left, &expr.right] {
                let what = format!("{} is {} alone", self.quote(expr), self.quote(side));
                let with = self.source(side).to_owned();
                self.add(what, expr.span(), with);
            }
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let called = self.source(&call.func).to_owned();
        match (called.as_str(), call.args.len()) {
            ("Some", 1) => {
                self.replace(call, "None");
                if self.source(&call.args[0]).starts_with('&') {
                    self.replace(call, "Some(&self.shop.new_key())");
                }
            }
            // Patience without an end.
            ("timeout", 2) => {
                let what = format!("wait for ever for {}", self.quote(&call.args[1]));
                let with = format!(
                    "async {{ Ok::<_, tokio::time::error::Elapsed>({}.await) }}",
                    self.source(&call.args[1])
                );
                self.add(what, call.span(), with);
            }
            _ => {}
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let method = call.method.to_string();
        if self.source(&call.receiver) == "tx" {
            match method.as_str() {
                "execute" | "query" => {
                    let what = format!("outside of the transaction: {}", self.quote(call));
                    self.add(what, call.receiver.span(), "self.shop.db");
                }
                "commit" => self.add(
                    "`tx.commit()` as `tx.rollback()`",
                    call.method.span(),
                    "rollback",
                ),
                "rollback" => self.add(
                    "`tx.rollback()` as `tx.commit()`",
                    call.method.span(),
                    "commit",
                ),
                _ => {}
            }
        }
        // A wrong column is no mistake that could survive.
        match method.as_str() {
            "get" => self.visit_expr(&call.receiver),
            _ => visit::visit_expr_method_call(self, call),
        }
    }

    fn visit_expr_index(&mut self, index: &'ast syn::ExprIndex) {
        // Nor is a row that is not there.
        self.visit_expr(&index.expr);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let Some((of, variant)) = variant_of(&path.path) {
            let others = self.seen.variants.get(&of).cloned().unwrap_or_default();
            for other in others.iter().filter(|other| **other != variant) {
                self.replace(path, &format!("{of}::{other}"));
            }
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        // The parameters of a statement.
        if call.path.is_ident("params")
            && let Ok(values) =
                call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        {
            for value in &values {
                Visit::visit_expr(self, value);
            }
        }
    }

    fn visit_type(&mut self, _: &'ast Type) {}

    fn visit_lit(&mut self, literal: &'ast Lit) {
        match literal {
            Lit::Str(literal) => self.words(literal),
            Lit::Int(literal) => self.number(literal),
            Lit::Bool(literal) => {
                self.replace(literal, if literal.value { "false" } else { "true" })
            }
            _ => {}
        }
    }
}
