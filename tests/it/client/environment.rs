//! `Client::from_env`, in processes of their own.

use super::ROLE;
use crate::transport::{Scripted, granted};
use ali_sts::Client;

/// `Client::from_env` in processes of their own: an environment is a process's, and tests share one.
#[test]
fn the_environment() {
    const ID: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.env");
    const SECRET: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "env-secret");
    const TOKEN: (&str, &str) = ("ALIBABA_CLOUD_SECURITY_TOKEN", "env-token+/=");
    for (variables, expected) in [
        (vec![ID, SECRET], "sts.aliyuncs.com: STS.env None"),
        (vec![ID, SECRET, TOKEN], "sts.aliyuncs.com: STS.env Some(\"env-token+/=\")"),
        (vec![ID, SECRET, ("ALIBABA_CLOUD_SECURITY_TOKEN", "")], "sts.aliyuncs.com: STS.env None"),
        (
            vec![ID, SECRET, ("ALIBABA_CLOUD_STS_REGION", "cn-beijing")],
            "sts.cn-beijing.aliyuncs.com: STS.env None",
        ),
        (
            vec![
                ID,
                SECRET,
                ("ALIBABA_CLOUD_STS_REGION", "cn-beijing"),
                ("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", "true"),
            ],
            "sts-vpc.cn-beijing.aliyuncs.com: STS.env None",
        ),
        (
            vec![ID, SECRET, ("ALIBABA_CLOUD_STS_ENDPOINT", "sts-vpc.ap-northeast-2.aliyuncs.com")],
            "sts-vpc.ap-northeast-2.aliyuncs.com: STS.env None",
        ),
        (
            vec![ID, SECRET, ("ALIBABA_CLOUD_STS_REGION", "no region")],
            "region `no region` is not valid: a region looks like `cn-hangzhou`",
        ),
        (
            vec![ID, SECRET, ("HTTPS_PROXY", "ftp://alice:CanaryProxyPassword5544332211@proxy")],
            "client is not valid: the proxy's URL cannot be used; write `http://`, `https://` or `socks5://`, the host and the port",
        ),
        (
            vec![ID],
            "sts.aliyuncs.com: Credentials no credentials from chain: `environment` is configured and gave none, so none after \
             it was asked (environment: `ALIBABA_CLOUD_ACCESS_KEY_ID` is set and `ALIBABA_CLOUD_ACCESS_KEY_SECRET` is not; set both)",
        ),
        (
            vec![SECRET],
            "sts.aliyuncs.com: Credentials no credentials from chain: `environment` is configured and gave none, so none after \
             it was asked (environment: `ALIBABA_CLOUD_ACCESS_KEY_SECRET` is set and `ALIBABA_CLOUD_ACCESS_KEY_ID` is not; set both)",
        ),
        (
            vec![ID, ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "")],
            "sts.aliyuncs.com: Credentials no credentials from chain: `environment` is configured and gave none, so none after \
             it was asked (environment: `ALIBABA_CLOUD_ACCESS_KEY_ID` is set and `ALIBABA_CLOUD_ACCESS_KEY_SECRET` is not; set both)",
        ),
    ] {
        assert_eq!(in_child(&variables), expected, "{variables:?}");
    }
    let none = in_child(&[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")]);
    assert!(
        none.starts_with("sts.aliyuncs.com: Credentials ") && none.contains("ALIBABA_CLOUD_ACCESS_KEY_ID"),
        "{none}"
    );
}

const MARK: &str = "the child says: ";

/// Runs [`child`] in a process with this environment, and returns what it says.
fn in_child(variables: &[(&str, &str)]) -> String {
    let output = crate::child::run("client::environment::child", variables);
    let text = String::from_utf8(output.stdout).unwrap();
    let said = text.lines().find_map(|line| Some(line.split_once(MARK)?.1.to_owned()));
    said.unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// Nothing by itself; in the processes of [`the_environment`], a call with the environment's settings.
#[test]
fn child() {
    if !crate::child::is_one() {
        return;
    }
    let said = match Client::from_env() {
        Err(error) => error.to_string(),
        Ok(from_env) => {
            let transport = Scripted::new(|_| granted());
            let sts = Client::builder_from_env().transport(transport.clone()).build().unwrap();
            assert_eq!(from_env.endpoint(), sts.endpoint());
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let said = match runtime.block_on(sts.assume_role(ROLE).send()) {
                Ok(_) => {
                    let sent = transport.sent().remove(0);
                    format!("{} {:?}", sent.param("AccessKeyId").unwrap(), sent.param("SecurityToken"))
                }
                Err(error) => format!("{:?} {error}", error.kind()),
            };
            format!("{}: {said}", from_env.endpoint())
        }
    };
    println!("{MARK}{said}");
}
