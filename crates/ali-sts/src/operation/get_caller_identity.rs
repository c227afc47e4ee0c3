//! GetCallerIdentity.

use crate::client::Client;
use crate::client::call::Operation;
use crate::error::Error;
use crate::operation::Params;
use crate::reply::output;
use sts_types::GetCallerIdentityOutput;

impl Client {
    /// Asks whose credentials this client signs with. Needs no permission.
    pub fn get_caller_identity(&self) -> GetCallerIdentity {
        GetCallerIdentity { client: self.clone() }
    }
}

/// A GetCallerIdentity request in the making: see [`Client::get_caller_identity`].
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct GetCallerIdentity<C = Client> {
    pub(crate) client: C,
}

#[cfg(feature = "blocking")]
impl<C> GetCallerIdentity<C> {
    pub(crate) fn map_client<D>(self, map: impl FnOnce(C) -> D) -> GetCallerIdentity<D> {
        GetCallerIdentity { client: map(self.client) }
    }
}

impl GetCallerIdentity<Client> {
    /// Sends it.
    ///
    /// # Errors
    ///
    /// Whatever the [`Error`]'s kinds tell.
    pub async fn send(self) -> Result<GetCallerIdentityOutput, Error> {
        let mut params = Params::new("GetCallerIdentity");
        params.with("Format", "JSON").version(&self.client);
        self.client
            .call(&Operation { params: params.as_slice(), signed: true, kept: None }, output::caller_identity)
            .await
    }
}
