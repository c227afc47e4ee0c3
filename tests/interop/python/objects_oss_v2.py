"""PyPI alibabacloud-oss-v2 with temporary credentials: both signatures, with its own comparison of checksums."""

import io
import re

import alibabacloud_oss_v2 as oss
import requests

import harness
from harness import Emulator, Suite
from sessions import assume

emulator = Emulator()
BUCKET = emulator.bucket
BIG = b"x" * (512 * 1024 + 7)
KEY = "a/b c+d?&\u4e2d.txt"


def describe(error):
    """`403 AccessDenied`; what is no answer of the service by its name."""
    while isinstance(error, oss.exceptions.OperationError) and error.unwrap() is not None:
        error = error.unwrap()
    return f"{error.status_code} {error.code}" if isinstance(error, oss.exceptions.ServiceError) else type(error).__name__


def fetched(result):
    """`200 content` or `403 AccessDenied`, with the headers that were signed."""
    reply = requests.request(result.method, result.url, headers=result.signed_headers, timeout=10)
    found = re.search("<Code>(.*?)</Code>", reply.text)
    return f"{reply.status_code} {found[1] if found else reply.text}"


session = assume(emulator)
delete_only = assume(emulator, {"Action": "oss:DeleteObject", "Resource": f"acs:oss:*:*:{BUCKET}/*"})
put_only = assume(emulator, {"Action": "oss:PutObject", "Resource": "*"})
one_folder = assume(
    emulator,
    {"Action": "oss:GetObject", "Resource": f"acs:oss:*:*:{BUCKET}/a/*"},
    {"Action": "oss:ListObjects", "Resource": f"acs:oss:*:*:{BUCKET}", "Condition": {"StringLike": {"oss:Prefix": "a/*"}}},
)


def client(credentials, signature_version="v4"):
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(*credentials)
    config.region = "cn-hangzhou"
    config.endpoint = emulator.oss_url
    config.use_path_style = True
    config.signature_version = signature_version
    config.retry_max_attempts = 1
    return oss.Client(config)


suite = Suite(f"{harness.client_name('alibabacloud-oss-v2')}, V4", describe)
check = suite.check
everything = client(session)


def get(by, key=KEY, **changes):
    return by.get_object(oss.GetObjectRequest(bucket=BUCKET, key=key, **changes)).body.content.decode()


def put(by, key=KEY, body=b"content", **changes):
    return by.put_object(oss.PutObjectRequest(bucket=BUCKET, key=key, body=body, **changes)).status_code


def delete_many(by, *keys):
    objects = [oss.DeleteObject(key=key) for key in keys]
    return by.delete_multiple_objects(oss.DeleteMultipleObjectsRequest(bucket=BUCKET, objects=objects))


def keys(page):
    return ", ".join(found.key for found in page.contents or [])


def upload_in_parts(by):
    begun = by.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(bucket=BUCKET, key="a/big"))
    parts = []
    for number, start in enumerate(range(0, len(BIG), 102400), 1):
        request = oss.UploadPartRequest(
            bucket=BUCKET, key="a/big", upload_id=begun.upload_id, part_number=number, body=BIG[start : start + 102400]
        )
        parts.append(oss.UploadPart(part_number=number, etag=by.upload_part(request).etag))
    listed = by.list_parts(oss.ListPartsRequest(bucket=BUCKET, key="a/big", upload_id=begun.upload_id))
    complete = oss.CompleteMultipartUpload(parts=parts)
    by.complete_multipart_upload(
        oss.CompleteMultipartUploadRequest(
            bucket=BUCKET, key="a/big", upload_id=begun.upload_id, complete_multipart_upload=complete
        )
    )
    same = by.get_object(oss.GetObjectRequest(bucket=BUCKET, key="a/big")).body.content == BIG
    return f"{len(listed.parts)} parts, {'same' if same else 'other'}"


