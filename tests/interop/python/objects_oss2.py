"""PyPI oss2 with temporary credentials: both signatures, with its own comparison of checksums."""

import os
import re
import tempfile

import oss2
import requests

import harness
from harness import Emulator, Suite
from sessions import assume

emulator = Emulator()
BIG = b"x" * (512 * 1024 + 7)
KEY = "a/b c+d?&\u4e2d.txt"


def describe(error):
    """`403 AccessDenied`; what has no status by its name."""
    return f"{error.status} {error.code}" if isinstance(error, oss2.exceptions.OssError) else type(error).__name__


def fetched(url):
    """`200 content` or `403 AccessDenied`."""
    reply = requests.get(url, timeout=10)
    found = re.search("<Code>(.*?)</Code>", reply.text)
    return f"{reply.status_code} {found[1] if found else reply.text}"


session = assume(emulator)
delete_only = assume(emulator, {"Action": "oss:DeleteObject", "Resource": f"acs:oss:*:*:{emulator.bucket}/*"})
put_only = assume(emulator, {"Action": "oss:PutObject", "Resource": "*"})
one_folder = assume(
    emulator,
    {"Action": "oss:GetObject", "Resource": f"acs:oss:*:*:{emulator.bucket}/a/*"},
    {
        "Action": "oss:ListObjects",
        "Resource": f"acs:oss:*:*:{emulator.bucket}",
        "Condition": {"StringLike": {"oss:Prefix": "a/*"}},
    },
)

# To an endpoint that is an address it always speaks by path.
VERSIONS = {"V1": (oss2.AUTH_VERSION_1, None), "V4": (oss2.AUTH_VERSION_4, "cn-hangzhou")}

for version, (auth_version, region) in VERSIONS.items():
    check = Suite(f"{harness.client_name('oss2')}, {version}", describe).check

    def bucket(credentials, name=emulator.bucket):
        auth = oss2.StsAuth(*credentials, auth_version=auth_version)
        return oss2.Bucket(auth, emulator.oss_url, name, region=region)

    everything = bucket(session)
    check("put", 200, lambda: everything.put_object(KEY, "content").status)
    check("get", "content", lambda: everything.get_object(KEY).read().decode())
    check("get, a range", "ten", lambda: everything.get_object(KEY, byte_range=(3, 5)).read().decode())
    check("head", 7, lambda: everything.head_object(KEY).content_length)
    check(
        "get, response header", "attachment; filename=a b",
        lambda: everything.get_object(KEY, params={"response-content-disposition": "attachment; filename=a b"})
        .headers["Content-Disposition"],
    )
    check("exists", "True False", lambda: f"{everything.object_exists(KEY)} {everything.object_exists('none')}")
    check("list", KEY, lambda: ", ".join(o.key for o in oss2.ObjectIterator(everything, prefix="a/", max_keys=1)))
    check("list V2", KEY, lambda: ", ".join(o.key for o in oss2.ObjectIteratorV2(everything, prefix="a/")))
    check("list, a prefix with a blank", KEY, lambda: ", ".join(o.key for o in everything.list_objects("a/b c").object_list))
    check("list, folders", "a/", lambda: ", ".join(everything.list_objects(delimiter="/").prefix_list))
    check("bucket info", "private", lambda: everything.get_bucket_info().acl.grant)
    check("bucket location", "oss-cn-hangzhou", lambda: everything.get_bucket_location().location)
    check("copy", 200, lambda: everything.copy_object(emulator.bucket, KEY, "a/copy").status)

    def service():
        auth = oss2.StsAuth(*session, auth_version=auth_version)
        return oss2.Service(auth, emulator.oss_url, region=region)

    check("list buckets", emulator.bucket, lambda: ", ".join(b.name for b in service().list_buckets().buckets))

    def upload_in_parts(by):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "big")
            with open(path, "wb") as file:
                file.write(BIG)
            store = oss2.ResumableStore(root=folder)
            oss2.resumable_upload(by, "a/big", path, store=store, multipart_threshold=1, part_size=102400, num_threads=2)
        return "same" if by.get_object("a/big").read() == BIG else "other"

    check("multipart", "same", lambda: upload_in_parts(everything))
    check("delete many", "a/big, a/copy", lambda: ", ".join(everything.batch_delete_objects(["a/big", "a/copy"]).deleted_keys))
    check("get, no such key", "404 NoSuchKey", lambda: everything.get_object("a/none"))
    check("put, kept", "409 FileAlreadyExists", lambda: everything.put_object(KEY, "x", {"x-oss-forbid-overwrite": "true"}))
    check("a bucket of one's own", "200 204", lambda: (
        f"{bucket(session, 'made-by-oss2').create_bucket().status} {bucket(session, 'made-by-oss2').delete_bucket().status}"
    ))

    def presigned(credentials, seconds=60):
        return bucket(credentials).sign_url("GET", KEY, seconds, slash_safe=True)

    check("presigned", "200 content", lambda: fetched(presigned(session)))
    check("presigned, changed", "403 SignatureDoesNotMatch", lambda: fetched(presigned(session).replace("%26", "%25")))
    check("presigned by a session that may not", "403 AccessDenied", lambda: fetched(presigned(delete_only)))

    def expired():
        url = presigned(session)
        with emulator.clock_ahead(61):
            return fetched(url)

    check("presigned, expired", "403 AccessDenied", expired)
    check("session: one folder", "content", lambda: bucket(one_folder).get_object(KEY).read().decode())
    check("session: the folder's list", KEY, lambda: bucket(one_folder).list_objects("a/").object_list[0].key)
    check("session: all lists", "403 AccessDenied", lambda: bucket(one_folder).list_objects())
    check("session: put", "403 AccessDenied", lambda: bucket(one_folder).put_object(KEY, "x"))
    check("session: PutObject only, delete many", "403 AccessDenied", lambda: bucket(put_only).batch_delete_objects([KEY]))
    check("session: PutObject only, get", "403 AccessDenied", lambda: bucket(put_only).get_object(KEY))
    check("session: PutObject only, multipart", "403 AccessDenied", lambda: upload_in_parts(bucket(put_only)))
    check("session: DeleteObject only, delete many", 200, lambda: bucket(delete_only).batch_delete_objects(["a/big"]).status)
    check("wrong secret", "403 SignatureDoesNotMatch", lambda: bucket((session[0], "wrong", session[2])).get_object(KEY))
    check("another session's token", "403 InvalidSecurityToken", lambda: bucket((*session[:2], put_only[2])).get_object(KEY))
    check("a long-term key with a token", "403 InvalidAccessKeyId", lambda: bucket((emulator.access_key_id, emulator.access_key_secret, session[2])).get_object(KEY))
    check("no such bucket", "404 NoSuchBucket", lambda: bucket(session, "nobody-made-this").list_objects())

    def too_late():
        with emulator.clock_ahead(901):
            return everything.get_object(KEY)

    check("expired token", "403 SecurityTokenExpired", too_late)
    check("the end of it", 200, lambda: everything.batch_delete_objects([KEY, "a/big"]).status)

emulator.stop()
