//! What goes over the wire, and what may come back.

use super::ROLE;
use crate::transport::{Scripted, granted, json};
use ali_sts::{Arn, Client, Credentials, ProxySettings};

#[tokio::test]
async fn the_user_agent() {
    let version = env!("CARGO_PKG_VERSION");
    for (extension, expected) in [
        (None, format!("ali-sts/{version}")),
        (Some("my-tool/2.1 (ci)"), format!("ali-sts/{version} my-tool/2.1 (ci)")),
    ] {
        // What arrives at the other end of a real connection.
        let server = crate::wire::Server::start(|_, _| crate::wire::Act::Reply(crate::wire::good())).await;
        let mut builder =
            Client::builder().endpoint(server.url()).credentials(Credentials::new("id", "secret"));
        if let Some(extension) = extension {
            builder = builder.user_agent(extension);
        }
        builder.build().unwrap().assume_role(ROLE).send().await.unwrap();
        let head = server.received().remove(0).head;
        assert!(head.starts_with("POST / HTTP/1.1\r\n"), "{head}");
        assert!(head.contains(&format!("\r\nuser-agent: {expected}\r\n")), "{head}");
    }
}

#[tokio::test]
async fn regions_become_hosts() {
    let transport = Scripted::new(|_| granted());
    for (builder, uri) in [
        (Client::builder(), "https://sts.aliyuncs.com/"),
        (Client::builder().region("cn-hangzhou"), "https://sts.cn-hangzhou.aliyuncs.com/"),
        (Client::builder().region("cn-hangzhou").vpc_endpoint(), "https://sts-vpc.cn-hangzhou.aliyuncs.com/"),
        (Client::builder().region("cn-hangzhou-finance"), "https://sts.aliyuncs.com/"),
        (
            Client::builder().endpoint("http://sts.internal:8080").allow_plain_http(),
            "http://sts.internal:8080/",
        ),
    ] {
        let sts = builder
            .credentials(Credentials::new("id", "secret"))
            .transport(transport.clone())
            .build()
            .unwrap();
        sts.assume_role(ROLE).send().await.unwrap();
        assert_eq!(transport.sent().pop().unwrap().uri, uri);
    }
}

#[tokio::test]
async fn answers_are_read_leniently() {
    let body = serde_json::json!({
        "requestId": "lower-case", "Unknown": { "Code": "nothing" }, "Code": "OK",
        "AssumedRoleUser": { "arn": "acs:sts::1:assumed-role/app/x", "AssumedRoleUserId": "7" },
        "Credentials": {
            "Expiration": "2033-05-18T03:33:20.5Z", "SecurityToken": "t", "AccessKeySecret": "s", "AccessKeyId": "STS.k",
        },
    });
    let sts = Client::builder().credentials(Credentials::new("id", "secret"));
    let sts = sts.transport(Scripted::new(move |_| json(200, &[], &body))).build().unwrap();
    let out = sts.assume_role(ROLE).send().await.unwrap();
    assert_eq!(out.request_id, "lower-case");
    let user = out.assumed_role_user.unwrap();
    assert_eq!(
        (user.arn, user.assumed_role_id.as_str()),
        (Arn::unchecked("acs:sts::1:assumed-role/app/x"), "7")
    );
    assert_eq!(out.credentials.provider_name(), Some("AssumeRole"));
}

/// An explicit proxy is used for this machine too, and is given its password in a header alone.
#[tokio::test]
async fn through_a_proxy() {
    let proxy = crate::wire::Server::start(|_, _| crate::wire::Act::Reply(crate::wire::good())).await;
    let url = proxy.url().replace("http://", "http://alice:pass%2Bword@");
    let sts = Client::builder().endpoint("http://127.0.0.1:1").credentials(Credentials::new("id", "secret"));
    let sts = sts.proxy(ProxySettings::explicit(url)).build().unwrap();
    sts.assume_role(ROLE).send().await.unwrap();
    let head = proxy.received().remove(0).head;
    assert!(head.starts_with("POST http://127.0.0.1:1/ HTTP/1.1\r\n"), "{head}");
    assert!(head.to_ascii_lowercase().contains("proxy-authorization: basic "), "{head}");
}
