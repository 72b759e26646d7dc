//! What the layers have in common: how they are declared, and their settings that are no sizes.

use std::sync::Arc;

use crate::initializer::{Constant, Initializer, Xavier};
use crate::recorder::Initial;

/// The value of a setting as a file gives it.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    /// A number.
    Number(f64),
    /// An initializer by its name, or a number.
    Initializer(Arc<dyn Initializer>),
    /// The label of another layer.
    Label(String),
}

/// A layer whose settings can be given by name at run time; the same list as its builder methods.
pub(crate) trait Configure: Sized {
    /// Takes a setting; the layer itself comes back unchanged if it has none of that name and kind.
    fn configure(self, name: &str, value: &Given) -> Result<Self, Self>;
}

/// How the weights of a layer begin if nothing is said (Glorot and Bengio 2010).
pub(super) fn weight() -> Initial {
    Initial::new(Xavier)
}

/// How all other parameters begin: all the same.
pub(super) fn constant(value: f64) -> Initial {
    Initial::new(Constant(value))
}

/// Declares a layer: its type for given shapes, made of its description, and its `Layer` by its own `apply`.
macro_rules! layer {
    ($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty = $default:expr),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name<I = $crate::layer::Several, O = ann_autodiff::Dyn> {
            #[allow(dead_code, reason = "layers without sizes have nothing to read there")]
            spec: ann_spec::layers::$name,
            $($field: $type,)*
            shapes: std::marker::PhantomData<fn(I) -> O>,
        }

        impl<I, O> $name<I, O> {
            /// By its description, every other setting as it is by default.
            pub fn from_spec(spec: ann_spec::layers::$name) -> Self {
                Self { spec, $($field: $default,)* shapes: std::marker::PhantomData }
            }
        }

        impl<I: $crate::layer::Flow, O: ann_autodiff::Shaped> $crate::Layer for $name<I, O> {
            type Input = I;
            type Output = O;

            fn record<'t>(
                &self,
                tape: &$crate::Recorder<'t>,
                x: I::Vars<'t>,
            ) -> $crate::Result<ann_autodiff::Var<'t, O>> {
                Ok(self.apply(tape, &I::list(x))?.typed())
            }
        }
    };
}

/// The settings of a layer that are no sizes: a builder method each, and the same by name.
macro_rules! settings {
    ($layer:ident { $($(#[$meta:meta])* $name:ident: $kind:ident => |$this:ident, $value:ident| $set:expr;)* }) => {
        impl<I, O> $layer<I, O> {
            $($crate::layers::options::settings!(@method $(#[$meta])* $name: $kind => |$this, $value| $set);)*
        }

        impl<I, O> $crate::layers::options::Configure for $layer<I, O> {
            #[allow(unused_mut, unused_variables, reason = "a layer may have no settings")]
            fn configure(mut self, name: &str, value: &$crate::layers::options::Given) -> Result<Self, Self> {
                match name {
                    $(stringify!($name) => {
                        $crate::layers::options::settings!(@take value, $value, $kind, else return Err(self));
                        let $this = &mut self;
                        $set;
                        Ok(self)
                    })*
                    _ => Err(self),
                }
            }
        }
    };
    (@method $(#[$meta:meta])* $name:ident: number => |$this:ident, $value:ident| $set:expr) => {
        $(#[$meta])*
        #[must_use]
        pub fn $name(mut self, $value: f64) -> Self {
            let $this = &mut self;
            $set;
            self
        }
    };
    (@method $(#[$meta:meta])* $name:ident: initializer => |$this:ident, $value:ident| $set:expr) => {
        $(#[$meta])*
        #[must_use]
        pub fn $name(mut self, $value: impl $crate::initializer::Initializer + 'static) -> Self {
            let $value: std::sync::Arc<dyn $crate::initializer::Initializer> = std::sync::Arc::new($value);
            let $this = &mut self;
            $set;
            self
        }
    };
    (@method $(#[$meta:meta])* $name:ident: activation => |$this:ident, $value:ident| $set:expr) => {
        $(#[$meta])*
        #[must_use]
        pub fn $name(mut self, $value: impl $crate::Activation + 'static) -> Self {
            let $value: std::sync::Arc<dyn $crate::Activation> = std::sync::Arc::new($value);
            let $this = &mut self;
            $set;
            self
        }
    };
    (@method $(#[$meta:meta])* $name:ident: regularizer => |$this:ident, $value:ident| $set:expr) => {
        $(#[$meta])*
        #[must_use]
        pub fn $name(mut self, $value: impl $crate::regularizer::Regularizer + 'static) -> Self {
            let $value: std::sync::Arc<dyn $crate::regularizer::Regularizer> = std::sync::Arc::new($value);
            let $this = &mut self;
            $set;
            self
        }
    };
    (@method $(#[$meta:meta])* $name:ident: label => |$this:ident, $value:ident| $set:expr) => {
        $(#[$meta])*
        #[must_use]
        pub fn $name(mut self, $value: &str) -> Self {
            let $value = $value.to_owned();
            let $this = &mut self;
            $set;
            self
        }
    };
    (@take $given:ident, $value:ident, number, else $else:expr) => {
        let $crate::layers::options::Given::Number($value) = $given else { $else };
        let $value = *$value;
    };
    (@take $given:ident, $value:ident, initializer, else $else:expr) => {
        let $value: std::sync::Arc<dyn $crate::initializer::Initializer> = match $given {
            $crate::layers::options::Given::Initializer(initializer) => std::sync::Arc::clone(initializer),
            $crate::layers::options::Given::Number(value) => std::sync::Arc::new($crate::initializer::Constant(*value)),
            $crate::layers::options::Given::Label(_) => $else,
        };
    };
    // A description holds no code; the reader of its arguments has refused it.
    (@take $given:ident, $value:ident, activation, else $else:expr) => {
        let none: Option<std::sync::Arc<dyn $crate::Activation>> = None;
        let Some($value) = none else { $else };
    };
    (@take $given:ident, $value:ident, regularizer, else $else:expr) => {
        let none: Option<std::sync::Arc<dyn $crate::regularizer::Regularizer>> = None;
        let Some($value) = none else { $else };
    };
    (@take $given:ident, $value:ident, label, else $else:expr) => {
        let $crate::layers::options::Given::Label($value) = $given else { $else };
        let $value = $value.clone();
    };
}

/// Declares a layer of one input without settings: what it does with it.
macro_rules! plain {
    ($(#[$meta:meta])* $name:ident => |$x:ident| $apply:expr) => {
        $crate::layers::options::layer! {
            $(#[$meta])*
            $name {}
        }

        $crate::layers::options::settings! { $name {} }

        impl<I, O> $name<I, O> {
            #[allow(clippy::unused_self, reason = "alike for all layers")]
            fn apply<'t>(
                &self,
                _: &$crate::Recorder<'t>,
                x: &[ann_autodiff::Var<'t>],
            ) -> $crate::Result<ann_autodiff::Var<'t>> {
                let $x = $crate::recorder::only(stringify!($name), x)?;
                Ok($apply)
            }
        }
    };
}

pub(super) use {layer, plain, settings};
