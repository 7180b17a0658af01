//! What a Rust file imports: its `use` trees and its paths with `crate`, `super` or `self`, outside of tests.

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One file of a crate.
pub(super) struct File {
    /// From the folder of sources.
    pub(super) path: String,
    pub(super) module: Vec<String>,
    pub(super) imports: Vec<Import>,
    /// Modules in files of their own.
    pub(super) children: Vec<String>,
    /// Those of them that are compiled for tests only.
    pub(super) test_only: Vec<String>,
}

pub(super) struct Import {
    pub(super) line: usize,
    /// The module in which it stands.
    pub(super) base: Vec<String>,
    pub(super) path: Vec<String>,
    /// The name that a `use` gives it.
    pub(super) name: Option<String>,
}

impl File {
    pub(super) fn read(path: &str, text: &str) -> Result<Self> {
        let stem = path.strip_suffix(".rs").unwrap_or(path);
        let mut module: Vec<String> = stem.split('/').map(String::from).collect();
        module.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
        let (base, path, imports) = (module.clone(), path.to_owned(), Vec::new());
        let mut file = Self { path, module, imports, children: Vec::new(), test_only: Vec::new() };
        let text = text.parse().map_err(|error| anyhow!("{}: {error}", file.path))?;
        file.scan(text, &base);
        Ok(file)
    }

    fn scan(&mut self, tokens: TokenStream, base: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |at: usize, sign: char| tokens.get(at).is_some_and(|token| is_sign(token, sign));
        let word = |at: usize| match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => ident.to_string(),
            _ => String::new(),
        };
        let ends_item = |at: usize| is(at, ';') || is_braces(&tokens[at]);
        let item_end =
            |from: usize| (from..tokens.len()).find(|&at| ends_item(at)).unwrap_or(tokens.len());
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match (token, word(at).as_str()) {
                (_, "mod") if is(at + 2, ';') => self.children.push(word(at + 1)),
                (_, "use") if !is(at + 1, '<') => {
                    let end = (at..tokens.len()).find(|&at| is(at, ';')).unwrap_or(tokens.len());
                    self.trees(&tokens[at + 1..end], base, &[]);
                    at = end;
                }
                // A macro's `$crate` is for others, who see the crate from outside.
                (_, "crate" | "super" | "self")
                    if is(at + 1, ':')
                        && is(at + 2, ':')
                        && !(at > 0 && (is(at - 1, '$') || is(at - 1, ':'))) =>
                {
                    let (line, mut path) = (token.span().start().line, vec![word(at)]);
                    while is(at + 1, ':') && !word(at + 3).is_empty() {
                        at += 3;
                        path.push(word(at));
                    }
                    // A macro is found by its text, not by its module.
                    if !is(at + 1, '!') {
                        self.imports.push(Import { line, base: base.to_vec(), path, name: None });
                    }
                }
                (TokenTree::Group(group), _)
                    if at > 0 && is(at - 1, '#') && for_tests(&group.stream()) =>
                {
                    let end = item_end(at + 1);
                    if let Some(module) = (at..end).find(|&at| word(at) == "mod") {
                        let files = if is(end, ';') { vec![word(module + 1)] } else { Vec::new() };
                        self.children.extend(files.clone());
                        self.test_only.extend(files);
                    }
                    at = end;
                }
                (TokenTree::Group(group), _) if at > 1 && word(at - 2) == "mod" => {
                    self.scan(group.stream(), &[base, &[word(at - 1)]].concat());
                }
                (TokenTree::Group(group), _) => self.scan(group.stream(), base),
                _ => {}
            }
            at += 1;
        }
    }

    /// What stands between the commas of a `use`, behind a path.
    fn trees(&mut self, tokens: &[TokenTree], base: &[String], before: &[String]) {
        for tree in tokens.split(|token| is_sign(token, ',')).filter(|tree| !tree.is_empty()) {
            let (mut path, mut name, mut renamed) = (before.to_vec(), None, false);
            for token in tree {
                match token {
                    TokenTree::Ident(word) if word == "as" => renamed = true,
                    TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                    TokenTree::Ident(word) if renamed => name = Some(word.to_string()),
                    TokenTree::Ident(word) => path.push(word.to_string()),
                    _ => {}
                }
            }
            match tree.last() {
                Some(TokenTree::Group(group)) => {
                    self.trees(&group.stream().into_iter().collect::<Vec<_>>(), base, &path);
                }
                _ => {
                    let (line, name) =
                        (tree[0].span().start().line, name.or_else(|| path.last().cloned()));
                    self.imports.push(Import { line, base: base.to_vec(), path, name });
                }
            }
        }
    }
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// `cfg(test)` and `cfg(all(test, ...))`.
fn for_tests(attribute: &TokenStream) -> bool {
    let text = attribute.to_string();
    let is = |word| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word);
    text.starts_with("cfg") && is("cfg") && is("test") && !is("any") && !is("not")
}
