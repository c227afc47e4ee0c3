//! What the signing tables compare. It is part of the library so that the program that times them and the one that
//! counts their allocations have the same contenders.

pub mod acs3;
pub mod oss;
pub mod rpc_v1;

use crate::Result;

/// One scheme.
pub struct Table {
    pub title: &'static str,
    /// What the first contender of every case does, in a sentence.
    pub floor: &'static str,
    pub cases: Vec<Case>,
}

/// One input that all contenders work on.
pub struct Case {
    pub name: String,
    /// Length of what is hashed, in bytes.
    pub hashed: usize,
    /// The first is the floor of the others.
    pub contenders: Vec<Contender>,
}

/// One way of doing it.
pub struct Contender {
    pub what: &'static str,
    /// Once.
    pub work: Box<dyn FnMut()>,
}

impl Contender {
    pub fn new(what: &'static str, work: impl FnMut() + 'static) -> Self {
        Self { what, work: Box::new(work) }
    }
}

/// Every scheme's table. Making them checks that contenders sign alike.
pub fn tables() -> Result<Vec<Table>> {
    Ok(vec![rpc_v1::table()?, acs3::table()?, oss::v1_table()?, oss::v4_table()?])
}
