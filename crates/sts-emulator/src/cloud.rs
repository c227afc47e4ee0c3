//! What all services of the emulator share.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::clock::Clock;
use crate::faults::Faults;
use crate::identity::IdentityProvider;
use crate::nonces::Nonces;
use crate::os::{NoRandomness, Random};
use crate::sessions::Sessions;
use crate::trail::Trail;
use crate::world::{Seed, World};

/// The world as it is now, and what has happened in it.
pub(crate) struct Cloud {
    world: RwLock<Arc<World>>,
    seed: Seed,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) identity_provider: IdentityProvider,
    pub(crate) sessions: Sessions,
    pub(crate) nonces: Mutex<Nonces>,
    pub(crate) trail: Trail,
    pub(crate) faults: Faults,
}

impl Cloud {
    pub(crate) fn new(world: World, clock: Clock) -> Result<Self, NoRandomness> {
        let random = Random::new();
        let seed = match world.seed {
            Some(seed) => Seed::fixed(seed),
            None => Seed::random(&random)?,
        };
        Ok(Self {
            world: RwLock::new(Arc::new(world.settle(&seed))),
            seed,
            clock,
            identity_provider: IdentityProvider::new(&random)?,
            random,
            sessions: Sessions::default(),
            nonces: Mutex::default(),
            trail: Trail::default(),
            faults: Faults,
        })
    }

    /// The world of this moment. Take it once a request.
    pub(crate) fn world(&self) -> Arc<World> {
        Arc::clone(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another world in its place. Keys and ids that it leaves out are the same as before for the same owners.
    pub(crate) fn replace_world(&self, world: World) {
        let world = Arc::new(world.settle(&self.seed));
        *self.world.write().unwrap_or_else(PoisonError::into_inner) = world;
    }
}
