//! How an emulator is set up.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use sts_types::Secret;
use tokio::net::TcpListener;

use crate::clock::{Clock, ClockOffset, timestamp};
use crate::cloud::{Cloud, Tokens};
use crate::control::ControlService;
use crate::emulator::{Emulator, Servers};
use crate::lender::Lender;
use crate::lent_role;
use crate::lock::lock;
use crate::os::NoRandomness;
use crate::oss::OssService;
use crate::server::{Handler, Server};
use crate::sts::StsService;
use crate::trail::{Observer, RequestRecord, Trail};
use crate::world::World;

/// The range a real role's `MaxSessionDuration` may have (documented).
const MAX_SESSION_SECONDS: std::ops::RangeInclusive<u64> = 3600..=43_200;

/// The options of an [`Emulator`]. Made by [`Emulator::builder`].
#[derive(Clone, Debug)]
#[must_use = "nothing runs before `start`"]
pub struct EmulatorBuilder {
    address: SocketAddr,
    reach: Reach,
    clock_offset: ClockOffset,
    max_session_duration: Option<Duration>,
    world: World,
    tokens: Tokens,
    oss: Option<SocketAddr>,
    metadata: Option<SocketAddr>,
    is_token_required: bool,
    exchange: Option<SocketAddr>,
    authorization: Option<Secret>,
    lent_lifetime: Duration,
    control: Option<SocketAddr>,
    observer: SharedObserver,
}

/// Who sees the trail. Whoever starts first takes it.
#[derive(Clone, Default)]
struct SharedObserver(Arc<Mutex<Option<Observer>>>);

