"""How a test in Python uses `ali-sts emulator`: the official clients of STS and OSS, a role for one folder, and the others shut."""

import json
import os
import subprocess

import alibabacloud_oss_v2 as oss
from alibabacloud_sts20150401 import models
from alibabacloud_sts20150401.client import Client
from alibabacloud_tea_openapi.utils_models import Config

# Once it listens it says on one line of JSON where everything is. What it refuses it explains on standard error.
emulator = subprocess.Popen([os.environ.get("ALI_STS", "ali-sts"), "emulator"], stdout=subprocess.PIPE, text=True)
ready = json.loads(emulator.stdout.readline())

try:
    sts = Client(
        Config(
            access_key_id=ready["access_key_id"],
            access_key_secret=ready["access_key_secret"],
            endpoint=ready["sts"].removeprefix("http://"),
            protocol="HTTP",
        )
    )
    policy = {
        "Version": "1",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["oss:PutObject", "oss:GetObject"],
                "Resource": [f"acs:oss:*:*:{ready['bucket']}/reports/*"],
            }
        ],
    }
    request = models.AssumeRoleRequest(
        role_arn=ready["role_arn"], role_session_name="example", duration_seconds=900, policy=json.dumps(policy)
    )
    credentials = sts.assume_role(request).body.credentials

    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(
        credentials.access_key_id, credentials.access_key_secret, credentials.security_token
    )
    config.region = "cn-hangzhou"
    config.endpoint = ready["oss"]
    config.use_path_style = True
    client = oss.Client(config)
    client.put_object(oss.PutObjectRequest(bucket=ready["bucket"], key="reports/today.txt", body=b"all is well"))
    found = client.get_object(oss.GetObjectRequest(bucket=ready["bucket"], key="reports/today.txt"))
    print(f"allowed: {found.body.content.decode()}")
    try:
        client.get_object(oss.GetObjectRequest(bucket=ready["bucket"], key="hello.txt"))
        print("allowed: but should not be")
    except oss.exceptions.OperationError as error:
        reason = error.unwrap()
        print(f"refused: {reason.status_code} {reason.code}")
finally:
    emulator.terminate()
    emulator.wait()
