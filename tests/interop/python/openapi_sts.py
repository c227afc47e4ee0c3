"""PyPI alibabacloud_sts20150401, what the vendor's documentation recommends today: ACS3, parameters in the query."""

import logging
import re
import warnings

from alibabacloud_sts20150401 import models
from alibabacloud_sts20150401.client import Client
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions

import harness
from harness import Captured, Emulator, Suite, judge

logging.disable(logging.CRITICAL)
# Its dates come from the deprecated `utcnow`.
warnings.simplefilter("ignore", DeprecationWarning)

emulator = Emulator()


def describe(error):
    """Its exceptions carry the service's code."""
    return getattr(error, "code", None) or type(error).__name__


def client(**changes):
    options = {
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "endpoint": emulator.authority,
        "protocol": "HTTP",
    }
    return Client(Config(**{**options, **changes}))


def assume(sts, policy=None, role_arn=None):
    request = models.AssumeRoleRequest(
        role_arn=role_arn or emulator.role_arn, role_session_name="interop", duration_seconds=900, policy=policy
    )
    return sts.assume_role_with_options(request, RuntimeOptions(autoretry=False)).body.credentials


def session():
    """The options that make it sign as a session."""
    credentials = assume(client())
    return {
        "access_key_id": credentials.access_key_id,
        "access_key_secret": credentials.access_key_secret,
        "security_token": credentials.security_token,
    }


def outcome(credentials):
    return judge(credentials.access_key_id, credentials.access_key_secret, credentials.security_token)


def who_am_i(sts):
    return sts.get_caller_identity_with_options(RuntimeOptions(autoretry=False)).body.identity_type


def expired():
    sts = client(**session())
    with emulator.clock_ahead(harness.DAY_SECONDS):
        return who_am_i(sts)


def off():
    with emulator.clock_ahead(16 * 60):
        return outcome(assume(client()))


def with_oidc(token=None):
    request = models.AssumeRoleWithOIDCRequest(
        oidcprovider_arn=emulator.oidc_provider_arn,
        oidctoken=token or emulator.oidc_token,
        role_arn=emulator.role_arn,
        role_session_name="interop",
    )
    return outcome(client().assume_role_with_oidcwith_options(request, RuntimeOptions(autoretry=False)).body.credentials)


def signed_headers():
    authorization = Captured(emulator.last_request()).lower_headers["authorization"]
    names = re.search(r"SignedHeaders=([^,]*)", authorization)[1].split(";")
    return " ".join(name for name in names if not name.startswith("x-acs-"))


def nonce_and_date():
    headers = Captured(emulator.last_request()).lower_headers
    nonce, date = headers["x-acs-signature-nonce"], headers["x-acs-date"]
    if re.fullmatch(r"[0-9a-f]{32}", nonce):
        nonce = "32 hexadecimal digits"
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", date):
        date = "whole seconds"
    return f"{nonce}, {date}"


suite = Suite(harness.client_name("alibabacloud-sts20150401"), describe)
check = suite.check

check("AssumeRole", "credentials", lambda: outcome(assume(client())))
check("the wire: scheme", "ACS3-HMAC-SHA256", lambda: Captured(emulator.last_request()).scheme())
check("the wire: where the parameters are", "query", lambda: Captured(emulator.last_request()).place_of("RoleArn"))
check("the wire: signed besides x-acs-*", "accept host user-agent", signed_headers)
check("the wire: nonce and date", "32 hexadecimal digits, whole seconds", nonce_and_date)
check("replayed bytes", "400 SignatureNonceUsed", lambda: emulator.replay(emulator.last_request()))
check("AssumeRole, policy", "credentials", lambda: outcome(assume(client(), harness.POLICY)))
check("AssumeRole, policy with spaces", "credentials", lambda: outcome(assume(client(), harness.POLICY_WITH_SPACES)))
check("the wire: a space in the query", "+", lambda: Captured(emulator.last_request()).space())
check("GetCallerIdentity", "RAMUser", lambda: who_am_i(client()))
check("signed with a session", "AssumedRoleUser", lambda: who_am_i(client(**session())))
check("roles chain", "credentials", lambda: outcome(assume(client(**session()))))
check("AssumeRoleWithOIDC, unsigned", "credentials", with_oidc)
check("the wire: where its action is", "x-acs-action, query", lambda: Captured(emulator.last_request()).places_of_action())
check("AssumeRoleWithOIDC, bad token", "AuthenticationFail.OIDCToken.Invalid", lambda: with_oidc("eyJ.eyJ.sig"))
check("wrong secret", "SignatureDoesNotMatch", lambda: outcome(assume(client(access_key_secret="wrong"))))
check("unknown access key", "InvalidAccessKeyId.NotFound", lambda: outcome(assume(client(access_key_id="LTAInobody"))))
check("expired token", "InvalidSecurityToken.Expired", expired)
check("bad policy", "InvalidParameter.PolicyGrammar", lambda: outcome(assume(client(), harness.BAD_POLICY)))
check("unknown role", "EntityNotExist.Role", lambda: outcome(assume(client(), role_arn=emulator.unknown_role_arn)))
check("clock 16 minutes off", "InvalidTimeStamp.Expired", off)

emulator.stop()