impl fmt::Debug for SharedObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedObserver")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Loopback,
    Anywhere,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            reach: Reach::Loopback,
            clock_offset: ClockOffset::default(),
            max_session_duration: None,
            world: World::default(),
            tokens: Tokens::default(),
            oss: None,
            metadata: None,
            is_token_required: false,
            exchange: None,
            authorization: None,
            lent_lifetime: lent_role::DEFAULT_LIFETIME,
            control: None,
            observer: SharedObserver::default(),
        }
    }

    /// Also starts all other services but the control endpoint, each on a free port of `127.0.0.1`.
    pub fn all_services(self) -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        self.oss_listen(free).metadata_listen(free).exchange_listen(free)
    }

    /// Also starts OSS, on this address: the buckets of the world, in memory. [`Emulator::oss_url`] says where it is.
    ///
    /// A loopback address, or any where [`listen_beyond_loopback`](Self::listen_beyond_loopback) was asked for as well; so it is
    /// for the other services.
    pub fn oss_listen(mut self, address: SocketAddr) -> Self {
        self.oss = Some(address);
        self
    }

    /// Also starts the metadata service of an ECS instance, whose RAM role is the first role of the world, on this address.
    ///
    /// Its credentials are replaced while a twelfth of their lifetime is left, and by [`Emulator::rotate_metadata_credentials`].
    pub fn metadata_listen(mut self, address: SocketAddr) -> Self {
        self.metadata = Some(address);
        self
    }

    /// Has the metadata service refuse requests without a metadata token ("hardened only"). Default: both are answered.
    pub fn metadata_token_required(mut self) -> Self {
        self.is_token_required = true;
        self
    }

    /// Also starts, on one address, what hands out sessions of the first role of the world otherwise: a credentials URI, the
    /// credentials of CloudSSO, and the OAuth of the console.
    pub fn exchange_listen(mut self, address: SocketAddr) -> Self {
        self.exchange = Some(address);
        self
    }

    /// What requests to the credentials URI must have for an `Authorization` header. Default: nothing.
    pub fn credentials_uri_authorization(mut self, value: impl Into<Secret>) -> Self {
        self.authorization = Some(value.into());
        self
    }

    /// How long the credentials of the metadata service, of the credentials URI, of CloudSSO and of OAuth are good for, in whole
    /// seconds, at least one. Default: six hours.
    pub fn lent_lifetime(mut self, lifetime: Duration) -> Self {
        self.lent_lifetime = lifetime;
        self
    }

    /// Also starts the control endpoint, on this loopback address: faults, time, keys, sessions and the trail for those who do not
    /// start the emulator from Rust. Whoever reaches it can read the trail and new keys.
    pub fn control_listen(mut self, address: SocketAddr) -> Self {
        self.control = Some(address);
        self
    }

    /// Shows each request to `observer` as soon as it is answered, on a thread of its own: to print it, or to write
    /// [`RequestRecord::to_json`] to a file. [`Emulator::stop`] waits until it has seen all. Of several emulators that one builder
    /// starts, the first has the observer.
    pub fn on_request(self, observer: impl FnMut(&RequestRecord) + Send + 'static) -> Self {
        *lock(&self.observer.0) = Some(Box::new(observer));
        self
    }

    /// The loopback address to listen on. Default: `127.0.0.1:0`, a port the operating system picks.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self.reach = Reach::Loopback;
        self
    }

    /// An address to listen on that others can reach.
    ///
    /// The emulator speaks plain HTTP and is made for tests: whoever can reach it can use it.
    pub fn listen_beyond_loopback(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self.reach = Reach::Anywhere;
        self
    }

    /// Where the emulator's clock stands. Default: with the machine's.
    pub fn clock_offset(mut self, offset: ClockOffset) -> Self {
        self.clock_offset = offset;
        self
    }

    /// What exists in the emulator. Default: [`World::default`].
    pub fn world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    /// `MaxSessionDuration` of all roles, 3,600 to 43,200 seconds, whatever the world says.
    ///
    /// Default: what the world says; in the default world 43,200, so that every duration that a client may ask for is
    /// granted. (A real role has 3,600 until somebody changes it.)
    pub fn max_session_duration(mut self, duration: Duration) -> Self {
        self.max_session_duration = Some(duration);
        self
    }

    /// The key that sessions are sealed with. Emulators that share one, and a world, accept each other's sessions.
    ///
    /// Whoever has it can make sessions: any text will do for tests, but it is as good a secret as it is long. Default: a key of
    /// this emulator alone.
    ///
    /// Security tokens hold their session either way, sealed with AES-256-GCM: 408 characters and, with a session policy, about
    /// 4/3 of its length more.
    pub fn token_key(mut self, key: impl Into<Secret>) -> Self {
        self.tokens = Tokens::SealedWith(key.into());
        self
    }

    /// Keeps sessions in memory instead of in their tokens: all tokens are 408 characters then, and mean nothing to another
    /// emulator. The newest 65,536 sessions are kept.
    pub fn stateful_sessions(mut self) -> Self {
        self.tokens = Tokens::Stateful;
        self
    }

    /// Makes all ids, keys and tokens follow from a number, for tests that compare whole replies. Default: random.
    ///
    /// The same requests in the same order then get the same answers, if the [time](Self::fixed_time) is the same too. The keys are no
    /// secret then. What the emulator's own identity provider signs is different each time all the same.
    pub fn seed(mut self, seed: u64) -> Self {
        self.world.seed = Some(seed);
        self
    }

    /// Makes the emulator's clock stand still at this time, in whole seconds. Default: the machine's clock.
    ///
    /// Requests are held against it: their own time must be within 15 minutes of it.
    pub fn fixed_time(mut self, time: SystemTime) -> Self {
        self.world.clock = Some(timestamp(time));
        self
    }

    /// Starts the emulator on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StartError`] when an option is out of range or the address cannot be listened on.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime that has I/O and time enabled.
    pub async fn start(self) -> Result<Emulator, StartError> {
        for address in [Some(self.address), self.oss, self.metadata, self.exchange].into_iter().flatten() {
            if self.reach == Reach::Loopback && !address.ip().is_loopback() {
                return Err(StartError::NotLoopback(NotLoopback { address }));
            }
        }
        if let Some(address) = self.control.filter(|address| !address.ip().is_loopback()) {
            return Err(StartError::NotLoopback(NotLoopback { address }));
        }
        let mut world = self.world;
        if let Some(duration) = self.max_session_duration {
            let seconds = duration.as_secs();
            let in_range = i64::try_from(seconds).ok().filter(|_| MAX_SESSION_SECONDS.contains(&seconds));
            let Some(in_range) = in_range else {
                return Err(StartError::MaxSessionDuration(MaxSessionDuration { seconds }));
            };
            world.set_max_session_seconds(in_range);
        }
        let listener = bind(self.address).await?;
        let clock = Clock::default();
        clock.set_offset(self.clock_offset);
        let trail = lock(&self.observer.0).take().map_or_else(Trail::default, Trail::observed_by);
        let no_randomness = |source| StartError::Randomness(Randomness { source });
        let cloud = Arc::new(Cloud::new(world, clock, &self.tokens, trail).map_err(no_randomness)?);
        let sts = StsService::new(Arc::clone(&cloud), listener.address.to_string());
        let sts = listener.serve(sts);

        let oss = match self.oss {
            Some(address) => Some(bind(address).await?.serve(OssService::new(Arc::clone(&cloud)))),
            None => None,
        };
        let lifetime = i64::try_from(self.lent_lifetime.as_secs()).unwrap_or(i64::MAX).max(1);
        let lender = Lender::new(&cloud, lifetime, self.is_token_required).map_err(no_randomness)?;
        let metadata = match self.metadata {
            Some(address) => Some(bind(address).await?.serve(lender.metadata_service(&cloud))),
            None => None,
        };
        let exchange = match self.exchange {
            Some(address) => {
                Some(bind(address).await?.serve(lender.exchange_service(&cloud, self.authorization)))
            }
            None => None,
        };
        let control = match self.control {
            Some(address) => {
                let metadata = Arc::clone(&lender.metadata);
                let service = ControlService { cloud: Arc::clone(&cloud), metadata };
                Some(bind(address).await?.serve(service))
            }
            None => None,
        };
        Ok(Emulator::new(cloud, Servers { sts, oss, metadata, exchange, control }, lender))
    }
}

