//! ann-spec
