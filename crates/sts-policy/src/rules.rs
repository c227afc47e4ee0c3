//! The rules of the JSON text and of the grammar.

use crate::finding::{Rule, Severity};

const JSON: &str = "RFC 8259; the service checks JSON before the grammar";
const GRAMMAR: &str = "RAM documentation, policy structure and syntax";
const ELEMENTS: &str = "RAM documentation, policy elements";
const OURS: &str = "this crate: the service's answer is not known, and guessing is not safe";
const NOT_AWS: &str = "RAM documentation, policy elements; the form is that of AWS IAM";
const NO_IF_EXISTS: &str = "the service: \"The condition operator 'IfExists/Null' is not supported\"";

macro_rules! rules {
    ($($name:ident $code:literal $severity:ident $source:expr;)+) => {
        $(pub(crate) static $name: Rule =
            Rule { code: $code, severity: Severity::$severity, source: $source };)+

        /// All rules of this table.
        #[cfg(test)]
        pub(crate) static ALL: &[&Rule] = &[$(&$name,)+];
    };
}

rules! {
    EMPTY "json-empty" Error JSON;
    TOO_LARGE "json-too-large" Error "this crate: far beyond every limit of the service";
    TOO_DEEP "json-too-deep" Error "this crate: far deeper than any policy";
    NOT_UTF8 "json-not-utf8" Error "RFC 8259; OSS answers EC 0030-00000004";
    COMMENT "json-comment" Error JSON;
    TRAILING_COMMA "json-trailing-comma" Error JSON;
    EXTRA_COMMA "json-extra-comma" Error JSON;
    MISSING_COMMA "json-missing-comma" Error JSON;
    MISSING_COLON "json-missing-colon" Error JSON;
    MISSING_VALUE "json-missing-value" Error JSON;
    WHITE_SPACE "json-white-space" Error JSON;
    PUNCTUATION "json-punctuation" Error JSON;
    QUOTES "json-quotes" Error JSON;
    NO_QUOTES "json-no-quotes" Error JSON;
    LIST_IN_BRACES "json-list-in-braces" Error JSON;
    BRACKET "json-bracket" Error JSON;
    STRING_NOT_CLOSED "json-string-not-closed" Error JSON;
    CONTROL_CHARACTER "json-control-character" Error JSON;
    ESCAPE "json-escape" Error JSON;
    NUMBER "json-number" Error JSON;
    UNEXPECTED_END "json-unexpected-end" Error JSON;
    UNEXPECTED_TEXT "json-unexpected-text" Error JSON;
    TEXT_AFTER_END "json-text-after-end" Error JSON;

    NOT_AN_OBJECT "policy-not-an-object" Error GRAMMAR;
    DUPLICATE_MEMBER "duplicate-member" Error OURS;
    UNKNOWN_MEMBER "unknown-member" Error "RAM documentation; a misspelt `Statement` is answered InvalidParameter.PolicyGrammar";
    MEMBER_NAME "member-name" Error GRAMMAR;
    VALUE_TYPE "value-type" Error GRAMMAR;
    EMPTY_ELEMENT "empty-element" Error ELEMENTS;
    VERSION_MISSING "version-missing" Error "RAM documentation, policy structure and syntax; the service answers MalformedPolicyDocument";
    VERSION_TYPE "version-type" Error "OSS documentation, EC 0030-00000005";
    VERSION_VALUE "version-value" Error "RAM documentation, policy structure and syntax; OSS answers EC 0030-00000002";
    STATEMENT_MISSING "statement-missing" Error GRAMMAR;
    STATEMENT_NOT_AN_ARRAY "statement-not-an-array" Error GRAMMAR;
    EFFECT_MISSING "effect-missing" Error ELEMENTS;
    EFFECT_VALUE "effect-value" Error "RAM documentation, policy elements; the service answers MalformedPolicyDocument";
    ACTION_MISSING "action-missing" Error "the service: \"Add an Action or NotAction element to the policy statement.\"";
    ACTION_TWICE "action-and-not-action" Error ELEMENTS;
    RESOURCE_TWICE "resource-and-not-resource" Error ELEMENTS;
    AWS_ARN "aws-arn" Error NOT_AWS;
    VARIABLE "policy-variable" Warning "no document of the service names variables";
    TEMPLATE_FUNCTION "template-function" Warning "ROS documentation, functions; the service itself takes strings";
    PRINCIPAL_FORM "principal-form" Error ELEMENTS;
    PRINCIPAL_KIND "principal-kind" Error ELEMENTS;
    PRINCIPAL_AWS "principal-aws" Error NOT_AWS;
    NOT_PRINCIPAL "not-principal" Error ELEMENTS;
    OPERATOR_UNKNOWN "operator-unknown" Error "RAM documentation, condition operators";
    OPERATOR_NAME "operator-name" Error "RAM documentation, condition operators";
    OPERATOR_IF_EXISTS "operator-if-exists" Error NO_IF_EXISTS;
    OPERATOR_NULL "operator-null" Error NO_IF_EXISTS;
    OPERATOR_AWS "operator-aws" Error "RAM documentation, condition operators; the operator is one of AWS IAM";
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_distinct_and_in_kebab_case() {
        let codes: BTreeSet<&str> = ALL.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), ALL.len());
        for code in codes {
            assert!(
                code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{code}"
            );
        }
    }
}
