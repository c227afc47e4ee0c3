"""PyPI alibabacloud-oss-v2, made the verifier: it signs again what it finds on the wire, and must come to the same."""

import datetime
import email.utils
import json
import socket
import subprocess
import sys
import urllib.parse

from alibabacloud_oss_v2.credentials import StaticCredentialsProvider
from alibabacloud_oss_v2.signer import SignerV1, SignerV4
from alibabacloud_oss_v2.types import HttpRequest, SigningContext

from harness import Suite, client_name

UTC = datetime.timezone.utc


class Received:
    """A request as it came over the wire."""

    def __init__(self, head):
        request_line, *lines = head.decode().split("\r\n")
        self.method, self.target, _ = request_line.split(" ")
        self.headers = {}
        for line in filter(None, lines):
            name, value = line.split(":", 1)
            name, value = name.lower(), value.strip(" \t")
            # As HTTP lets every server join them.
            self.headers[name] = f"{self.headers[name]},{value}" if name in self.headers else value
        self.case = self.headers.pop("x-case")
        self.path, _, self.query = self.target.partition("?")

    def param(self, name):
        """A parameter, decoded."""
        pairs = (pair.partition("=") for pair in self.query.split("&"))
        return next((urllib.parse.unquote(value) for found, _, value in pairs if found == name), None)


class Verifier:
    """What a server with the library's signers would do."""

    def __init__(self, keys):
        self.keys = keys

    def verify(self, head):
        """`accepted`, or what is wrong."""
        received = Received(head)
        authorization = received.headers.pop("authorization", None)
        if authorization is None:
            return self._url(received)
        if authorization.startswith("OSS4-HMAC-SHA256 "):
            return self._header_v4(received, authorization)
        return self._header_v1(received, authorization)

    def _context(self, received, access_key_id, token):
        key = urllib.parse.unquote(received.path.removeprefix("/"), errors="strict")
        context = SigningContext(
            product="oss",
            region=self.keys["region"],
            bucket=received.headers["host"].split(".")[0],
            key=key or None,
            request=HttpRequest(received.method, f"http://{received.headers['host']}{received.target}"),
            credentials=StaticCredentialsProvider(access_key_id, self.keys["access_key_secret"], token).get_credentials(),
        )
        context.request.headers = dict(received.headers)
        # Which of the newer sub-resources are signed is the library's caller's to say.
        names = [pair.partition("=")[0] for pair in received.query.split("&")]
        context.sub_resource = [name for name in names if name.startswith("x-oss-")]
        return context

    @staticmethod
    def _judge(expected, got):
        return "accepted" if expected == got else "SignatureDoesNotMatch"

    def _header_v1(self, received, authorization):
        access_key_id = authorization.removeprefix("OSS ").rsplit(":", 1)[0]
        # It would put a token into a header of its own, which nobody signs; the one that came is signed as it is.
        context = self._context(received, access_key_id, None)
        context.signing_time = email.utils.parsedate_to_datetime(received.headers["date"])
        if access_key_id.startswith("STS.") and received.headers.get("x-oss-security-token") != self.keys["security_token"]:
            return "no token"
        SignerV1().sign(context)
        return self._judge(context.request.headers["Authorization"], authorization)

    def _header_v4(self, received, authorization):
        fields = dict(part.split("=", 1) for part in authorization.removeprefix("OSS4-HMAC-SHA256 ").split(","))
        access_key_id = fields["Credential"].split("/")[0]
        context = self._context(received, access_key_id, received.headers.get("x-oss-security-token"))
        if access_key_id.startswith("STS.") and context.credentials.security_token != self.keys["security_token"]:
            return "no token"
        time = datetime.datetime.strptime(received.headers["x-oss-date"], "%Y%m%dT%H%M%SZ")
        context.signing_time = time.replace(tzinfo=UTC)
        context.additional_headers = set(filter(None, fields.get("AdditionalHeaders", "").split(";")))
        SignerV4().sign(context)
        return self._judge(context.request.headers["Authorization"], authorization)

    def _url(self, received):
        is_v4 = received.param("x-oss-signature-version") == "OSS4-HMAC-SHA256"
        token = received.param("x-oss-security-token" if is_v4 else "security-token")
        access_key_id = (received.param("x-oss-credential") or received.param("OSSAccessKeyId")).split("/")[0]
        if access_key_id.startswith("STS.") and token != self.keys["security_token"]:
            return "no token"
        context = self._context(received, access_key_id, token)
        context.auth_method_query = True
        if is_v4:
            time = datetime.datetime.strptime(received.param("x-oss-date"), "%Y%m%dT%H%M%SZ")
            context.signing_time = time.replace(tzinfo=UTC)
            context.expiration_time = context.signing_time + datetime.timedelta(seconds=int(received.param("x-oss-expires")))
            context.additional_headers = set(filter(None, (received.param("x-oss-additional-headers") or "").split(";")))
        else:
            context.expiration_time = datetime.datetime.fromtimestamp(int(received.param("Expires")), UTC)
        (SignerV4() if is_v4 else SignerV1()).sign(context)
        name = "x-oss-signature" if is_v4 else "Signature"
        again = Received(f"GET {context.request.url} HTTP/1.1\r\nx-case: again".encode())
        return self._judge(again.param(name), received.param(name))


