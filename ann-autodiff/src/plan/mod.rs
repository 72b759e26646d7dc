//! [`Plan`]: a tape made ready to run. What lives when is known (`schedule`), every value has its place in one arena
//! (`arena`), neighbours are joined (`fuse`); running it again allocates nothing (`run`).

mod arena;
mod fuse;
mod profile;
mod run;
mod schedule;
mod step;

pub use profile::Timing;
pub use run::{Fault, Plan};
