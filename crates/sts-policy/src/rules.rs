//! The rules: of the JSON text, of the grammar, and of what is written in it. docs/policy-findings.md tells of each.

use crate::finding::{Rule, Severity};

const JSON: &str = "RFC 8259; the service checks JSON before the grammar";
const GRAMMAR: &str = "RAM documentation, policy structure and syntax";
const ELEMENTS: &str = "RAM documentation, policy elements";
const OURS: &str = "this crate: the service's answer is not known, and guessing is not safe";
const NOT_AWS: &str = "RAM documentation, policy elements; the form is that of AWS IAM";
const NO_IF_EXISTS: &str = "the service: \"The condition operator 'IfExists/Null' is not supported\"";

const RAM_ELEMENTS: &str = "documented: https://www.alibabacloud.com/help/en/ram/policy-elements";
const OPERATORS: &str = "documented: https://www.alibabacloud.com/help/en/ram/conditional-operator";
const OSS_SYNTAX: &str =
    "documented: https://www.alibabacloud.com/help/en/oss/user-guide/authorization-syntax-and-elements";
const OSS_WITH_RAM: &str =
    "documented: https://www.alibabacloud.com/help/en/oss/user-guide/how-oss-works-with-ram";
const BUCKET_POLICY: &str = "documented: https://help.aliyun.com/en/oss/user-guide/bucket-policy/";
const ROLES: &str =
    "documented: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createrole";
const CATALOGUE: &str = "documented: the authorization pages of OSS, STS and RAM, as of November 2026";
const LOGIC: &str = "inferred: from the documented evaluation of policies";
const NOT_PARSED: &str = "inferred: from the documented formats of values";
const OPEN: &str = "inferred: no document says what the service does";

macro_rules! rules {
    ($($name:ident $code:literal $severity:ident $source:expr => $meaning:literal;)+) => {
        $(pub(crate) static $name: Rule =
            Rule { code: $code, severity: Severity::$severity, source: $source, meaning: $meaning };)+

        /// All rules of this table.
        pub(crate) static ALL: &[&Rule] = &[$(&$name,)+];
    };
}

