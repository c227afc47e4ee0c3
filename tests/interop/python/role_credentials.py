"""PyPI alibabacloud_credentials with a role: GET, everything in the query, a signature that breaks on spaces."""

import asyncio
import logging
import re
import warnings

from alibabacloud_credentials.client import Client
from alibabacloud_credentials.models import Config

import harness
from harness import Captured, Emulator, Suite, judge

# It logs every refusal with the whole reply.
logging.disable(logging.CRITICAL)
# Its dates come from the deprecated `utcnow`.
warnings.simplefilter("ignore", DeprecationWarning)

emulator = Emulator()


def describe(error):
    """All it raises is a sentence with the reply in it; the service's code has to be dug out."""
    found = re.search(r'"Code":\s*"([^"]*)"', str(error))
    return found[1] if found else type(error).__name__


def client(**changes):
    options = {
        "type": "ram_role_arn",
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "role_arn": emulator.role_arn,
        "role_session_name": "interop",
        "role_session_expiration": 900,
        # It speaks https by default; the scheme in front makes it speak http, and lands in the Host header.
        "sts_endpoint": emulator.url,
    }
    return Client(Config(**{**options, **changes}))


def method_and_place(captured):
    return f"{captured.method} {captured.place_of('Signature')}"


def get(source):
    return source.get_credential()


def get_async(source):
    async def one_call():
        return await source.get_credential_async()

    return asyncio.run(one_call())


for side, fetch in (("sync", get), ("async", get_async)):
    suite = Suite(f"{harness.client_name('alibabacloud-credentials')} {side}", describe)
    check = suite.check

    def outcome(**changes):
        credentials = fetch(client(**changes))
        return judge(credentials.access_key_id, credentials.access_key_secret, credentials.security_token)

    def session():
        """The options that make it sign as a session: a chain of roles."""
        credentials = fetch(client())
        return {
            "access_key_id": credentials.access_key_id,
            "access_key_secret": credentials.access_key_secret,
            "security_token": credentials.security_token,
        }

    def expired():
        changes = session()
        with emulator.clock_ahead(harness.DAY_SECONDS):
            return outcome(**changes)

    def off():
        with emulator.clock_ahead(16 * 60):
            return outcome()

    check("AssumeRole", "credentials", outcome)
    captured = Captured(emulator.last_request())
    check("the wire: method and place of the parameters", "GET query", lambda: method_and_place(captured))
    hosts = {name.lower(): value for name, value in captured.headers.items()}
    check("the wire: Host with a scheme", "yes", lambda: "yes" if hosts["host"] == emulator.url else hosts["host"])
    check("the wire: nonce and timestamp", "a UUID, whole seconds", captured.nonce_and_timestamp)
    check("replayed bytes", "400 SignatureNonceUsed", lambda: emulator.replay(emulator.last_request()))
    check("AssumeRole, policy", "credentials", lambda: outcome(policy=harness.POLICY))
    # It signs with `quote_plus`: a space becomes `+` in its string to sign, and `%20` in everybody else's.
    check("AssumeRole, policy with spaces", "SignatureDoesNotMatch", lambda: outcome(policy=harness.POLICY_WITH_SPACES))
    suite.not_applicable("GetCallerIdentity", "it only assumes roles")
    check("signed with a session", "credentials", lambda: outcome(**session()))
    check("wrong secret", "SignatureDoesNotMatch", lambda: outcome(access_key_secret="wrong"))
    check("unknown access key", "InvalidAccessKeyId.NotFound", lambda: outcome(access_key_id="LTAInobody"))
    check("expired token", "InvalidSecurityToken.Expired", expired)
    check("bad policy", "InvalidParameter.PolicyGrammar", lambda: outcome(policy=harness.BAD_POLICY))
    check("unknown role", "EntityNotExist.Role", lambda: outcome(role_arn=emulator.unknown_role_arn))
    check("clock 16 minutes off", "InvalidTimeStamp.Expired", off)

emulator.stop()
