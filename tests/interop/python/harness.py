"""What every Python script here does: start the emulator, make one call per case, say what the client made of it."""

import json
import re
import socket
import subprocess
import sys
import urllib.parse
from contextlib import contextmanager
from importlib.metadata import version

DAY_SECONDS = 86_400

# Compact, with every character that families of encoders treat differently but the space.
POLICY = json.dumps(
    {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": ["oss:GetObject"], "Resource": ["acs:oss:*:*:bucket/a+b~c'(d)!/\u00fc/*"]}
        ],
    },
    separators=(",", ":"),
    ensure_ascii=False,
)
POLICY_WITH_SPACES = json.dumps(json.loads(POLICY), ensure_ascii=False)
# `Statements`: no policy.
BAD_POLICY = POLICY.replace("Statement", "Statements")


def client_name(package):
    """A client as its own package names it."""
    return f"{package} {version(package)}"


class Emulator:
    """The emulator named on the command line."""

    def __init__(self):
        self._child = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        start = self._answer()
        self.url = start["url"]
        self.authority = self.url.split("//")[1]
        self.host, port = self.authority.split(":")
        self.port = int(port)
        self.access_key_id = start["access_key_id"]
        self.access_key_secret = start["access_key_secret"]
        self.role_arn = start["role_arn"]
        self.oss_url = start["oss_url"]
        self.bucket = start["bucket"]
        self.oidc_provider_arn = start["oidc_provider_arn"]
        self.oidc_token = start["oidc_token"]
        self.metadata = start["metadata"]
        self.credentials_uri = start["credentials_uri"]
        self.unknown_role_arn = f"{self.role_arn}-nobody-made"

    def _answer(self):
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError("the emulator has stopped")
        return json.loads(line)

    def _ask(self, command):
        self._child.stdin.write(f"{command}\n")
        self._child.stdin.flush()
        return self._answer()

    def last_request(self):
        """The bytes of the last request."""
        return bytes.fromhex(self._ask("last")["request"])

    @contextmanager
    def clock_ahead(self, seconds):
        """The emulator's clock stands this far ahead of the machine's for a while."""
        self._ask(f"clock {seconds}")
        try:
            yield
        finally:
            self._ask("clock 0")

    def stop(self):
        self._child.stdin.close()
        self._child.wait(timeout=10)

    def replay(self, request):
        """Sends captured bytes again, as they are, and says what came back: `400 SignatureNonceUsed`."""
        reply = b""
        with socket.create_connection((self.host, self.port), timeout=10) as connection:
            connection.sendall(request)
            while chunk := connection.recv(65536):
                reply += chunk
                found = re.search(rb'\AHTTP/1\.1 (\d+).*"Code":\s*"([^"]*)"', reply, re.DOTALL)
                if found:
                    return f"{found[1].decode()} {found[2].decode()}"
        raise RuntimeError("the reply holds no code")


class Captured:
    """Request line, headers and parameters of captured bytes."""

    def __init__(self, request):
        head, _, body = request.decode("latin-1").partition("\r\n\r\n")
        self.request_line, *headers = head.split("\r\n")
        self.headers = dict(line.split(": ", 1) for line in headers if ": " in line)
        self.lower_headers = {name.lower(): value for name, value in self.headers.items()}
        self.method, target, _ = self.request_line.split(" ")
        _, _, query = target.partition("?")
        self.raw_query = query
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.body = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))

    def place_of(self, name):
        """Where a parameter is."""
        return "body" if name in self.body else "query" if name in self.query else "nowhere"

    def scheme(self):
        """The first word of `Authorization`."""
        return self.lower_headers.get("authorization", "none").split(" ")[0]

    def space(self):
        """How the query writes a space."""
        return " and ".join(written for written in ("+", "%20") if written in self.raw_query)

    def places_of_action(self):
        """Where the operation is named."""
        places = ["x-acs-action"] if "x-acs-action" in self.lower_headers else []
        return ", ".join(places + ([self.place_of("Action")] if self.place_of("Action") != "nowhere" else []))

    def nonce_and_timestamp(self):
        """What kinds they are of."""
        nonce, timestamp = self.query["SignatureNonce"], self.query["Timestamp"]
        if re.fullmatch(r"[0-9a-f]{32}", nonce):
            nonce = "32 hexadecimal digits"
        elif re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", nonce):
            nonce = "a UUID"
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", timestamp):
            timestamp = "whole seconds"
        return f"{nonce}, {timestamp}"


class Suite:
    """The cases of one client; `check` prints a line per case."""

    def __init__(self, client, describe):
        self._client = client
        # What this client's error is known by. Never its message: that may hold a signed request.
        self._describe = describe

    def _print(self, **line):
        print(json.dumps({"client": self._client, **line}), flush=True)

    def check(self, case, expected, attempt):
        """`attempt` returns a short text that says what the client made of it."""
        try:
            got = attempt()
        except Exception as error:  # whatever the client raises is what the table is about
            got = self._describe(error)
        self._print(case=case, expected=str(expected), got=str(got))

    def not_applicable(self, case, why):
        self._print(case=case, not_applicable=why)


def judge(access_key_id, access_key_secret, security_token):
    """`credentials` if these are temporary credentials, else what is wrong with them."""
    if not (access_key_id or "").startswith("STS."):
        return "no temporary access key id"
    if not access_key_secret or not security_token:
        return "no secret or no token"
    return "credentials"
