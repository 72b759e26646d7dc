//! The Gaussian error linear unit.

use super::options::plain;

plain! {
    /// `x Φ(x)` with the normal distribution function `Φ`, exactly (Hendrycks and Gimpel 2016).
    Gelu => |x| x.gelu()
}
