//! # Autodiff without networks
//!
//! ```
//! use ann::autodiff::{check_gradient, value_and_grad};
//!
//! let (value, gradient) = value_and_grad(|_, x| (x * x).sum(), &[1.0, 2.0])?;
//! assert_eq!((value, gradient), (5.0, vec![2.0, 4.0]));
//!
//! check_gradient(|_, x| (x[0] * x[1]).tanh().sum(), &[(&[2], &[0.3, -1.0]), (&[2], &[2.0, 0.1])])?;
//! # Ok::<(), ann::Error>(())
//! ```