rules! {
    EMPTY "json-empty" Error JSON
        => "There is no text, or only white space.";
    TOO_LARGE "json-too-large" Error "this crate: far beyond every limit of the service"
        => "The text is far longer than any policy; it is not read.";
    TOO_DEEP "json-too-deep" Error "this crate: far deeper than any policy"
        => "Brackets stand inside one another far deeper than in any policy; the text is not read further.";
    NOT_UTF8 "json-not-utf8" Error "RFC 8259; OSS answers EC 0030-00000004"
        => "The bytes are not UTF-8.";
    COMMENT "json-comment" Error JSON
        => "JSON has no comments.";
    TRAILING_COMMA "json-trailing-comma" Error JSON
        => "A comma with nothing after it.";
    EXTRA_COMMA "json-extra-comma" Error JSON
        => "Two commas with nothing between them.";
    MISSING_COMMA "json-missing-comma" Error JSON
        => "Two members or elements with no comma between them.";
    MISSING_COLON "json-missing-colon" Error JSON
        => "A member with no colon after its name.";
    MISSING_VALUE "json-missing-value" Error JSON
        => "A member with no value.";
    WHITE_SPACE "json-white-space" Error JSON
        => "A character that looks like white space and is none in JSON, as U+00A0 of web pages.";
    PUNCTUATION "json-punctuation" Error JSON
        => "Punctuation of another script, as a full-width colon.";
    QUOTES "json-quotes" Error JSON
        => "Quotes other than `\"`.";
    NO_QUOTES "json-no-quotes" Error JSON
        => "A name or a string without quotes.";
    LIST_IN_BRACES "json-list-in-braces" Error JSON
        => "A list in braces; it belongs between brackets.";
    BRACKET "json-bracket" Error JSON
        => "A bracket of the wrong kind.";
    STRING_NOT_CLOSED "json-string-not-closed" Error JSON
        => "A string that does not end in its line.";
    CONTROL_CHARACTER "json-control-character" Error JSON
        => "A control character in a string, which must be escaped.";
    ESCAPE "json-escape" Error JSON
        => "A backslash with something after it that is no escape.";
    NUMBER "json-number" Error JSON
        => "A number that is not written as JSON has it.";
    UNEXPECTED_END "json-unexpected-end" Error JSON
        => "The text ends in the middle of the policy.";
    UNEXPECTED_TEXT "json-unexpected-text" Error JSON
        => "Something that is no value.";
    TEXT_AFTER_END "json-text-after-end" Error JSON
        => "Text after the end of the policy.";

    NOT_AN_OBJECT "policy-not-an-object" Error GRAMMAR
        => "The policy is not an object.";
    DUPLICATE_MEMBER "duplicate-member" Error OURS
        => "A member, operator or key that is there twice; which one counts is not known.";
    UNKNOWN_MEMBER "unknown-member" Error "RAM documentation; a misspelt `Statement` is answered InvalidParameter.PolicyGrammar"
        => "A member that the language does not have.";
    MEMBER_NAME "member-name" Error GRAMMAR
        => "A member's name in the wrong case, or misspelt.";
    VALUE_TYPE "value-type" Error GRAMMAR
        => "A value of the wrong type: policies are made of strings, arrays and objects.";
    EMPTY_ELEMENT "empty-element" Error ELEMENTS
        => "An empty string, array or object where something must be.";
    VERSION_MISSING "version-missing" Error "RAM documentation, policy structure and syntax; the service answers MalformedPolicyDocument"
        => "`Version` is missing.";
    VERSION_TYPE "version-type" Error "OSS documentation, EC 0030-00000005"
        => "`Version` is not a string.";
    VERSION_VALUE "version-value" Error "RAM documentation, policy structure and syntax; OSS answers EC 0030-00000002"
        => "`Version` is not `1`.";
    STATEMENT_MISSING "statement-missing" Error GRAMMAR
        => "`Statement` is missing.";
    STATEMENT_NOT_AN_ARRAY "statement-not-an-array" Error GRAMMAR
        => "`Statement` is not an array.";
    EFFECT_MISSING "effect-missing" Error ELEMENTS
        => "A statement without `Effect`.";
    EFFECT_VALUE "effect-value" Error "RAM documentation, policy elements; the service answers MalformedPolicyDocument"
        => "`Effect` is neither `Allow` nor `Deny`.";
    ACTION_MISSING "action-missing" Error "the service: \"Add an Action or NotAction element to the policy statement.\""
        => "A statement with neither `Action` nor `NotAction`.";
    ACTION_TWICE "action-and-not-action" Error ELEMENTS
        => "A statement with both `Action` and `NotAction`.";
    RESOURCE_TWICE "resource-and-not-resource" Error ELEMENTS
        => "A statement with both `Resource` and `NotResource`.";
    AWS_ARN "aws-arn" Error NOT_AWS
        => "A name of AWS, `arn:aws:…`.";
    VARIABLE "policy-variable" Warning "no document of the service names variables"
        => "`${…}`: there are no variables in this language.";
    TEMPLATE_FUNCTION "template-function" Warning "ROS documentation, functions; the service itself takes strings"
        => "A function of a ROS template where a string must be by the time the service sees it.";
    PRINCIPAL_FORM "principal-form" Error ELEMENTS
        => "`Principal` is no array, no object and not `\"*\"`.";
    PRINCIPAL_KIND "principal-kind" Error ELEMENTS
        => "A member of `Principal` other than `RAM`, `Service` and `Federated`.";
    PRINCIPAL_AWS "principal-aws" Error NOT_AWS
        => "The principal `AWS`, of AWS IAM.";
    NOT_PRINCIPAL "not-principal" Error ELEMENTS
        => "`NotPrincipal`, which the language does not have.";
    OPERATOR_UNKNOWN "operator-unknown" Error "RAM documentation, condition operators"
        => "A condition operator that there is not.";
    OPERATOR_NAME "operator-name" Error "RAM documentation, condition operators"
        => "A condition operator in the wrong case, or misspelt.";
    OPERATOR_IF_EXISTS "operator-if-exists" Error NO_IF_EXISTS
        => "An operator that ends in `IfExists`.";
    OPERATOR_NULL "operator-null" Error NO_IF_EXISTS
        => "The operator `Null`.";
    OPERATOR_AWS "operator-aws" Error "RAM documentation, condition operators; the operator is one of AWS IAM"
        => "An operator of AWS IAM that does not exist here.";

    POLICY_TOO_LONG "policy-too-long" Error "documented: https://www.alibabacloud.com/en/notice/ram20220919 for sessions, the page of CreatePolicy for custom policies, EC 0030-00000001 for buckets"
        => "More than 2,048 characters in a session policy, 6,144 in a custom policy, or 16,383 bytes in a bucket policy, white space not counted.";
    STATEMENT_TOO_LONG "statement-too-long" Error "documented: https://help.aliyun.com/zh/oss/user-guide/0030-00000003"
        => "More than 4,095 bytes in a statement of a bucket policy, white space not counted.";
    MINIFY_TO_FIT "minify-to-fit" Warning "inferred: the service counts the text as it is sent"
        => "Too long as it is written, but not without the white space.";
    BYTES_OVER_LIMIT "bytes-over-limit" Warning "inferred: documents count characters, answers of the service count bytes"
        => "Within the limit in characters, but not in bytes.";

    PRINCIPAL_NOT_ALLOWED "principal-not-allowed" Error RAM_ELEMENTS
        => "`Principal` in a policy that is about whom it is given to: identity, session and control policies.";
    PRINCIPAL_MISSING "principal-missing" Error RAM_ELEMENTS
        => "A trust, bucket or access point policy with a statement that has no `Principal`.";
    PRINCIPAL_OF_KIND "principal-of-kind" Error RAM_ELEMENTS
        => "A principal in the form of another kind of policy: trust policies have an object, those of buckets, access points and endpoints an array.";
    PRINCIPAL_RAM_ARN "principal-ram-arn" Warning BUCKET_POLICY
        => "An ARN of RAM where digits of an account or a user are asked for; it matches nobody.";
    PRINCIPAL_VALUE "principal-value" Warning RAM_ELEMENTS
        => "A principal that is not of the form that its place asks for.";
    RESOURCE_MISSING "resource-missing" Error RAM_ELEMENTS
        => "A statement without `Resource`.";
    NOT_RESOURCE "not-resource" Warning "inferred: an old copy of the grammar has it, no later one, and no published policy"
        => "`NotResource`, which no current document has.";

    ACTION_FORM "action-form" Warning RAM_ELEMENTS
        => "An action that is not `service:Name`.";
    ACTION_UNKNOWN "action-unknown" Warning CATALOGUE
        => "An action that OSS, STS or RAM do not document. RAM has more actions than its pages list: there, only what looks misspelt is reported.";
    ACTION_IS_API_NAME "action-is-api-name" Warning CATALOGUE
        => "The name of an API that is checked as an action of another name.";
    ACTION_VERB "action-verb" Advice "inferred: names of actions begin with the same few verbs"
        => "An action of a service without a catalogue whose first word looks misspelt.";
    ACTION_CASE "action-case" Advice RAM_ELEMENTS
        => "An action in another letter case than documented, which most services take.";
    ACTION_RESOURCE_MISMATCH "action-resource-mismatch" Warning OSS_WITH_RAM
        => "An action that is never asked about any of the resources of its statement.";
    WILDCARD_PARTLY_MISMATCHED "wildcard-partly-mismatched" Advice OSS_WITH_RAM
        => "A pattern of actions, some of which are never asked about any of the resources.";
    RESOURCE_UNUSED "resource-unused" Advice CATALOGUE
        => "A resource that no action of its statement is ever asked about.";
    RESOURCE_FORM "resource-form" Warning RAM_ELEMENTS
        => "A resource that is neither `acs:…` nor a pattern.";
    RESOURCE_SEGMENTS "resource-segments" Warning RAM_ELEMENTS
        => "A resource with fewer than five segments.";
    STAR_ACROSS_COLONS "star-across-colons" Warning OPEN
        => "A resource that matches something only if `*` may stand for a `:`, which is not documented.";
    DOUBLE_STAR "double-star" Warning OPEN
        => "`**`, which means `*`.";
    CONSECUTIVE_STARS "consecutive-stars" Error "documented: https://help.aliyun.com/zh/oss/support/0030-00000007"
        => "`**` in a resource or a condition of a bucket or access point policy.";

    CONDITION_KEY_FORM "condition-key-form" Warning RAM_ELEMENTS
        => "A condition key without a service, or without the name of a tag where one belongs.";
    CONDITION_KEY_SPELLING "condition-key-spelling" Warning "documented: https://www.alibabacloud.com/help/en/ram/policy-elements, keys are told apart by letter case"
        => "A condition key that is nearly one; letter case counts.";
    CONDITION_KEY_UNKNOWN "condition-key-unknown" Warning CATALOGUE
        => "A condition key that is not documented, of OSS, STS, RAM or common to all services.";
    CONDITION_KEY_NOT_FILLED "condition-key-not-filled" Warning CATALOGUE
        => "A condition key that requests of the actions do not have.";
    OPERATOR_TYPE "operator-type" Warning OPERATORS
        => "An operator for values of another type than those of the key.";
    NEGATED_ABSENT_KEY "negated-absent-key" Advice "documented for OSS: https://www.alibabacloud.com/help/en/oss/user-guide/how-oss-works-with-ram; inferred elsewhere"
        => "A negated operator, or one with `ForAllValues:`, on a key that requests may lack: those that do meet it.";
    SOURCE_IP_WITHOUT_SOURCE_VPC "source-ip-without-source-vpc" Error "documented: https://help.aliyun.com/zh/oss/user-guide/0030-00000008; measured too"
        => "`acs:SourceIp` without `acs:SourceVpc` in a statement of a bucket policy.";
    PRIVATE_SOURCE_IP "private-source-ip" Advice OSS_SYNTAX
        => "Private addresses without saying of which VPC.";
    MFA_DENY "mfa-deny" Warning "measured: calls with an AccessKey carry no acs:MFAPresent"
        => "A denial under `Bool` `acs:MFAPresent` `false`: calls with an AccessKey have no such key, and are not denied.";
    MFA_LOCK_OUT "mfa-lock-out" Advice LOGIC
        => "A denial without MFA that also denies the call that begins to use MFA.";

    VALUE_NOT_AN_ADDRESS "value-not-an-address" Error NOT_PARSED
        => "A value of an address operator that is neither an address nor a block.";
    VALUE_NOT_A_DATE "value-not-a-date" Error NOT_PARSED
        => "A value of a date operator that is no date and time of ISO 8601.";
    VALUE_NOT_A_NUMBER "value-not-a-number" Error NOT_PARSED
        => "A value of a numeric operator that is no decimal number.";
    VALUE_NOT_A_BOOL "value-not-a-bool" Error NOT_PARSED
        => "A value of `Bool` that is neither `true` nor `false`.";
    ADDRESS_PARTIAL "address-partial" Warning OPEN
        => "An address with `*` for a part of it.";
    ADDRESS_HOST_BITS "address-host-bits" Warning OPEN
        => "A block of addresses with bits set beyond its length.";
    VALUE_UNDOCUMENTED "value-undocumented" Advice OPEN
        => "A value in a form that the service may or may not take: blocks of IPv6 addresses, fractions, `True`.";
    VALUE_DOUBTFUL "value-doubtful" Warning OPEN
        => "A value in a form that a standard or an old page has and no current page does, as a date without time or offset, or `HTTPS` under `acs:SecureTransport`.";
    VALUE_NOT_POSSIBLE "value-not-possible" Warning OSS_SYNTAX
        => "A value that the key never has.";
    WILDCARD_IN_STRING_EQUALS "wildcard-in-string-equals" Warning "measured: `StringEquals` takes `*` and `?` as letters"
        => "`*` or `?` under an operator that takes them as letters.";

    CONDITION_CONTRADICTION "condition-contradiction" Warning LOGIC
        => "Conditions that no value of a key can meet at once, as an empty time window: the statement is dead.";
    ALLOW_SHADOWED "allow-shadowed" Warning LOGIC
        => "A statement that allows only what another one denies.";
    STATEMENT_COVERED "statement-covered" Advice LOGIC
        => "A statement that says nothing that another one does not say.";
    SESSION_GRANTS_NOTHING "session-grants-nothing" Warning LOGIC
        => "A session policy that allows nothing.";

    OVER_BROAD "over-broad" Advice LOGIC
        => "All actions, or all of a service, on all resources, without a condition.";
    ALLOW_NOT_ACTION "allow-not-action" Advice "documented: https://www.alibabacloud.com/help/document_detail/93739.html"
        => "`Allow` with `NotAction` on all resources: everything but what is listed.";
    PUBLIC_ACCESS "public-access" Advice BUCKET_POLICY
        => "A bucket or access point policy that allows everybody, without a condition.";
    EVERYBODY_SPARES_OWNER "everybody-spares-owner" Advice BUCKET_POLICY
        => "A denial for everybody without a condition, which is not about the owner of the bucket.";
    TRUSTS_WHOLE_ACCOUNT "trusts-whole-account" Advice ROLES
        => "A trust policy that trusts every user and role of an account, without a condition.";
    TRUSTS_ANY_ACCOUNT "trusts-any-account" Warning ROLES
        => "A trust policy that trusts names in any account.";
    FEDERATED_WITHOUT_CONDITION "federated-without-condition" Advice ROLES
        => "A trust policy that trusts everything an identity provider says.";
    TRUST_ACTION "trust-action" Warning ROLES
        => "A trust policy that is not about `sts:AssumeRole`.";
    PRIVILEGE_ESCALATION "privilege-escalation" Advice LOGIC
        => "A permission on any user, role or policy that leads to all others.";
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