# Other values that are still dates.
OTHER = {b"date": b"Thu, 15 Jan 2026 08:30:45 GMT", b"x-oss-date": b"20260115T083045Z"}


def changed(head):
    """The request with one thing changed that is signed, in each way that applies to it."""
    line, _, rest = head.partition(b"\r\n")
    method, target, version = line.split(b" ")
    path, mark, query = target.partition(b"?")
    other_line = lambda *parts: b" ".join(parts) + b"\r\n" + rest
    yield "the method", other_line(b"HEAD", target, version)
    yield "the path", other_line(method, path + b"x" + mark + query, version)
    yield "the host's bucket", head.replace(b"Host: ", b"Host: x", 1)
    for name in (b"acl", b"uploads", b"versionId", b"x-oss-process", b"Expires", b"x-oss-expires", b"x-oss-date"):
        for pair in query.split(b"&"):
            if pair.partition(b"=")[0] == name:
                new = name + b"=" + OTHER.get(name, b"1")
                yield "the query", other_line(method, path + mark + query.replace(pair, new, 1), version)
    for name in (b"date", b"x-oss-date", b"x-oss-security-token", b"x-oss-storage-class", b"content-md5", b"x-oss-acl"):
        found = b"\r\n" + name + b": "
        if found in head:
            start = head.index(found) + len(found)
            end = head.index(b"\r\n", start)
            yield "a header", head[:start] + OTHER.get(name, b"x") + head[end:]


def receive(listener, program):
    """Every request that the program sends, as bytes."""
    requests = []
    while program.poll() is None:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            requests.append(head.partition(b"\r\n\r\n")[0])
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    return requests


def main():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        program = subprocess.Popen([sys.argv[1], address], stdout=subprocess.PIPE, text=True)
        keys = json.loads(program.stdout.readline())
        requests = receive(listener, program)
    if program.returncode:
        raise RuntimeError("the program has failed")

    verifier = Verifier(keys)
    by_case = {}
    for head in requests:
        by_case.setdefault(Received(head).case, []).append(head)
    for case, heads in by_case.items():
        suite = Suite(f"{client_name('alibabacloud-oss-v2')} as the verifier, {case}", lambda error: type(error).__name__)
        for head in heads:
            received = Received(head)
            name = f"{received.method} {received.path}"
            suite.check(name, "accepted", lambda head=head: verifier.verify(head))
        kinds = {}
        for head in heads:
            for kind, other in changed(head):
                kinds.setdefault(kind, []).append(other)
        for kind, others in kinds.items():
            refused = lambda others=others: f"{sum(verifier.verify(other) != 'accepted' for other in others)} refused"
            suite.check(f"{kind} changed", f"{len(others)} refused", refused)


main()
