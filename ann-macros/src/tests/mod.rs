//! Tests of the macro without the compiler: where mistakes point, and what is emitted.

mod places;
mod snapshots;
