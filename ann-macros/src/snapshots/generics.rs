/**

| layer | kind | output | parameters |
|---|---|---|---:|
| `dense1` | `Dense` | `[H]` | ? |
| `relu1` | `Relu` | `[H]` | 0 |
| `dense2` | `Dense` | `[10]` | ? |
*/
#[allow(clippy::struct_field_names, reason = "fields are called as the layers' labels")]
struct Mlp<const H: usize> {
    dense1: ::ann::layers::Dense<::ann::Rank1<784>, ::ann::Rank1<{ H }>>,
    relu1: ::ann::layers::Relu<::ann::Rank1<{ H }>, ::ann::Rank1<{ H }>>,
    dense2: ::ann::layers::Dense<::ann::Rank1<{ H }>, ::ann::Rank1<10>>,
    #[doc(hidden)]
    __weights: ::ann::__private::Weights,
}
#[automatically_derived]
#[allow(dead_code, reason = "a program need not ask for any of it")]
impl<const H: usize> Mlp<H> {
    /// How many parameters it learns.
    const PARAMETERS: usize = {
        {
            let output: ::ann::spec::Shape = ::ann::spec::expand::output(
                &::ann::spec::Place {
                    kind: "Dense",
                    label: "",
                    inputs: &["input"],
                    symbols: &[],
                },
                &::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense {
                    n: ::ann::spec::Dim::Known(H),
                    bias: true,
                    tied: false,
                }),
                &[::ann::spec::Shape::of(&[::ann::spec::Dim::Known(784)])],
            );
            let _ = output;
        }
        0
            + ::ann::spec::expand::parameters(
                &::ann::spec::Place {
                    kind: "Dense",
                    label: "",
                    inputs: &["input"],
                    symbols: &[],
                },
                &::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense {
                    n: ::ann::spec::Dim::Known(H),
                    bias: true,
                    tied: false,
                }),
                &[::ann::spec::Shape::of(&[::ann::spec::Dim::Known(784)])],
            ) + 0
            + ::ann::spec::expand::parameters(
                &::ann::spec::Place {
                    kind: "Dense",
                    label: "",
                    inputs: &["relu1"],
                    symbols: &[],
                },
                &::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense {
                    n: ::ann::spec::Dim::Known(10),
                    bias: true,
                    tied: false,
                }),
                &[::ann::spec::Shape::of(&[::ann::spec::Dim::Known(H)])],
            )
    };
    /// Floating-point operations forward for one example, a multiply-add counting two; for a sequence, for one step.
    const FLOPS_PER_EXAMPLE: u64 = 0
        + ::ann::spec::expand::flops(
            &::ann::spec::Place {
                kind: "Dense",
                label: "",
                inputs: &["input"],
                symbols: &[],
            },
            &::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense {
                n: ::ann::spec::Dim::Known(H),
                bias: true,
                tied: false,
            }),
            &[::ann::spec::Shape::of(&[::ann::spec::Dim::Known(784)])],
        )
        + ::ann::spec::expand::flops(
            &::ann::spec::Place {
                kind: "Relu",
                label: "",
                inputs: &["dense1"],
                symbols: &[],
            },
            &::ann::spec::LayerSpec::Relu(::ann::spec::layers::Relu {}),
            &[::ann::spec::Shape::of(&[::ann::spec::Dim::Known(H)])],
        )
        + ::ann::spec::expand::flops(
            &::ann::spec::Place {
                kind: "Dense",
                label: "",
                inputs: &["relu1"],
                symbols: &[],
            },
            &::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense {
                n: ::ann::spec::Dim::Known(10),
                bias: true,
                tied: false,
            }),
            &[::ann::spec::Shape::of(&[::ann::spec::Dim::Known(H)])],
        );
    /// The network with first values drawn by a seed, in 32 bits. The same seed gives the same bits.
    ///
    /// # Panics
    /// If an initializer or a layer of the user's own refuses; `builder().try_build()` gives the error instead.
    fn new(seed: u64) -> Self {
        ::ann::Builder::new().seed(seed).build()
    }
    /// What builds the network where more is to be chosen than the seed.
    fn builder() -> ::ann::Builder<Self> {
        ::ann::Builder::new()
    }
}
#[automatically_derived]
impl<const H: usize> ::ann::Layer for Mlp<H> {
    type Input = ::ann::Rank1<784>;
    type Output = ::ann::Rank1<10>;
    fn record<'tape>(
        &self,
        tape: &::ann::Recorder<'tape>,
        input: ::ann::Var<'tape, ::ann::Rank1<784>>,
    ) -> ::ann::Result<::ann::Var<'tape, ::ann::Rank1<10>>> {
        let value0 = tape.layer("dense1", &self.dense1, input)?;
        let value1 = tape.layer("relu1", &self.relu1, value0)?;
        let value2 = tape.layer("dense2", &self.dense2, value1)?;
        ::core::result::Result::Ok(value2)
    }
    fn join(&mut self, weights: &::ann::__private::Weights) {
        self.__weights = ::core::clone::Clone::clone(weights);
    }
    fn joined(&self) -> ::core::option::Option<&::ann::__private::Weights> {
        ::core::option::Option::Some(&self.__weights)
    }
}
#[automatically_derived]
impl<const H: usize> ::ann::Cost for Mlp<H> {
    const PARAMETERS: usize = Self::PARAMETERS;
    const FLOPS: u64 = Self::FLOPS_PER_EXAMPLE;
}
#[automatically_derived]
impl<const H: usize> ::ann::Network for Mlp<H> {
    fn name(&self) -> &str {
        "Mlp"
    }
    fn rows(&self) -> ::std::vec::Vec<::ann::__private::Row> {
        ::std::vec![
            ::ann::__private::Row { label : "dense1".into(), kind : "Dense".into(),
            output : "[H]".into(), parameters :
            ::core::option::Option::Some(::ann::spec::expand::parameters(&
            ::ann::spec::Place { kind : "Dense", label : "", inputs : & ["input"],
            symbols : & [] }, & ::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense
            { n : ::ann::spec::Dim::Known(H), bias : true, tied : false }), &
            [::ann::spec::Shape::of(& [::ann::spec::Dim::Known(784)])])), },
            ::ann::__private::Row { label : "relu1".into(), kind : "Relu".into(), output
            : "[H]".into(), parameters : ::core::option::Option::Some(0), },
            ::ann::__private::Row { label : "dense2".into(), kind : "Dense".into(),
            output : "[10]".into(), parameters :
            ::core::option::Option::Some(::ann::spec::expand::parameters(&
            ::ann::spec::Place { kind : "Dense", label : "", inputs : & ["relu1"],
            symbols : & [] }, & ::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense
            { n : ::ann::spec::Dim::Known(10), bias : true, tied : false }), &
            [::ann::spec::Shape::of(& [::ann::spec::Dim::Known(H)])])), }
        ]
    }
    fn weights(&self) -> &::ann::__private::Weights {
        &self.__weights
    }
}
#[automatically_derived]
impl<const H: usize> ::ann::__private::Assemble for Mlp<H> {
    fn assemble() -> Self {
        Self {
            dense1: ::ann::layers::Dense::from_spec(::ann::spec::layers::Dense {
                n: ::ann::spec::Dim::Known(H),
                bias: true,
                tied: false,
            }),
            relu1: ::ann::layers::Relu::from_spec(::ann::spec::layers::Relu {}),
            dense2: ::ann::layers::Dense::from_spec(::ann::spec::layers::Dense {
                n: ::ann::spec::Dim::Known(10),
                bias: true,
                tied: false,
            }),
            __weights: ::ann::__private::Weights::empty(),
        }
    }
}
#[automatically_derived]
impl<const H: usize> ::core::default::Default for Mlp<H> {
    /// The layers without values; a network around this one, or `new`, gives them.
    fn default() -> Self {
        ::ann::__private::Assemble::assemble()
    }
}
#[automatically_derived]
impl<const H: usize> ::core::clone::Clone for Mlp<H> {
    /// A network of the same values in a vector of its own.
    fn clone(&self) -> Self {
        let weights = self.__weights.deep_copy();
        #[allow(unused_mut, reason = "changed only where layers are the user's own")]
        let mut copy = Self {
            dense1: ::core::clone::Clone::clone(&self.dense1),
            relu1: ::core::clone::Clone::clone(&self.relu1),
            dense2: ::core::clone::Clone::clone(&self.dense2),
            __weights: ::core::clone::Clone::clone(&weights),
        };
        copy
    }
}
#[automatically_derived]
impl<const H: usize> ::core::fmt::Debug for Mlp<H> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str(&::ann::Network::summary(self))
    }
}
