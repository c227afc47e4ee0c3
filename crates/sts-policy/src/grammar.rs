//! From tape to model: what the grammar of policies asks.
//!
//! What has a fix is read as if the fix had been made; so the model is there whenever every error has a fix.

mod condition;
mod members;
mod principal;
mod statement;
mod suggest;

use std::ops::Range;

use crate::finding::{Edit, Fix, Rule};
use crate::json::{Kind, Problem, Problems, Tape, Token};
use crate::rules;
use crate::{OneOrMany, Statement, minify};
pub(crate) use members::quoted;
use statement::StatementTokens;
pub(crate) use suggest::nearest;

/// What the grammar made of a tape.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    /// `None`: some error has no fix.
    pub(crate) statements: Option<Vec<Statement>>,
    /// Whether `Statement` comes before `Version`.
    pub(crate) statement_first: bool,
    /// Where `Version` is, and where each statement.
    pub(crate) version: Option<usize>,
    pub(crate) tokens: Vec<StatementTokens>,
}

pub(crate) use statement::StatementTokens as Tokens;

/// Reads a document from its tape.
pub(crate) fn parse(text: &str, tape: &Tape, problems: &mut Problems) -> Parsed {
    let mut grammar = Grammar { text, tape, problems };
    let mut parsed = Parsed::default();
    let statements = grammar.document(&mut parsed);
    parsed.statements = statements.filter(|_| !problems.is_unfixable());
    parsed
}

struct Grammar<'t, 'p> {
    text: &'t str,
    tape: &'t Tape,
    problems: &'p mut Problems,
}

impl Grammar<'_, '_> {
    fn document(&mut self, parsed: &mut Parsed) -> Option<Vec<Statement>> {
        let root = 0;
        if self.token(root).kind != Kind::Object {
            self.unless_unreadable(root, &rules::NOT_AN_OBJECT, "a policy is an object: `{…}`");
            return None;
        }
        let mut statement = None;
        let names = ["Version", "Statement"];
        for member in self.members(root, &names) {
            if member.canonical == "Version" {
                parsed.version = Some(member.name);
                parsed.statement_first = statement.is_some();
                self.version(member.value);
            } else {
                statement = Some(member.value);
            }
        }
        if parsed.version.is_none() {
            let inside = self.token(root).span().start + 1;
            let comma = if self.tape.members(root).next().is_some() {
                "\"Version\":\"1\","
            } else {
                "\"Version\":\"1\""
            };
            let fix = Fix::replace("insert the version", inside..inside, comma);
            let message = "the member `Version` is missing; it is the string `1`";
            self.problem(Problem::new(&rules::VERSION_MISSING, inside - 1..inside, message).with_fix(fix));
        }
        let Some(statement) = statement else {
            let message = "the member `Statement` is missing; it is an array of statements";
            self.report(root, &rules::STATEMENT_MISSING, message);
            return None;
        };
        self.statements(statement, parsed)
    }

    fn version(&mut self, value: usize) {
        let token = self.token(value);
        let text = self.string(value);
        let (rule, message) = match (token.kind, text.as_deref()) {
            (Kind::String, Some("1")) => return,
            (Kind::String, Some("2012-10-17" | "2008-10-17")) => (
                &rules::VERSION_VALUE,
                "this is a version of AWS IAM; here the only version is the string `1`",
            ),
            (Kind::String, _) => (&rules::VERSION_VALUE, "the only version is the string `1`"),
            (Kind::Unreadable, _) => return,
            (Kind::Object | Kind::Array, _) => {
                return self.report(value, &rules::VERSION_TYPE, "the version is the string `1`");
            }
            _ => (&rules::VERSION_TYPE, "the version is a string: `\"1\"`"),
        };
        let fix = match token.kind {
            Kind::String => Fix::replace("write `1`", token.inside(), "1"),
            _ => Fix::replace("write `\"1\"`", token.span(), "\"1\""),
        };
        self.problem(Problem::new(rule, token.span(), message).with_fix(fix));
    }

    fn statements(&mut self, value: usize, parsed: &mut Parsed) -> Option<Vec<Statement>> {
        let token = self.token(value);
        match token.kind {
            Kind::Array => {}
            Kind::Object => {
                let message = "`Statement` is an array, also when there is one statement only; write `[` and `]` around it";
                let fix = Fix::new("write `[` and `]` around it", around(token.span(), "[", "]"));
                self.problem(
                    Problem::new(&rules::STATEMENT_NOT_AN_ARRAY, token.span(), message).with_fix(fix),
                );
                let statement = self.statement(value, &mut parsed.tokens)?;
                return Some(vec![statement]);
            }
            _ => {
                let message = "`Statement` is an array of statements";
                self.unless_unreadable(value, &rules::STATEMENT_NOT_AN_ARRAY, message);
                return None;
            }
        }
        let mut statements = Vec::new();
        let mut all = true;
        for element in self.tape.elements(value) {
            match self.statement(element, &mut parsed.tokens) {
                Some(statement) => statements.push(statement),
                None => all = false,
            }
        }
        if statements.is_empty() && all {
            self.report(value, &rules::EMPTY_ELEMENT, "`Statement` is empty: the policy grants nothing");
            return None;
        }
        all.then_some(statements)
    }

