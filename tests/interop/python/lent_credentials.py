"""PyPI alibabacloud_credentials without a key of its own: the metadata service of ECS, and a credentials URI."""

import asyncio
import logging
import warnings

from alibabacloud_credentials.client import Client
from alibabacloud_credentials.models import Config

import harness
from harness import Captured, Emulator, Suite

# It logs every refusal with the whole reply.
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore", DeprecationWarning)

emulator = Emulator()


def describe(error):
    """Its sentences end in the status of the reply."""
    text = str(error)
    return text[text.find("HttpCode=") :][: len("HttpCode=404")] if "HttpCode=" in text else type(error).__name__


def get(source):
    return source.get_credential()


def get_async(source):
    async def one_call():
        return await source.get_credential_async()

    return asyncio.run(one_call())


def judge(credentials):
    """Whether STS knows these as a session of the role."""
    import json

    from alibabacloud_sts20150401.client import Client as Sts
    from alibabacloud_tea_openapi.models import Config as StsConfig

    sts = Sts(
        StsConfig(
            access_key_id=credentials.access_key_id,
            access_key_secret=credentials.access_key_secret,
            security_token=credentials.security_token,
            endpoint=emulator.authority,
            protocol="http",
        )
    )
    arn = json.loads(json.dumps(sts.get_caller_identity().body.to_map()))["Arn"]
    return "a session of the role" if ":assumed-role/app/" in arn else arn


for side, fetch in (("sync", get), ("async", get_async)):
    suite = Suite(f"{harness.client_name('alibabacloud-credentials')} lent, {side}", describe)
    check = suite.check

    def ecs(**changes):
        # The address of the service is fixed in the client; as its proxy the emulator is asked all the same.
        options = {"type": "ecs_ram_role", "proxy": emulator.metadata, "disable_imds_v1": True}
        return judge(fetch(Client(Config(**{**options, **changes}))))

    def uri(path=""):
        return judge(fetch(Client(Config(type="credentials_uri", credentials_uri=emulator.credentials_uri + path))))

    check("metadata, role asked for", "a session of the role", ecs)
    check("metadata, role named", "a session of the role", lambda: ecs(role_name="app"))
    check("metadata, another role", "HttpCode=404", lambda: ecs(role_name="other"))
    check("metadata, v1 allowed", "a session of the role", lambda: ecs(disable_imds_v1=False))
    check("credentials URI", "a session of the role", uri)
    check("credentials URI, wrong path", "CredentialException", lambda: uri("/nothing"))

emulator.stop()
