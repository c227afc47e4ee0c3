//! What all services of the emulator share.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use sts_types::Secret;

use crate::clock::Clock;
use crate::faults::Faults;
use crate::identity::IdentityProvider;
use crate::nonces::Nonces;
use crate::os::{NoRandomness, Random};
use crate::seed::Seed;
use crate::sessions::Sessions;
use crate::token::TokenKey;
use crate::trail::Trail;
use crate::world::{AccessKey, World};

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

/// Where sessions are.
#[derive(Clone, Debug, Default)]
pub(crate) enum Tokens {
    /// In their tokens, sealed with a key that no other emulator has.
    #[default]
    Sealed,
    /// In their tokens, sealed with this.
    SealedWith(Secret),
    /// In memory.
    Stateful,
}

impl Cloud {
    pub(crate) fn new(
        world: World,
        clock: Clock,
        tokens: &Tokens,
        trail: Trail,
    ) -> Result<Self, NoRandomness> {
        let (seed, random) = match world.seed {
            Some(number) => {
                let seed = Seed::of(&number.to_be_bytes());
                (seed.clone(), Random::seeded(seed))
            }
            None => (Seed::random(&Random::new())?, Random::new()),
        };
        let sessions = match tokens {
            Tokens::Sealed => Sessions::sealed(TokenKey::new(&seed)?),
            Tokens::SealedWith(key) => {
                Sessions::sealed(TokenKey::new(&Seed::of(key.expose_secret().as_bytes()))?)
            }
            Tokens::Stateful => Sessions::stateful(TokenKey::new(&seed)?),
        };
        if let Some(time) = world.clock {
            clock.stop_at(time);
        }
        Ok(Self {
            world: RwLock::new(Arc::new(world.settle(&seed))),
            seed,
            clock,
            identity_provider: IdentityProvider::new(&random)?,
            random,
            sessions,
            nonces: Mutex::default(),
            trail,
            faults: Faults::default(),
        })
    }

    /// The world of this moment. Take it once a request.
    pub(crate) fn world(&self) -> Arc<World> {
        Arc::clone(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another key in the place of an owner's: the old one is unknown from now on. `None` if there is no such key.
    pub(crate) fn rotate_key(&self, access_key_id: &str) -> Result<Option<AccessKey>, NoRandomness> {
        let new = AccessKey {
            id: format!("LTAI5t{}", self.random.alphanumeric(18)?),
            secret: Secret::new(self.random.alphanumeric(30)?),
            active: true,
        };
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = World::clone(&world);
        if !changed.replace_key(access_key_id, &new) {
            return Ok(None);
        }
        *world = Arc::new(changed.settle(&self.seed));
        Ok(Some(new))
    }

    /// Puts another world in its place. Keys and ids that it leaves out are the same as before for the same owners.
    pub(crate) fn replace_world(&self, world: World) {
        let world = Arc::new(world.settle(&self.seed));
        *self.world.write().unwrap_or_else(PoisonError::into_inner) = world;
    }
}
