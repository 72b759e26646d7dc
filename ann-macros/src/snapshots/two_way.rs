/**

| layer | kind | output | parameters |
|---|---|---|---:|
| `rbm1` | `Rbm` | `[H]` | ? |
| `top` | `Rbm` | `[30]` | ? |
*/
#[allow(clippy::struct_field_names, reason = "fields are called as the layers' labels")]
struct Dbn<const H: usize> {
    rbm1: ::ann::layers::Rbm<::ann::Rank1<784>, ::ann::Rank1<{ H }>>,
    ///`Rbm`, output `[30]`
    top: ::ann::layers::Rbm<::ann::Rank1<{ H }>, ::ann::Rank1<30>>,
    #[doc(hidden)]
    __weights: ::ann::__private::Weights,
}
#[automatically_derived]
#[allow(dead_code, reason = "a program need not ask for any of it")]
impl<const H: usize> Dbn<H> {
    /// How many parameters it learns.
    const PARAMETERS: usize = {
        {
            let output: ::ann::spec::Shape = ::ann::spec::expand::output(
                &::ann::spec::Place {
                    kind: "Rbm",
                    label: "",
                    inputs: &["input"],
                    symbols: &[],
                },
                &::ann::spec::LayerSpec::Rbm(::ann::spec::layers::Rbm {
                    n: ::ann::spec::Dim::Known(H),
                    visible: ::ann::spec::layers::Units::Bernoulli,
                    hidden: ::ann::spec::layers::Units::Bernoulli,
                    k: ::ann::spec::Dim::Known(1),
                    persistent: false,
                }),
                &[::ann::spec::Shape::of(&[::ann::spec::Dim::Known(784)])],
            );
            let _ = output;
        }
        0
            + ::ann::spec::expand::parameters(
                &::ann::spec::Place {
                    kind: "Rbm",
                    label: "",
                    inputs: &["input"],
                    symbols: &[],
                },
                &::ann::spec::LayerSpec::Rbm(::ann::spec::layers::Rbm {
                    n: ::ann::spec::Dim::Known(H),
                    visible: ::ann::spec::layers::Units::Bernoulli,
                    hidden: ::ann::spec::layers::Units::Bernoulli,
                    k: ::ann::spec::Dim::Known(1),
                    persistent: false,
                }),
                &[::ann::spec::Shape::of(&[::ann::spec::Dim::Known(784)])],
            )
            + ::ann::spec::expand::parameters(
                &::ann::spec::Place {
                    kind: "Rbm",
                    label: "top",
                    inputs: &["rbm1"],
                    symbols: &[],
                },
                &::ann::spec::LayerSpec::Rbm(::ann::spec::layers::Rbm {
                    n: ::ann::spec::Dim::Known(30),
                    visible: ::ann::spec::layers::Units::Bernoulli,
                    hidden: ::ann::spec::layers::Units::Gaussian,
                    k: ::ann::spec::Dim::Known(2),
                    persistent: false,
                }),
                &[::ann::spec::Shape::of(&[::ann::spec::Dim::Known(H)])],
            )
    };
    /// Floating-point operations forward for one example, a multiply-add counting two; for a sequence, for one step.
    const FLOPS_PER_EXAMPLE: u64 = 0
        + ::ann::spec::expand::flops(
            &::ann::spec::Place {
                kind: "Rbm",
                label: "",
                inputs: &["input"],
                symbols: &[],
            },
            &::ann::spec::LayerSpec::Rbm(::ann::spec::layers::Rbm {
                n: ::ann::spec::Dim::Known(H),
                visible: ::ann::spec::layers::Units::Bernoulli,
                hidden: ::ann::spec::layers::Units::Bernoulli,
                k: ::ann::spec::Dim::Known(1),
                persistent: false,
            }),
            &[::ann::spec::Shape::of(&[::ann::spec::Dim::Known(784)])],
        )
        + ::ann::spec::expand::flops(
            &::ann::spec::Place {
                kind: "Rbm",
                label: "top",
                inputs: &["rbm1"],
                symbols: &[],
            },
            &::ann::spec::LayerSpec::Rbm(::ann::spec::layers::Rbm {
                n: ::ann::spec::Dim::Known(30),
                visible: ::ann::spec::layers::Units::Bernoulli,
                hidden: ::ann::spec::layers::Units::Gaussian,
                k: ::ann::spec::Dim::Known(2),
                persistent: false,
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
impl<const H: usize> ::ann::Layer for Dbn<H> {
    type Input = ::ann::Rank1<784>;
    type Output = ::ann::Rank1<30>;
    fn record<'tape>(
        &self,
        tape: &::ann::Recorder<'tape>,
        input: ::ann::Var<'tape, ::ann::Rank1<784>>,
    ) -> ::ann::Result<::ann::Var<'tape, ::ann::Rank1<30>>> {
        let value0 = tape.layer("rbm1", &self.rbm1, input)?;
        let value1 = tape.layer("top", &self.top, value0)?;
        ::core::result::Result::Ok(value1)
    }
    fn join(&mut self, weights: &::ann::__private::Weights) {
        self.__weights = ::core::clone::Clone::clone(weights);
    }
    fn joined(&self) -> ::core::option::Option<&::ann::__private::Weights> {
        ::core::option::Option::Some(&self.__weights)
    }
}
#[automatically_derived]
impl<const H: usize> ::ann::Cost for Dbn<H> {
    const PARAMETERS: usize = Self::PARAMETERS;
    const FLOPS: u64 = Self::FLOPS_PER_EXAMPLE;
}
#[automatically_derived]
impl<const H: usize> ::ann::Network for Dbn<H> {
    fn name(&self) -> &str {
        "Dbn"
    }
    fn rows(&self) -> ::std::vec::Vec<::ann::__private::Row> {
        ::std::vec![
            ::ann::__private::Row { label : "rbm1".into(), kind : "Rbm".into(), output :
            "[H]".into(), parameters :
            ::core::option::Option::Some(::ann::spec::expand::parameters(&
            ::ann::spec::Place { kind : "Rbm", label : "", inputs : & ["input"], symbols
            : & [] }, & ::ann::spec::LayerSpec::Rbm(::ann::spec::layers::Rbm { n :
            ::ann::spec::Dim::Known(H), visible : ::ann::spec::layers::Units::Bernoulli,
            hidden : ::ann::spec::layers::Units::Bernoulli, k :
            ::ann::spec::Dim::Known(1), persistent : false }), &
            [::ann::spec::Shape::of(& [::ann::spec::Dim::Known(784)])])), },
            ::ann::__private::Row { label : "top".into(), kind : "Rbm".into(), output :
            "[30]".into(), parameters :
            ::core::option::Option::Some(::ann::spec::expand::parameters(&
            ::ann::spec::Place { kind : "Rbm", label : "top", inputs : & ["rbm1"],
            symbols : & [] }, & ::ann::spec::LayerSpec::Rbm(::ann::spec::layers::Rbm { n
            : ::ann::spec::Dim::Known(30), visible :
            ::ann::spec::layers::Units::Bernoulli, hidden :
            ::ann::spec::layers::Units::Gaussian, k : ::ann::spec::Dim::Known(2),
            persistent : false }), & [::ann::spec::Shape::of(&
            [::ann::spec::Dim::Known(H)])])), }
        ]
    }
    fn weights(&self) -> &::ann::__private::Weights {
        &self.__weights
    }
}
#[automatically_derived]
impl<const H: usize> ::ann::__private::Assemble for Dbn<H> {
    fn assemble() -> Self {
        Self {
            rbm1: ::ann::layers::Rbm::from_spec(::ann::spec::layers::Rbm {
                    n: ::ann::spec::Dim::Known(H),
                    visible: ::ann::spec::layers::Units::Bernoulli,
                    hidden: ::ann::spec::layers::Units::Bernoulli,
                    k: ::ann::spec::Dim::Known(1),
                    persistent: false,
                })
                .l2(0.1),
            top: ::ann::layers::Rbm::from_spec(::ann::spec::layers::Rbm {
                n: ::ann::spec::Dim::Known(30),
                visible: ::ann::spec::layers::Units::Bernoulli,
                hidden: ::ann::spec::layers::Units::Gaussian,
                k: ::ann::spec::Dim::Known(2),
                persistent: false,
            }),
            __weights: ::ann::__private::Weights::empty(),
        }
    }
}
#[automatically_derived]
impl<const H: usize> ::core::default::Default for Dbn<H> {
    /// The layers without values; a network around this one, or `new`, gives them.
    fn default() -> Self {
        ::ann::__private::Assemble::assemble()
    }
}
#[automatically_derived]
impl<const H: usize> ::core::clone::Clone for Dbn<H> {
    /// A network of the same values in a vector of its own.
    fn clone(&self) -> Self {
        let weights = self.__weights.deep_copy();
        #[allow(unused_mut, reason = "changed only where layers are the user's own")]
        let mut copy = Self {
            rbm1: ::core::clone::Clone::clone(&self.rbm1),
            top: ::core::clone::Clone::clone(&self.top),
            __weights: ::core::clone::Clone::clone(&weights),
        };
        copy
    }
}
#[automatically_derived]
impl<const H: usize> ::core::fmt::Debug for Dbn<H> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str(&::ann::Network::summary(self))
    }
}
#[automatically_derived]
impl<const H: usize> ::ann::TwoWay for Dbn<H> {
    const SIDES: &'static [[usize; 2]] = &[
        <::ann::layers::Rbm<
            ::ann::Rank1<784>,
            ::ann::Rank1<{ H }>,
        > as ::ann::__private::Stage>::SIDES,
        <::ann::layers::Rbm<
            ::ann::Rank1<{ H }>,
            ::ann::Rank1<30>,
        > as ::ann::__private::Stage>::SIDES,
    ];
    fn structures(&self) -> ::std::vec::Vec<::ann::boltzmann::Structure> {
        ::std::vec![
            ::ann::__private::Stage::structure(& self.rbm1, "rbm1"),
            ::ann::__private::Stage::structure(& self.top, "top")
        ]
    }
}