    fn token(&self, index: usize) -> Token {
        self.tape.token(index)
    }

    fn string(&self, index: usize) -> Option<std::borrow::Cow<'_, str>> {
        (self.token(index).kind == Kind::String).then(|| self.tape.text(self.text, index))
    }

    /// A string or an array of strings. `allow_empty`: of each string, not of the array.
    fn one_or_many(&mut self, value: usize, allow_empty: bool) -> Option<OneOrMany> {
        if self.token(value).kind != Kind::Array {
            return self.element_string(value, allow_empty).map(OneOrMany::one);
        }
        let values = self.array(value, allow_empty)?;
        let values = OneOrMany::many(values);
        if values.is_none() {
            self.report(
                value,
                &rules::EMPTY_ELEMENT,
                "this array is empty; name at least one value, or leave the member out",
            );
        }
        values
    }

    fn array(&mut self, value: usize, allow_empty: bool) -> Option<Vec<String>> {
        let mut values = Vec::new();
        let mut all = true;
        for element in self.tape.elements(value) {
            match self.element_string(element, allow_empty) {
                Some(element) => values.push(element),
                None => all = false,
            }
        }
        all.then_some(values)
    }

    fn element_string(&mut self, value: usize, allow_empty: bool) -> Option<String> {
        let token = self.token(value);
        match token.kind {
            Kind::String => {
                let text = self.tape.text(self.text, value);
                if text.is_empty() && !allow_empty {
                    self.report(
                        value,
                        &rules::EMPTY_ELEMENT,
                        "this string is empty; `*` stands for everything",
                    );
                    return None;
                }
                Some(text.into_owned())
            }
            Kind::Number | Kind::True | Kind::False => {
                let message = "values are strings, also numbers and truth values; put it between quotes";
                let fix = Fix::new("put it between quotes", around(token.span(), "\"", "\""));
                self.problem(Problem::new(&rules::VALUE_TYPE, token.span(), message).with_fix(fix));
                self.text.get(token.span()).map(str::to_owned)
            }
            Kind::Object if self.is_template_function(value) => {
                let message = "this is a function of a ROS template, which has to be replaced by a string before the service sees it";
                self.report(value, &rules::TEMPLATE_FUNCTION, message);
                // It fits nothing that a request has, and is told apart from others.
                self.text.get(token.span()).map(|text| minify(text).unwrap_or_else(|_| text.to_owned()))
            }
            _ => {
                self.unless_unreadable(value, &rules::VALUE_TYPE, "this must be a string");
                None
            }
        }
    }

    /// `{"Ref": …}` or `{"Fn::…": …}`: policies are published inside templates.
    fn is_template_function(&self, object: usize) -> bool {
        let mut members = self.tape.members(object);
        let name = members.next().map(|(name, _)| self.tape.text(self.text, name));
        members.next().is_none() && name.is_some_and(|name| name == "Ref" || name.starts_with("Fn::"))
    }

    /// The known name that a misspelt one stands for. Not asked of hostile texts, which have thousands.
    fn nearest<'n>(&self, name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        if self.problems.is_full() { None } else { nearest(name, known) }
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn report(
        &mut self,
        token: usize,
        rule: &'static Rule,
        message: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        self.problem(Problem::new(rule, self.token(token).span(), message));
    }

    /// What could not be read has been reported already.
    fn unless_unreadable(&mut self, token: usize, rule: &'static Rule, message: &'static str) {
        if self.token(token).kind != Kind::Unreadable {
            self.report(token, rule, message);
        }
    }

    /// Says that `${` means nothing, where somebody may think that it does.
    fn no_variables(&mut self, value: usize) {
        let tape = self.tape;
        let single = (self.token(value).kind == Kind::String).then_some(value);
        for index in single.into_iter().chain(tape.elements(value)) {
            if self.string(index).is_some_and(|text| text.contains("${")) {
                let message = "there are no variables here: `${` is two characters like any others";
                self.report(index, &rules::VARIABLE, message);
            }
        }
    }
}

fn around(span: Range<usize>, open: &'static str, close: &'static str) -> Vec<Edit> {
    vec![Edit::new(span.start..span.start, open), Edit::new(span.end..span.end, close)]
}