/// An address that is listened on, and by nobody answered yet.
struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

async fn bind(address: SocketAddr) -> Result<Bound, StartError> {
    let failed = |source| StartError::Listen(Listen { address, source });
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok(Bound { listener, address })
}

impl Bound {
    fn serve(self, handler: impl Handler) -> Server {
        Server::spawn(self.listener, self.address, Arc::new(handler))
    }
}

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address can be reached from elsewhere and that was not asked for by name.
    #[error(transparent)]
    NotLoopback(NotLoopback),
    /// The maximum session duration is not one a role can have.
    #[error(transparent)]
    MaxSessionDuration(MaxSessionDuration),
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(Listen),
    /// The operating system gave no random bytes to make keys of.
    #[error(transparent)]
    Randomness(Randomness),
}

/// See [`StartError::NotLoopback`].
#[derive(Debug, thiserror::Error)]
#[error(
    "`{address}` is not a loopback address; use `listen_beyond_loopback` if others are meant to reach it"
)]
pub struct NotLoopback {
    address: SocketAddr,
}

/// See [`StartError::MaxSessionDuration`].
#[derive(Debug, thiserror::Error)]
#[error("a maximum session duration of {seconds} s is out of range; take 3600 to 43200 s")]
pub struct MaxSessionDuration {
    seconds: u64,
}

/// See [`StartError::Listen`].
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on `{address}`; take another port, or port 0 for any free one")]
pub struct Listen {
    address: SocketAddr,
    source: io::Error,
}

/// See [`StartError::Randomness`].
#[derive(Debug, thiserror::Error)]
#[error("no keys could be made")]
pub struct Randomness {
    source: NoRandomness,
}
