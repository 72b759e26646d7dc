//! ann-autodiff
