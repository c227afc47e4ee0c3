//! `Principal`.

use super::Grammar;
use super::members::quoted;
use super::statement::is_aws_arn;
use crate::finding::Fix;
use crate::json::{Kind, Problem};
use crate::rules;
use crate::{Principal, PrincipalKind, TypedPrincipal};

use super::around;

impl Grammar<'_, '_> {
    pub(super) fn principal(&mut self, value: usize) -> Option<Principal> {
        let token = self.token(value);
        match token.kind {
            Kind::String if self.string(value).as_deref() == Some("*") => Some(Principal::Everybody),
            Kind::String => {
                let message = "a principal is `\"*\"`, an array of strings, or an object of `RAM`, `Service` and `Federated`";
                // Without quotes it gets some by another fix at the same places.
                let fix = || Fix::new("write `[` and `]` around it", around(token.span(), "[", "]"));
                let problem = Problem::new(&rules::PRINCIPAL_FORM, token.span(), message);
                self.problem(problem.with_fix_if_any(token.is_quoted().then(fix)));
                let only = self.element_string(value, false)?;
                self.no_aws_arn(value);
                Some(Principal::List(vec![only]))
            }
            // An empty array means everybody, to OSS.
            Kind::Array => {
                let list = self.array(value, false)?;
                let tape = self.tape;
                tape.elements(value).for_each(|element| self.no_aws_arn(element));
                Some(Principal::List(list))
            }
            Kind::Object => self.typed_principals(value),
            _ => {
                let message = "a principal is `\"*\"`, an array of strings, or an object of `RAM`, `Service` and `Federated`";
                self.unless_unreadable(value, &rules::PRINCIPAL_FORM, message);
                None
            }
        }
    }

    fn typed_principals(&mut self, object: usize) -> Option<Principal> {
        let mut members: Vec<TypedPrincipal> = Vec::new();
        let mut all = true;
        let tape = self.tape;
        for (name, value) in tape.members(object) {
            let Some(kind) = self.principal_kind(name) else {
                all = false;
                continue;
            };
            if members.iter().any(|member| member.kind == kind) {
                self.duplicate(name, kind.as_str());
                continue;
            }
            match self.one_or_many(value, false) {
                Some(values) => members.push(TypedPrincipal { kind, values }),
                None => all = false,
            }
            self.no_aws_arn(value);
            tape.elements(value).for_each(|element| self.no_aws_arn(element));
            self.no_variables(value);
        }
        if members.is_empty() && all {
            let message = "the principal is empty; name whom you trust under `RAM`, `Service` or `Federated`";
            self.report(object, &rules::EMPTY_ELEMENT, message);
            return None;
        }
        all.then_some(Principal::Typed(members))
    }

    fn principal_kind(&mut self, name: usize) -> Option<PrincipalKind> {
        let text = self.tape.text(self.text, name);
        let of = |text: &str| PrincipalKind::ALL.into_iter().find(|kind| kind.as_str() == text);
        if let Some(kind) = of(&text) {
            return Some(kind);
        }
        if text == "AWS" {
            let message = "`AWS` is a principal of AWS IAM; here it is `RAM`, with values such as `acs:ram::<account>:root`";
            self.report(name, &rules::PRINCIPAL_AWS, message);
            return None;
        }
        if let Some(right) = self.nearest(&text, PrincipalKind::ALL.map(PrincipalKind::as_str)) {
            let message = format!("the principal's kind is `{right}`, to the letter");
            self.rename(name, &rules::PRINCIPAL_KIND, message, right);
            return of(right);
        }
        let message =
            format!("{} is no kind of principal; there are `RAM`, `Service` and `Federated`", quoted(&text));
        self.report(name, &rules::PRINCIPAL_KIND, message);
        None
    }

    fn no_aws_arn(&mut self, value: usize) {
        if self.string(value).is_some_and(|text| is_aws_arn(&text)) {
            let message = "this is a principal of AWS; here they are `acs:ram::<account>:root`, `…:user/<name>`, `…:role/<name>`";
            self.report(value, &rules::AWS_ARN, message);
        }
    }
}
