//! The sigmoid linear unit.

use super::options::plain;

plain! {
    /// `x / (1 + e^-x)` (Elfwing et al. 2017; Ramachandran et al. 2017 call it swish).
    Silu => |x| x.silu()
}
