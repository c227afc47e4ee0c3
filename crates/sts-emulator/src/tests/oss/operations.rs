//! What comes back from each operation.

use super::bench::{Ask, Bench, Scheme, ask};
use super::world::HOME;
use crate::Emulator;
use crate::tests::call::exchange_at;

fn put(key: &str, body: &'static str) -> Ask {
    ask("PUT", "mine", key).body(body)
}

#[tokio::test]
async fn an_object_comes_back_as_it_went() {
    let bench = Bench::new();
    let admin = bench.key("admin");
    let stored = put("b", "123456789")
        .header("content-type", "text/csv")
        .header("x-oss-meta-author", "me")
        .header("user-agent", "x");
    let stored = bench.by(&admin, stored).await;
    // MD5 and CRC-64/XZ of the standard check input.
    let (etag, crc) = (Some("\"25F9E794323B453885F5181F1B624D0B\""), Some("11051210869376104954"));
    assert_eq!((stored.header("etag"), stored.header("x-oss-hash-crc64ecma")), (etag, crc));
    assert_eq!(stored.header("x-oss-request-id").map(str::len), Some(24));
    assert_eq!(stored.header("server"), Some("AliyunOSS"));

    for method in ["GET", "HEAD"] {
        let read = bench.by(&admin, ask(method, "mine", "b")).await;
        assert_eq!((read.header("etag"), read.header("x-oss-hash-crc64ecma")), (etag, crc));
        assert_eq!(
            (read.header("content-type"), read.header("x-oss-meta-author")),
            (Some("text/csv"), Some("me"))
        );
        assert_eq!(
            (read.header("x-oss-object-type"), read.header("accept-ranges")),
            (Some("Normal"), Some("bytes"))
        );
        assert!(read.header("last-modified").is_some_and(|time| time.ends_with(" GMT")));
        assert_eq!(read.text(), if method == "GET" { "123456789" } else { "" });
        assert_eq!(read.header("content-length"), Some("9").filter(|_| method == "HEAD"));
    }
    let part = bench.by(&admin, ask("GET", "mine", "b").header("range", "bytes=2-4")).await;
    assert_eq!((part.status, part.text(), part.header("content-range")), (206, "345", Some("bytes 2-4/9")));
    let beyond =
        ask("GET", "mine", "b").header("range", "bytes=9-").header("x-oss-range-behavior", "standard");
    assert_eq!(bench.by(&admin, beyond).await.outcome(), "416 InvalidRange");
    let same = ask("GET", "mine", "b").header("if-none-match", etag.unwrap());
    assert_eq!(bench.by(&admin, same).await.outcome(), "304");
    let other = ask("HEAD", "mine", "b").header("if-match", "\"0\"");
    assert_eq!(bench.by(&admin, other).await.status, 412);
    let meta = bench.by(&admin, ask("HEAD", "mine", "b").query("objectMeta", "")).await;
    assert_eq!((meta.header("content-length"), meta.header("content-type")), (Some("9"), None));

    let kept = bench.by(&admin, put("b", "other").header("x-oss-forbid-overwrite", "true")).await;
    assert_eq!(kept.outcome(), "409 FileAlreadyExists");
    assert_eq!(bench.by(&admin, ask("DELETE", "mine", "b")).await.status, 204);
    assert_eq!(bench.by(&admin, ask("DELETE", "mine", "b")).await.status, 204);
    assert_eq!(bench.by(&admin, ask("GET", "mine", "b")).await.outcome(), "404 NoSuchKey");
}

#[tokio::test]
async fn headers_of_a_reply_are_changed_for_those_who_sign() {
    let bench = Bench::new();
    let wanted = ask("GET", "open", "a.txt")
        .query("response-content-disposition", "attachment; filename=\"a b+c中.txt\"");
    let read = bench.by(&bench.key("admin"), wanted.clone()).await;
    let header = read.headers.get("content-disposition").unwrap();
    assert_eq!(header.as_bytes(), "attachment; filename=\"a b+c中.txt\"".as_bytes());
    assert_eq!(bench.anonymously(wanted).await.outcome(), "400 InvalidRequest");
    let split = ask("GET", "open", "a.txt").query("response-content-type", "a\r\nx-evil: 1");
    assert!(bench.by(&bench.key("admin"), split).await.status >= 400);
}

