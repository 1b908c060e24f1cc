//! What every story stands on: a world with a database of its own, people in it, and a telephone.

pub mod cast;
pub mod cut;
pub mod database;
pub mod pooler;
pub mod program;
pub mod proxy;
pub mod telephone;
pub mod world;

pub use self::{
    cast::{PHRASE, Person},
    telephone::Answer,
    world::World,
};
