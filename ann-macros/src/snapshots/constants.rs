#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    reason = "named after the layer, as compile errors show it"
)]
const __ANN_Net_conv: ::ann::spec::Shape = ::ann::spec::expand::output(
    &::ann::spec::Place {
        kind: "Conv2d",
        label: "conv",
        inputs: &["input"],
        symbols: &[],
    },
    &::ann::spec::LayerSpec::Conv2d(::ann::spec::layers::Conv2d {
        n: ::ann::spec::Dim::Known(4),
        kernel: [::ann::spec::Dim::Known(KERNEL), ::ann::spec::Dim::Known(KERNEL)],
        stride: [::ann::spec::Dim::Known(1), ::ann::spec::Dim::Known(1)],
        pad: [::ann::spec::Dim::Known(0), ::ann::spec::Dim::Known(0)],
        dilation: [::ann::spec::Dim::Known(1), ::ann::spec::Dim::Known(1)],
        groups: ::ann::spec::Dim::Known(1),
        bias: true,
    }),
    &[
        ::ann::spec::Shape::of(
            &[
                ::ann::spec::Dim::Known(1),
                ::ann::spec::Dim::Known(SIDE),
                ::ann::spec::Dim::Known(8),
            ],
        ),
    ],
);
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    reason = "named after the layer, as compile errors show it"
)]
const __ANN_Net_dense1: ::ann::spec::Shape = ::ann::spec::expand::output(
    &::ann::spec::Place {
        kind: "Dense",
        label: "",
        inputs: &["conv"],
        symbols: &[],
    },
    &::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense {
        n: ::ann::spec::Dim::Known(CLASSES),
        bias: true,
        tied: false,
    }),
    &[__ANN_Net_conv],
);
const _: ::ann::spec::Shape = ::ann::spec::expand::signature(
    ::ann::spec::Shape::of(
        &[
            ::ann::spec::Dim::Known(1),
            ::ann::spec::Dim::Known(SIDE),
            ::ann::spec::Dim::Known(8),
        ],
    ),
);
const _: ::ann::spec::Shape = ::ann::spec::expand::signature(
    ::ann::spec::Shape::of(&[::ann::spec::Dim::Known(CLASSES)]),
);
/**

| layer | kind | output | parameters |
|---|---|---|---:|
| `conv` | `Conv2d` | `[4, ?, ?]` | ? |
| `dense1` | `Dense` | `[CLASSES]` | ? |
*/
#[allow(clippy::struct_field_names, reason = "fields are called as the layers' labels")]
struct Net {
    ///`Conv2d`, output `[4, ?, ?]`
    conv: ::ann::layers::Conv2d<
        ::ann::Rank3<1, { SIDE }, 8>,
        ::ann::Rank3<
            4,
            { ::ann::spec::expand::dim(&__ANN_Net_conv, 1usize) },
            { ::ann::spec::expand::dim(&__ANN_Net_conv, 2usize) },
        >,
    >,
    dense1: ::ann::layers::Dense<
        ::ann::Rank3<
            4,
            { ::ann::spec::expand::dim(&__ANN_Net_conv, 1usize) },
            { ::ann::spec::expand::dim(&__ANN_Net_conv, 2usize) },
        >,
        ::ann::Rank1<{ CLASSES }>,
    >,
    #[doc(hidden)]
    __weights: ::ann::__private::Weights,
}
#[automatically_derived]
#[allow(dead_code, reason = "a program need not ask for any of it")]
impl Net {
    /// How many parameters it learns.
    const PARAMETERS: usize = {
        0
            + ::ann::spec::expand::parameters(
                &::ann::spec::Place {
                    kind: "Conv2d",
                    label: "conv",
                    inputs: &["input"],
                    symbols: &[],
                },
                &::ann::spec::LayerSpec::Conv2d(::ann::spec::layers::Conv2d {
                    n: ::ann::spec::Dim::Known(4),
                    kernel: [
                        ::ann::spec::Dim::Known(KERNEL),
                        ::ann::spec::Dim::Known(KERNEL),
                    ],
                    stride: [::ann::spec::Dim::Known(1), ::ann::spec::Dim::Known(1)],
                    pad: [::ann::spec::Dim::Known(0), ::ann::spec::Dim::Known(0)],
                    dilation: [::ann::spec::Dim::Known(1), ::ann::spec::Dim::Known(1)],
                    groups: ::ann::spec::Dim::Known(1),
                    bias: true,
                }),
                &[
                    ::ann::spec::Shape::of(
                        &[
                            ::ann::spec::Dim::Known(1),
                            ::ann::spec::Dim::Known(SIDE),
                            ::ann::spec::Dim::Known(8),
                        ],
                    ),
                ],
            )
            + ::ann::spec::expand::parameters(
                &::ann::spec::Place {
                    kind: "Dense",
                    label: "",
                    inputs: &["conv"],
                    symbols: &[],
                },
                &::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense {
                    n: ::ann::spec::Dim::Known(CLASSES),
                    bias: true,
                    tied: false,
                }),
                &[__ANN_Net_conv],
            )
    };
    /// Floating-point operations forward for one example, a multiply-add counting two; for a sequence, for one step.
    const FLOPS_PER_EXAMPLE: u64 = 0
        + ::ann::spec::expand::flops(
            &::ann::spec::Place {
                kind: "Conv2d",
                label: "conv",
                inputs: &["input"],
                symbols: &[],
            },
            &::ann::spec::LayerSpec::Conv2d(::ann::spec::layers::Conv2d {
                n: ::ann::spec::Dim::Known(4),
                kernel: [
                    ::ann::spec::Dim::Known(KERNEL),
                    ::ann::spec::Dim::Known(KERNEL),
                ],
                stride: [::ann::spec::Dim::Known(1), ::ann::spec::Dim::Known(1)],
                pad: [::ann::spec::Dim::Known(0), ::ann::spec::Dim::Known(0)],
                dilation: [::ann::spec::Dim::Known(1), ::ann::spec::Dim::Known(1)],
                groups: ::ann::spec::Dim::Known(1),
                bias: true,
            }),
            &[
                ::ann::spec::Shape::of(
                    &[
                        ::ann::spec::Dim::Known(1),
                        ::ann::spec::Dim::Known(SIDE),
                        ::ann::spec::Dim::Known(8),
                    ],
                ),
            ],
        )
        + ::ann::spec::expand::flops(
            &::ann::spec::Place {
                kind: "Dense",
                label: "",
                inputs: &["conv"],
                symbols: &[],
            },
            &::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense {
                n: ::ann::spec::Dim::Known(CLASSES),
                bias: true,
                tied: false,
            }),
            &[__ANN_Net_conv],
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
impl ::ann::Layer for Net {
    type Input = ::ann::Rank3<1, { SIDE }, 8>;
    type Output = ::ann::Rank1<{ CLASSES }>;
    fn record<'tape>(
        &self,
        tape: &::ann::Recorder<'tape>,
        input: ::ann::Var<'tape, ::ann::Rank3<1, { SIDE }, 8>>,
    ) -> ::ann::Result<::ann::Var<'tape, ::ann::Rank1<{ CLASSES }>>> {
        let value0 = tape.layer("conv", &self.conv, input)?;
        let value1 = tape.layer("dense1", &self.dense1, value0)?;
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
impl ::ann::Cost for Net {
    const PARAMETERS: usize = Self::PARAMETERS;
    const FLOPS: u64 = Self::FLOPS_PER_EXAMPLE;
}
#[automatically_derived]
impl ::ann::Network for Net {
    fn name(&self) -> &str {
        "Net"
    }
    fn rows(&self) -> ::std::vec::Vec<::ann::__private::Row> {
        ::std::vec![
            ::ann::__private::Row { label : "conv".into(), kind : "Conv2d".into(), output
            : "[4, ?, ?]".into(), parameters :
            ::core::option::Option::Some(::ann::spec::expand::parameters(&
            ::ann::spec::Place { kind : "Conv2d", label : "conv", inputs : & ["input"],
            symbols : & [] }, &
            ::ann::spec::LayerSpec::Conv2d(::ann::spec::layers::Conv2d { n :
            ::ann::spec::Dim::Known(4), kernel : [::ann::spec::Dim::Known(KERNEL),
            ::ann::spec::Dim::Known(KERNEL)], stride : [::ann::spec::Dim::Known(1),
            ::ann::spec::Dim::Known(1)], pad : [::ann::spec::Dim::Known(0),
            ::ann::spec::Dim::Known(0)], dilation : [::ann::spec::Dim::Known(1),
            ::ann::spec::Dim::Known(1)], groups : ::ann::spec::Dim::Known(1), bias : true
            }), & [::ann::spec::Shape::of(& [::ann::spec::Dim::Known(1),
            ::ann::spec::Dim::Known(SIDE), ::ann::spec::Dim::Known(8)])])), },
            ::ann::__private::Row { label : "dense1".into(), kind : "Dense".into(),
            output : "[CLASSES]".into(), parameters :
            ::core::option::Option::Some(::ann::spec::expand::parameters(&
            ::ann::spec::Place { kind : "Dense", label : "", inputs : & ["conv"], symbols
            : & [] }, & ::ann::spec::LayerSpec::Dense(::ann::spec::layers::Dense { n :
            ::ann::spec::Dim::Known(CLASSES), bias : true, tied : false }), &
            [__ANN_Net_conv])), }
        ]
    }
    fn weights(&self) -> &::ann::__private::Weights {
        &self.__weights
    }
}
#[automatically_derived]
impl ::ann::__private::Assemble for Net {
    fn assemble() -> Self {
        Self {
            conv: ::ann::layers::Conv2d::from_spec(::ann::spec::layers::Conv2d {
                n: ::ann::spec::Dim::Known(4),
                kernel: [
                    ::ann::spec::Dim::Known(KERNEL),
                    ::ann::spec::Dim::Known(KERNEL),
                ],
                stride: [::ann::spec::Dim::Known(1), ::ann::spec::Dim::Known(1)],
                pad: [::ann::spec::Dim::Known(0), ::ann::spec::Dim::Known(0)],
                dilation: [::ann::spec::Dim::Known(1), ::ann::spec::Dim::Known(1)],
                groups: ::ann::spec::Dim::Known(1),
                bias: true,
            }),
            dense1: ::ann::layers::Dense::from_spec(::ann::spec::layers::Dense {
                n: ::ann::spec::Dim::Known(CLASSES),
                bias: true,
                tied: false,
            }),
            __weights: ::ann::__private::Weights::empty(),
        }
    }
}
#[automatically_derived]
impl ::core::default::Default for Net {
    /// The layers without values; a network around this one, or `new`, gives them.
    fn default() -> Self {
        ::ann::__private::Assemble::assemble()
    }
}
#[automatically_derived]
impl ::core::clone::Clone for Net {
    /// A network of the same values in a vector of its own.
    fn clone(&self) -> Self {
        let weights = self.__weights.deep_copy();
        #[allow(unused_mut, reason = "changed only where layers are the user's own")]
        let mut copy = Self {
            conv: ::core::clone::Clone::clone(&self.conv),
            dense1: ::core::clone::Clone::clone(&self.dense1),
            __weights: ::core::clone::Clone::clone(&weights),
        };
        copy
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for Net {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str(&::ann::Network::summary(self))
    }
}
