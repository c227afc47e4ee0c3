//! `ali-sts whoami`.

use ali_sts::{Client, Error};

use crate::print;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Ask this endpoint instead of the region's, such as `https://sts.aliyuncs.com`.
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Error> {
    let mut builder = Client::builder_from_env();
    if let Some(endpoint) = arguments.endpoint {
        builder = builder.endpoint(endpoint);
    }
    let identity = builder.build()?.get_caller_identity().send().await?;
    print(&format!(
        "identity      {}\narn           {}\naccount       {}\nprincipal     {}\nrequest id    {}\n",
        identity.identity_type, identity.arn, identity.account_id, identity.principal_id, identity.request_id
    ));
    Ok(())
}
