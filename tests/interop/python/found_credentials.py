"""What PyPI alibabacloud_credentials finds in its environment and home folder: one line of JSON, without secrets.

Arguments: the URL of an STS, where connections to other machines are led, and a certificate to trust. The package is as
it comes; the two functions below it that say whom to trust and that make connections are not.
"""

import hashlib
import json
import logging
import os
import sys
import warnings

import certifi

sts_url, front, certificate = sys.argv[1:]
# Before anything asks: the roots of requests.
certifi.where = lambda: certificate

import urllib3.util.connection

connect = urllib3.util.connection.create_connection


def led_to_the_front(address, *arguments, **options):
    if address[0] != "127.0.0.1":
        host, port = front.split(":")
        address = (host, int(port))
    return connect(address, *arguments, **options)


urllib3.util.connection.create_connection = led_to_the_front

from alibabacloud_credentials.client import Client

import harness

# It logs what it is refused, with the whole reply.
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")


def digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest() if secret else None


def session(credentials):
    """Whose session STS takes these for."""
    from alibabacloud_sts20150401.client import Client as Sts
    from alibabacloud_tea_openapi.models import Config

    sts = Sts(
        Config(
            access_key_id=credentials.access_key_id,
            access_key_secret=credentials.access_key_secret,
            security_token=credentials.security_token,
            endpoint=sts_url.split("//")[1],
            protocol="http",
        )
    )
    return sts.get_caller_identity().body.arn


client = harness.client_name("alibabacloud-credentials")
try:
    found = Client().get_credential()
except BaseException:  # whatever it raises; never its message, which may hold the whole reply
    answer = {"none": ""}
else:
    answer = {
        "id": found.access_key_id,
        "secret": digest(found.access_key_secret),
        "token": digest(found.security_token),
        "session": session(found) if (found.access_key_id or "").startswith("STS.") else None,
    }
print(json.dumps({"client": client, **answer}), flush=True)
# Its background threads would keep it alive.
os._exit(0)
