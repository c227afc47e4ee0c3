//! A client with the settings of the environment.

use crate::client::Client;
use crate::client::builder::ClientBuilder;
use crate::error::Error;
use crate::os::Os;
use crate::provider::Default;

impl Client {
    /// A client with the settings of the environment: [`builder_from_env`](Self::builder_from_env), as it comes.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        Self::builder_from_env().build()
    }

    /// Starts a client with the settings of the environment, to change some of them: credentials by
    /// [`provider::Default`](struct@Default), the endpoint of `ALIBABA_CLOUD_STS_ENDPOINT` (which ACK sets) or else of the region of
    /// `ALIBABA_CLOUD_STS_REGION`, inside its VPCs if `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` is `true`.
    ///
    /// The credentials are asked for when a call needs them; a client that makes anonymous calls alone needs none.
    pub fn builder_from_env() -> ClientBuilder {
        let mut builder = Self::builder().credentials(Default::new());
        let os = Os::process();
        match os.variable("ALIBABA_CLOUD_STS_REGION") {
            Ok(Some(region)) => builder = builder.region(region),
            Ok(None) => {}
            // No region has this name: it is told when the client is built.
            Err(_) => builder = builder.region(char::REPLACEMENT_CHARACTER),
        }
        match os.variable("ALIBABA_CLOUD_STS_ENDPOINT") {
            Ok(Some(endpoint)) => builder = builder.endpoint(endpoint),
            Ok(None) => {}
            Err(_) => builder = builder.endpoint(char::REPLACEMENT_CHARACTER),
        }
        let vpc = os.variable("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED");
        if vpc.is_ok_and(|vpc| vpc.is_some_and(|value| value.eq_ignore_ascii_case("true"))) {
            builder = builder.vpc_endpoint();
        }
        builder
    }
}
