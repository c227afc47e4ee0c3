"""PyPI aliyun-python-sdk-sts on aliyun-python-sdk-core: POST with an empty body, or split between query and body."""

import json
import logging

from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdksts.request.v20150401.AssumeRoleRequest import AssumeRoleRequest
from aliyunsdksts.request.v20150401.GetCallerIdentityRequest import GetCallerIdentityRequest

import harness
from harness import Captured, Emulator, Suite, judge

# It logs every error with its request.
logging.disable(logging.CRITICAL)

emulator = Emulator()


def describe(error):
    """Its exceptions carry the service's code, or the SDK's own."""
    return error.get_error_code() if hasattr(error, "get_error_code") else type(error).__name__


def client(access_key_id=None, access_key_secret=None, security_token=None):
    access_key_id = access_key_id or emulator.access_key_id
    access_key_secret = access_key_secret or emulator.access_key_secret
    options = {"region_id": "cn-hangzhou", "port": emulator.port, "auto_retry": False}
    if security_token:
        return AcsClient(credential=StsTokenCredential(access_key_id, access_key_secret, security_token), **options)
    return AcsClient(access_key_id, access_key_secret, **options)


def send(acs, request, in_body):
    request.set_endpoint(emulator.host)
    request.set_protocol_type("http")
    if in_body:
        # As its RpcRequest offers it: the operation's parameters move, the common ones and the signature stay.
        parameters = dict(request.get_query_params())
        request.set_query_params({})
        for name, value in parameters.items():
            request.add_body_params(name, value)
    return json.loads(acs.do_action_with_exception(request))


def assume(acs, in_body, policy=None, role_arn=None):
    request = AssumeRoleRequest()
    request.set_RoleArn(role_arn or emulator.role_arn)
    request.set_RoleSessionName("interop")
    request.set_DurationSeconds(900)
    if policy:
        request.set_Policy(policy)
    return send(acs, request, in_body)["Credentials"]


def session(credentials):
    return client(credentials["AccessKeyId"], credentials["AccessKeySecret"], credentials["SecurityToken"])


def outcome(credentials):
    return judge(credentials["AccessKeyId"], credentials["AccessKeySecret"], credentials["SecurityToken"])


def who_am_i(acs, in_body):
    return send(acs, GetCallerIdentityRequest(), in_body)["IdentityType"]


def expired(in_body):
    acs = session(assume(client(), in_body))
    with emulator.clock_ahead(harness.DAY_SECONDS):
        return who_am_i(acs, in_body)


def off(in_body):
    with emulator.clock_ahead(16 * 60):
        return outcome(assume(client(), in_body))


for in_body in (False, True):
    where = "body" if in_body else "query"
    suite = Suite(f"{harness.client_name('aliyun-python-sdk-sts')} {where}", describe)
    check = suite.check

    check("AssumeRole", "credentials", lambda: outcome(assume(client(), in_body)))
    captured = Captured(emulator.last_request())
    check("the wire: where the operation's parameters are", where, lambda: captured.place_of("RoleArn"))
    check("the wire: where the signature is", "query", lambda: captured.place_of("Signature"))
    check("the wire: nonce and timestamp", "32 hexadecimal digits, whole seconds", captured.nonce_and_timestamp)
    check("the wire: an empty SignatureType, signed", "''", lambda: repr(captured.query.get("SignatureType")))
    check("the wire: a RegionId nobody asked for", "cn-hangzhou", lambda: captured.query.get("RegionId"))
    check("replayed bytes", "400 SignatureNonceUsed", lambda: emulator.replay(emulator.last_request()))
    check("AssumeRole, policy", "credentials", lambda: outcome(assume(client(), in_body, harness.POLICY)))
    with_spaces = harness.POLICY_WITH_SPACES
    check("AssumeRole, policy with spaces", "credentials", lambda: outcome(assume(client(), in_body, with_spaces)))
    check("GetCallerIdentity", "RAMUser", lambda: who_am_i(client(), in_body))
    check("signed with a session", "AssumedRoleUser", lambda: who_am_i(session(assume(client(), in_body)), in_body))
    # The service says SignatureDoesNotMatch; the SDK finds its own string to sign in the message and knows better.
    check("wrong secret", "InvalidAccessKeySecret", lambda: outcome(assume(client(access_key_secret="wrong"), in_body)))
    check("unknown access key", "InvalidAccessKeyId.NotFound", lambda: outcome(assume(client("LTAInobody"), in_body)))
    check("expired token", "InvalidSecurityToken.Expired", lambda: expired(in_body))
    bad = harness.BAD_POLICY
    check("bad policy", "InvalidParameter.PolicyGrammar", lambda: outcome(assume(client(), in_body, bad)))
    nobody = emulator.unknown_role_arn
    check("unknown role", "EntityNotExist.Role", lambda: outcome(assume(client(), in_body, role_arn=nobody)))
    check("clock 16 minutes off", "InvalidTimeStamp.Expired", lambda: off(in_body))

emulator.stop()
