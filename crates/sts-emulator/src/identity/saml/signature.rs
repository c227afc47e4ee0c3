//! XML signatures (XML-DSig) as SAML 2.0 §5.4 allows them, and no others.
//!
//! A signature counts only for the element it is a child of. It has one reference, to the id of that element, with the transforms
//! *enveloped signature* and *exclusive canonicalization*; the signed text is canonicalized exclusively. What it holds besides
//! (`KeyInfo`) is not looked at: keys come from the provider's metadata.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::NodeSet;
use ring::digest::{SHA256, SHA384, SHA512, digest};

use super::document::{Element, SIGNATURE};
use crate::identity::key::{Algorithm, PublicKey};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
const DIGEST_SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// Canonicalizing looks at each of these for each element.
const MAX_PREFIXES: usize = 32;

/// Whether one of the keys has signed this element, by the one signature that is a child of it.
pub(super) fn is_signed(element: Element<'_, '_>, keys: &[PublicKey]) -> bool {
    check(element, keys).is_some()
}

fn check(element: Element<'_, '_>, keys: &[PublicKey]) -> Option<()> {
    let signature = element.only(SIGNATURE, "Signature")?;
    let parts: Vec<_> = signature.children().collect();
    let (info, value) = match parts.as_slice() {
        [info, value] => (info, value),
        [info, value, key] if key.is(SIGNATURE, "KeyInfo") => (info, value),
        _ => return None,
    };
    if !info.is(SIGNATURE, "SignedInfo") || !value.is(SIGNATURE, "SignatureValue") {
        return None;
    }
    let parts: Vec<_> = info.children().collect();
    let [canonicalization, method, reference] = parts.as_slice() else { return None };
    if !canonicalization.is(SIGNATURE, "CanonicalizationMethod")
        || !method.is(SIGNATURE, "SignatureMethod")
        || !reference.is(SIGNATURE, "Reference")
    {
        return None;
    }

    let prefixes = exclusive_prefixes(*canonicalization)?;
    let info = NodeSet::tree_without_comments(info.node, element.document);
    let signed = canonical(element, &info, &prefixes)?;
    let algorithm = algorithm(*method)?;
    let value = base64(*value)?;
    if !keys.iter().any(|key| key.verify(algorithm, &signed, &value)) {
        return None;
    }
    // Only now is the provider known to have asked for what this costs.
    check_reference(element, signature, *reference)
}

/// The reference must be to this very element, not to one that has its id elsewhere.
fn check_reference(
    element: Element<'_, '_>,
    signature: Element<'_, '_>,
    reference: Element<'_, '_>,
) -> Option<()> {
    let id = element.attribute("ID").filter(|id| !id.is_empty())?;
    if reference.attribute("URI")?.strip_prefix('#')? != id {
        return None;
    }
    let parts: Vec<_> = reference.children().collect();
    let [transforms, method, value] = parts.as_slice() else { return None };
    if !transforms.is(SIGNATURE, "Transforms")
        || !method.is(SIGNATURE, "DigestMethod")
        || !value.is(SIGNATURE, "DigestValue")
    {
        return None;
    }
    let parts: Vec<_> = transforms.children().collect();
    let [enveloped, exclusive] = parts.as_slice() else { return None };
    if !enveloped.is(SIGNATURE, "Transform")
        || enveloped.attribute("Algorithm") != Some(ENVELOPED)
        || enveloped.children().next().is_some()
        || !exclusive.is(SIGNATURE, "Transform")
    {
        return None;
    }
    let prefixes = exclusive_prefixes(*exclusive)?;
    let everything = NodeSet::tree_without_comments(element.node, element.document);
    let itself = NodeSet::tree_without_comments(signature.node, element.document);
    let signed = canonical(element, &everything.subtract(&itself), &prefixes)?;
    let algorithm = match method.attribute("Algorithm")? {
        DIGEST_SHA256 => &SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => &SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => &SHA512,
        // SHA-1 among others.
        _ => return None,
    };
    (digest(algorithm, &signed).as_ref() == base64(*value)?).then_some(())
}

fn algorithm(method: Element<'_, '_>) -> Option<Algorithm> {
    // No parameters: an `HMACOutputLength` here has shortened signatures elsewhere.
    if method.children().next().is_some() {
        return None;
    }
    match method.attribute("Algorithm")? {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Some(Algorithm::RsaSha256),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Some(Algorithm::RsaSha384),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Some(Algorithm::RsaSha512),
        ECDSA_SHA256 => Some(Algorithm::EcdsaP256Sha256),
        _ => None,
    }
}

/// The prefixes of `InclusiveNamespaces`, if the method is exclusive canonicalization without comments.
fn exclusive_prefixes<'d>(method: Element<'d, '_>) -> Option<Vec<&'d str>> {
    if method.attribute("Algorithm")? != EXCLUSIVE {
        return None;
    }
    let mut parameters = method.children();
    let prefixes: Vec<&str> = match (parameters.next(), parameters.next()) {
        (None, _) => Vec::new(),
        (Some(inclusive), None) if inclusive.is(EXCLUSIVE, "InclusiveNamespaces") => {
            inclusive.attribute("PrefixList").unwrap_or_default().split_ascii_whitespace().collect()
        }
        _ => return None,
    };
    (prefixes.len() <= MAX_PREFIXES).then_some(prefixes)
}

fn canonical(element: Element<'_, '_>, nodes: &NodeSet, prefixes: &[&str]) -> Option<Vec<u8>> {
    canonicalize_doc(element.document, C14nMode::Exclusive, Some(nodes), prefixes).ok()
}

fn base64(element: Element<'_, '_>) -> Option<Vec<u8>> {
    let folded: Vec<u8> = element.text()?.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(folded).ok()
}

/// The text of a `SignedInfo` for ECDSA over an element that has no signature yet. It is canonical as it stands.
pub(super) fn signed_info(element: Element<'_, '_>) -> Option<String> {
    let id = element.attribute("ID")?;
    let nodes = NodeSet::tree_without_comments(element.node, element.document);
    let digest = STANDARD.encode(digest(&SHA256, &canonical(element, &nodes, &[])?));
    Some(format!(
        "<ds:SignedInfo xmlns:ds=\"{SIGNATURE}\">\
         <ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{ECDSA_SHA256}\"></ds:SignatureMethod>\
         <ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"{ENVELOPED}\"></ds:Transform>\
         <ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{DIGEST_SHA256}\"></ds:DigestMethod>\
         <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    ))
}