check("put", 200, lambda: put(everything))
check("get", "content", lambda: get(everything))
check("get, a range", "ten", lambda: get(everything, range_header="bytes=3-5", range_behavior="standard"))
check("get, response header", "content", lambda: get(everything, response_content_disposition="attachment; filename=a b"))
check("head", 7, lambda: everything.head_object(oss.HeadObjectRequest(bucket=BUCKET, key=KEY)).content_length)
check("exists", "True False", lambda: f"{everything.is_object_exist(BUCKET, KEY)} {everything.is_object_exist(BUCKET, 'none')}")
check("list", KEY, lambda: keys(everything.list_objects(oss.ListObjectsRequest(bucket=BUCKET, prefix="a/b c"))))
check(
    "list V2, pages", f"{KEY}, a/two",
    lambda: (
        put(everything, "a/two"),
        ", ".join(
            keys(page)
            for page in everything.list_objects_v2_paginator().iter_page(
                oss.ListObjectsV2Request(bucket=BUCKET, prefix="a/", max_keys=1)
            )
        ),
    )[1],
)
check("list buckets", BUCKET, lambda: ", ".join(b.name for b in everything.list_buckets(oss.ListBucketsRequest()).buckets))
check("bucket info", "private", lambda: everything.get_bucket_info(oss.GetBucketInfoRequest(bucket=BUCKET)).bucket_info.acl)
check("bucket exists", "True False", lambda: f"{everything.is_bucket_exist(BUCKET)} {everything.is_bucket_exist('nobody-made-this')}")
check(
    "a bucket of one's own", "200 204",
    lambda: f"{everything.put_bucket(oss.PutBucketRequest(bucket='made-by-v2')).status_code} "
    f"{everything.delete_bucket(oss.DeleteBucketRequest(bucket='made-by-v2')).status_code}",
)
check(
    "copy", "content",
    lambda: (
        everything.copy_object(oss.CopyObjectRequest(bucket=BUCKET, key="a/copy", source_key=KEY)),
        get(everything, "a/copy"),
    )[1],
)
check("multipart", "6 parts, same", lambda: upload_in_parts(everything))
check(
    "uploader", "same",
    lambda: (
        everything.uploader(part_size=102400, parallel_num=2).upload_from(
            oss.PutObjectRequest(bucket=BUCKET, key="a/up"), io.BytesIO(BIG)
        ),
        "same" if get(everything, "a/up").encode() == BIG else "other",
    )[1],
)
check("delete many", "a/copy, a/two", lambda: ", ".join(d.key for d in delete_many(everything, "a/copy", "a/two").deleted_objects))
check("get, no such key", "404 NoSuchKey", lambda: get(everything, "a/none"))
check("head, no such key", "404 NoSuchKey", lambda: everything.head_object(oss.HeadObjectRequest(bucket=BUCKET, key="a/none")))
check("put, kept", "409 FileAlreadyExists", lambda: put(everything, forbid_overwrite=True))
check("object ACL", "public-read", lambda: (
    everything.put_object_acl(oss.PutObjectAclRequest(bucket=BUCKET, key=KEY, acl="public-read")),
    everything.get_object_acl(oss.GetObjectAclRequest(bucket=BUCKET, key=KEY)).acl,
)[1])


def presigned(credentials):
    return client(credentials).presign(oss.GetObjectRequest(bucket=BUCKET, key=KEY))


def late(seconds, attempt):
    with emulator.clock_ahead(seconds):
        return attempt()


check("presigned", "200 content", lambda: fetched(presigned(session)))
check("presigned put", "200 ", lambda: fetched(everything.presign(oss.PutObjectRequest(bucket=BUCKET, key="a/presigned"))))
check("presigned by a session that may not", "403 AccessDenied", lambda: fetched(presigned(put_only)))


def expired():
    link = presigned(session)
    return late(3601, lambda: fetched(link))


check("presigned, session expired", "403 SecurityTokenExpired", expired)
check("session: one folder", "content", lambda: get(client(one_folder)))
check("session: the folder's list", "a/big", lambda: keys(client(one_folder).list_objects_v2(oss.ListObjectsV2Request(bucket=BUCKET, prefix="a/big"))))
check("session: all lists", "403 AccessDenied", lambda: client(one_folder).list_objects_v2(oss.ListObjectsV2Request(bucket=BUCKET)))
check("session: put", "403 AccessDenied", lambda: put(client(one_folder)))
check("session: head", "403 AccessDenied", lambda: client(put_only).head_object(oss.HeadObjectRequest(bucket=BUCKET, key="a/big")))
check("session: PutObject only, delete many", "403 AccessDenied", lambda: delete_many(client(put_only), KEY))
check("session: PutObject only, put", 200, lambda: put(client(put_only), "a/put"))
check("session: DeleteObject only, multipart", "403 AccessDenied", lambda: upload_in_parts(client(delete_only)))
check("session: DeleteObject only, delete many", 200, lambda: delete_many(client(delete_only), "a/put").status_code)
check("wrong secret", "403 SignatureDoesNotMatch", lambda: get(client((session[0], "wrong", session[2]))))
check("another session's token", "403 InvalidSecurityToken", lambda: get(client((*session[:2], put_only[2]))))
check("unknown key", "403 InvalidAccessKeyId", lambda: get(client(("LTAInobody", "x"))))
check("expired token", "403 SecurityTokenExpired", lambda: late(901, lambda: get(everything, "a/big")))
check("no such bucket", "404 NoSuchBucket", lambda: everything.list_objects(oss.ListObjectsRequest(bucket="nobody-made-this")))
check("the end of it", 200, lambda: delete_many(everything, KEY, "a/big", "a/up", "a/presigned").status_code)

of_v1 = Suite(f"{harness.client_name('alibabacloud-oss-v2')}, V1", describe)
of_v1.check("a user without rights", "403 AccessDenied", lambda: get(client((emulator.access_key_id, emulator.access_key_secret), "v1"), "hello.txt"))
of_v1.check("wrong secret", "403 SignatureDoesNotMatch", lambda: get(client((emulator.access_key_id, "wrong"), "v1"), "hello.txt"))
of_v1.not_applicable("temporary credentials", "it sends the token in a header that no signature covers")

emulator.stop()