#[tokio::test]
async fn copies_keep_or_replace_what_is_said_about_them() {
    let bench = Bench::new();
    let admin = bench.key("admin");
    bench.by(&admin, put("from", "abc").header("x-oss-meta-a", "1").header("x-oss-tagging", "t=1")).await;
    let copy = |key: &str| ask("PUT", "mine", key).header("x-oss-copy-source", "/mine/from");
    let kept = bench.by(&admin, copy("kept").header("x-oss-meta-a", "2")).await;
    assert_eq!(kept.element("ETag"), Some("&quot;900150983CD24FB0D6963F7D28E17F72&quot;"));
    let read = bench.by(&admin, ask("GET", "mine", "kept")).await;
    assert_eq!(
        (read.text(), read.header("x-oss-meta-a"), read.header("x-oss-tagging-count")),
        ("abc", Some("1"), Some("1"))
    );
    let replaced = copy("new").header("x-oss-meta-a", "2").header("x-oss-metadata-directive", "REPLACE");
    bench.by(&admin, replaced).await;
    let read = bench.by(&admin, ask("HEAD", "mine", "new")).await;
    assert_eq!(read.header("x-oss-meta-a"), Some("2"));
    for (name, value, expected) in [
        ("x-oss-copy-source-if-match", "\"0\"", "412 PreconditionFailed"),
        ("x-oss-metadata-directive", "MERGE", "400 InvalidArgument"),
    ] {
        assert_eq!(bench.by(&admin, copy("c").header(name, value)).await.outcome(), expected);
    }
    let missing = ask("PUT", "mine", "c").header("x-oss-copy-source", "/mine/missing");
    assert_eq!(bench.by(&admin, missing).await.outcome(), "404 NoSuchKey");
}

