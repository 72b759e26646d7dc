//! [`Plan`]: a tape made ready to run. What lives when is known (`schedule`), every value has its place in one arena
//! (`arena`) and is cut out of it there (`cuts`), neighbours become one operation (`fuse`) or are run as one
//! (`join`); running it again allocates nothing (`run`); gradients of parameters may be taken as they come (`hand_over`);
//! parameters that stay the same are prepared once (`hold`).

mod arena;
mod cuts;
mod exchange;
mod fuse;
mod hand_over;
mod hold;
mod join;
mod lines;
mod operands;
mod profile;
mod run;
mod schedule;
mod step;

pub use profile::Timing;
pub use run::{Fault, Plan};
