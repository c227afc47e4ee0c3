"""Temporary credentials for the clients of OSS, by PyPI aliyun-python-sdk-sts."""

import json
import logging

from aliyunsdkcore.client import AcsClient
from aliyunsdksts.request.v20150401.AssumeRoleRequest import AssumeRoleRequest

# It logs every error with its request.
logging.disable(logging.CRITICAL)


def assume(emulator, *statements):
    """Id, secret and token of a session of the emulator's role; with a session policy of these statements, if any."""
    request = AssumeRoleRequest()
    request.set_endpoint(emulator.host)
    request.set_protocol_type("http")
    request.set_RoleArn(emulator.role_arn)
    request.set_RoleSessionName("interop")
    request.set_DurationSeconds(900)
    if statements:
        allowed = [{"Effect": "Allow", **statement} for statement in statements]
        request.set_Policy(json.dumps({"Version": "1", "Statement": allowed}))
    client = AcsClient(emulator.access_key_id, emulator.access_key_secret, "cn-hangzhou", port=emulator.port)
    credentials = json.loads(client.do_action_with_exception(request))["Credentials"]
    return credentials["AccessKeyId"], credentials["AccessKeySecret"], credentials["SecurityToken"]