#[tokio::test]
async fn objects_are_listed_page_by_page() {
    let bench = Bench::new();
    let admin = bench.key("admin");
    bench.by(&admin, put("odd &<\u{1}中", "x")).await;
    let all = bench.by(&admin, ask("GET", "mine", "").query("delimiter", "/")).await;
    assert_eq!(all.element("Name"), Some("mine"));
    assert_eq!(all.elements("Key"), ["a.txt", "odd &amp;&lt;\u{FFFD}中"]);
    assert_eq!(all.elements("CommonPrefixes").len(), 4);
    assert_eq!(all.element("Owner"), Some(&*format!("<ID>{HOME}</ID><DisplayName>{HOME}</DisplayName>")));
    let encoded =
        bench.by(&admin, ask("GET", "mine", "").query("encoding-type", "url").query("prefix", "odd &")).await;
    assert_eq!(
        (encoded.element("Key"), encoded.element("Prefix")),
        (Some("odd%20%26%3C%01%E4%B8%AD"), Some("odd%20%26"))
    );

    let (mut keys, mut marker) = (Vec::new(), String::new());
    loop {
        let page = ask("GET", "mine", "").query("max-keys", "2").query("marker", &marker);
        let page = bench.by(&admin, page).await;
        keys.extend(page.elements("Key").into_iter().map(str::to_owned));
        match page.element("NextMarker") {
            Some(next) => marker = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(keys.len(), 6);
    let (mut again, mut token) = (Vec::new(), String::new());
    loop {
        let page = ask("GET", "mine", "")
            .query("list-type", "2")
            .query("max-keys", "2")
            .query("continuation-token", &token);
        let page = bench.by(&admin, page).await;
        assert!(page.element("Owner").is_none());
        again.extend(page.elements("Key").into_iter().map(str::to_owned));
        match page.element("NextContinuationToken") {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(keys, again);
    let after = ask("GET", "mine", "")
        .query("list-type", "2")
        .query("start-after", "odd")
        .query("fetch-owner", "true");
    let after = bench.by(&admin, after).await;
    assert_eq!((after.element("KeyCount"), after.element("StartAfter")), (Some("2"), Some("odd")));
    assert!(after.element("Owner").is_some());
    for (name, value) in
        [("max-keys", "0"), ("max-keys", "1001"), ("max-keys", "x"), ("encoding-type", "base64")]
    {
        let bad = bench.by(&admin, ask("GET", "mine", "").query(name, value)).await;
        assert_eq!(bad.outcome(), "400 InvalidArgument", "{name}={value}");
    }
    let bad = ask("GET", "mine", "").query("list-type", "2").query("continuation-token", "?");
    assert_eq!(bench.by(&admin, bad).await.outcome(), "400 InvalidArgument");
}

#[tokio::test]
async fn buckets_come_and_go() {
    let bench = Bench::new();
    let admin = bench.key("admin");
    let made = bench.by(&admin, ask("PUT", "brand-new", "").header("x-oss-acl", "public-read")).await;
    assert_eq!((made.status, made.header("location")), (200, Some("/brand-new")));
    let info = bench.by(&admin, ask("GET", "brand-new", "").query("bucketInfo", "")).await;
    assert_eq!(
        (info.element("Grant"), info.element("Location")),
        (Some("public-read"), Some("oss-cn-hangzhou"))
    );
    let location = bench.by(&admin, ask("GET", "brand-new", "").query("location", "")).await;
    assert_eq!(location.element("LocationConstraint"), Some("oss-cn-hangzhou"));
    let close = ask("PUT", "brand-new", "").query("acl", "").header("x-oss-acl", "private");
    assert_eq!(bench.by(&admin, close).await.status, 200);
    let acl = bench.by(&admin, ask("GET", "brand-new", "").query("acl", "")).await;
    assert_eq!(acl.element("Grant"), Some("private"));
    let names = bench.by(&admin, ask("GET", "", "")).await;
    assert_eq!(names.elements("Name"), ["brand-new", "mine", "open", "shared", "wild"]);
    assert!(names.text().contains(&format!("<Owner><ID>{HOME}</ID>")));
    let page = bench.by(&admin, ask("GET", "", "").query("max-keys", "2").query("marker", "mine")).await;
    assert_eq!((page.elements("Name"), page.element("NextMarker")), (vec!["open", "shared"], Some("shared")));
    assert_eq!(bench.by(&admin, ask("DELETE", "brand-new", "")).await.status, 204);
    assert_eq!(bench.by(&admin, ask("GET", "brand-new", "")).await.outcome(), "404 NoSuchBucket");
    for (method, name, code) in
        [("PUT", "Bad_Name", "400 InvalidBucketName"), ("GET", "ab", "400 InvalidBucketName")]
    {
        assert_eq!(bench.anonymously(ask(method, name, "")).await.outcome(), code);
    }
    let bad = ask("PUT", "brand-new", "").header("x-oss-acl", "everybody");
    assert_eq!(bench.by(&admin, bad).await.outcome(), "400 InvalidArgument");
}

#[tokio::test]
async fn parts_make_an_object() {
    let bench = Bench::new();
    let admin = bench.key("admin");
    let begun = ask("POST", "mine", "big").query("uploads", "").header("content-type", "text/big");
    let begun = bench.by(&admin, begun).await;
    let id = begun.element("UploadId").unwrap().to_owned();
    let at =
        |method, number: &str| ask(method, "mine", "big").query("partNumber", number).query("uploadId", &id);
    let (first, last) = ("x".repeat(102_400), "end");
    let mut tags = Vec::new();
    for (number, body) in [("1", first.clone()), ("2", last.to_owned())] {
        let part = bench.by(&admin, at("PUT", number).body(body)).await;
        assert_eq!(part.status, 200, "{}", part.text());
        tags.push(part.header("etag").unwrap().to_owned());
    }
    let listed =
        bench.by(&admin, ask("GET", "mine", "big").query("uploadId", &id).query("max-parts", "1")).await;
    assert_eq!(
        (listed.element("IsTruncated"), listed.element("NextPartNumberMarker")),
        (Some("true"), Some("1"))
    );
    assert_eq!(listed.element("Size"), Some("102400"));
    let uploads = bench.by(&admin, ask("GET", "mine", "").query("uploads", "")).await;
    assert_eq!((uploads.element("UploadId"), uploads.element("Key")), (Some(&*id), Some("big")));

    let complete = |parts: &[(u32, &str)]| {
        let parts = parts
            .iter()
            .map(|(number, tag)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"));
        let body =
            format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", parts.collect::<String>());
        ask("POST", "mine", "big").query("uploadId", &id).body(body)
    };
    for (parts, expected) in [
        (vec![(2, tags[1].as_str()), (1, tags[0].as_str())], "400 InvalidPartOrder"),
        (vec![(1, tags[1].as_str())], "400 InvalidPart"),
        (vec![(3, tags[1].as_str())], "400 InvalidPart"),
        (Vec::new(), "400 MalformedXML"),
    ] {
        assert_eq!(bench.by(&admin, complete(&parts)).await.outcome(), expected);
    }
    let done = bench.by(&admin, complete(&[(1, &tags[0]), (2, &tags[1])])).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert!(done.header("etag").unwrap().ends_with("-2\""));
    let read = bench.by(&admin, ask("GET", "mine", "big")).await;
    assert_eq!(read.text(), first + last);
    assert_eq!(
        (read.header("content-type"), read.header("x-oss-object-type")),
        (Some("text/big"), Some("Multipart"))
    );
    assert_eq!(bench.by(&admin, complete(&[(1, &tags[0])])).await.outcome(), "404 NoSuchUpload");
    for (number, expected) in
        [("0", "400 InvalidArgument"), ("10001", "400 InvalidArgument"), ("1", "404 NoSuchUpload")]
    {
        assert_eq!(bench.by(&admin, at("PUT", number).body("x")).await.outcome(), expected, "{number}");
    }
    let begun = bench.by(&admin, ask("POST", "mine", "big").query("uploads", "")).await;
    let id = begun.element("UploadId").unwrap();
    let elsewhere = ask("DELETE", "mine", "other").query("uploadId", id);
    assert_eq!(bench.by(&admin, elsewhere).await.outcome(), "404 NoSuchUpload");
    assert_eq!(bench.by(&admin, ask("DELETE", "mine", "big").query("uploadId", id)).await.status, 204);
}

#[tokio::test]
async fn a_quiet_batch_says_nothing() {
    let bench = Bench::new();
    let admin = bench.key("admin");
    let batch = |quiet: &str| {
        let body = format!("<Delete><Quiet>{quiet}</Quiet><Object><Key>a b</Key></Object></Delete>");
        ask("POST", "mine", "").query("delete", "").body(body)
    };
    let quiet = bench.by(&admin, batch("true")).await;
    assert_eq!((quiet.status, quiet.body.len()), (200, 0));
    let loud = bench.by(&admin, batch("false").query("encoding-type", "url")).await;
    assert_eq!((loud.element("Key"), loud.element("EncodingType")), (Some("a%20b"), Some("url")));
}

#[tokio::test]
async fn pages_of_this_machine_may_read_the_answers() {
    let bench = Bench::new();
    let preflight = |origin: &str| {
        ask("OPTIONS", "mine", "a.txt")
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "authorization,x-oss-date")
    };
    let answer = bench.anonymously(preflight("http://localhost:5173")).await;
    assert_eq!(answer.status, 200);
    for (name, value) in [
        ("access-control-allow-origin", "http://localhost:5173"),
        ("access-control-allow-methods", "PUT"),
        ("access-control-allow-headers", "authorization,x-oss-date"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    assert_eq!(bench.anonymously(preflight("https://example.com")).await.outcome(), "403 AccessForbidden");
    let read = bench.anonymously(ask("GET", "open", "a.txt").header("origin", "http://127.0.0.1:80")).await;
    assert_eq!(read.header("access-control-allow-origin"), Some("http://127.0.0.1:80"));
    assert!(read.header("access-control-expose-headers").unwrap().contains("ETag"));
    let read = bench.anonymously(ask("GET", "open", "a.txt").header("origin", "https://example.com")).await;
    assert_eq!(read.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn another_world_has_other_buckets() {
    let bench = Bench::new();
    let admin = bench.key("admin");
    bench.by(&admin, put("b", "x")).await;
    let mut world = (*bench.cloud.world()).clone();
    let home = std::sync::Arc::make_mut(&mut world.accounts[0]);
    home.buckets.retain(|bucket| bucket.name == "mine");
    home.buckets[0].acl = crate::world::Acl::PublicRead;
    bench.cloud.replace_world(world);
    assert_eq!(bench.anonymously(ask("GET", "mine", "b")).await.outcome(), "200");
    assert_eq!(bench.by(&admin, ask("GET", "open", "a.txt")).await.outcome(), "404 NoSuchBucket");
}

/// Over its socket, as an emulator has it.
#[tokio::test]
async fn an_emulator_serves_oss_where_it_is_asked_to() {
    assert_eq!(Emulator::start().await.unwrap().oss_url(), None);
    let emulator = Emulator::builder().oss_listen(([127, 0, 0, 1], 0).into()).start().await.unwrap();
    let address = emulator.oss_url().unwrap().trim_start_matches("http://").to_owned();
    let request = format!(
        "HEAD /{}/hello.txt HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n",
        emulator.bucket()
    );
    let answer = exchange_at(&address, request.as_bytes()).await;
    assert_eq!(answer.status, 403);
    assert!(answer.head.to_ascii_lowercase().contains("x-oss-ec: 0003-00000001"), "{}", answer.head);
    let record = emulator.requests().pop().unwrap();
    assert_eq!((record.action(), record.code()), (Some("HeadObject"), Some("AccessDenied")));

    let ask = ask("HEAD", emulator.bucket(), "hello.txt");
    let root = emulator.root_credentials();
    let now = jiff::Timestamp::now();
    let wire = ask.wire_by(&root, Scheme::PresignedV4, now);
    let target = wire.request.uri().to_string();
    let request = format!("HEAD {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let answer = exchange_at(&address, request.as_bytes()).await;
    assert_eq!(answer.status, 200);
    assert!(answer.head.to_ascii_lowercase().contains("content-length: 24\r\n"), "{}", answer.head);
    emulator.stop().await;
}
