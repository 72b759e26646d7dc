/// LeNet.
/**

| layer | kind | output | parameters |
|---|---|---|---:|
| `conv1` | `Conv2d` | `[20, 24, 24]` | 520 |
| `maxpool2d1` | `MaxPool2d` | `[20, 12, 12]` | 0 |
| `dense1` | `Dense` | `[10]` | 28_810 |
| | | total | 29_330 |
*/
#[allow(clippy::struct_field_names, reason = "fields are called as the layers' labels")]
pub struct LeNet {
    ///`Conv2d`, output `[20, 24, 24]`
    pub conv1: ::ann::layers::Conv2d<::ann::Rank3<1, 28, 28>, ::ann::Rank3<20, 24, 24>>,
    maxpool2d1: ::ann::layers::MaxPool2d<
        ::ann::Rank3<20, 24, 24>,
        ::ann::Rank3<20, 12, 12>,
    >,
    dense1: ::ann::layers::Dense<::ann::Rank3<20, 12, 12>, ::ann::Rank1<10>>,
    #[doc(hidden)]
    __weights: ::ann::__private::Weights,
}
#[automatically_derived]
#[allow(dead_code, reason = "a program need not ask for any of it")]
impl LeNet {
    /// How many parameters it learns.
    pub const PARAMETERS: usize = { 0 + 520 + 0 + 28810 };
    /// Floating-point operations forward for one example, a multiply-add counting two; for a sequence, for one step.
    pub const FLOPS_PER_EXAMPLE: u64 = 0 + 587520 + 11520 + 57610;
    /// The network with first values drawn by a seed, in 32 bits. The same seed gives the same bits.
    ///
    /// # Panics
    /// If an initializer or a layer of the user's own refuses; `builder().try_build()` gives the error instead.
    pub fn new(seed: u64) -> Self {
        ::ann::Builder::new().seed(seed).build()
    }
    /// What builds the network where more is to be chosen than the seed.
    pub fn builder() -> ::ann::Builder<Self> {
        ::ann::Builder::new()
    }
}
#[automatically_derived]
impl ::ann::Layer for LeNet {
    type Input = ::ann::Rank3<1, 28, 28>;
    type Output = ::ann::Rank1<10>;
    fn record<'tape>(
        &self,
        tape: &::ann::Recorder<'tape>,
        input: ::ann::Var<'tape, ::ann::Rank3<1, 28, 28>>,
    ) -> ::ann::Result<::ann::Var<'tape, ::ann::Rank1<10>>> {
        let value0 = tape.layer("conv1", &self.conv1, input)?;
        let value1 = tape.layer("maxpool2d1", &self.maxpool2d1, value0)?;
        let value2 = tape.layer("dense1", &self.dense1, value1)?;
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
impl ::ann::Cost for LeNet {
    const PARAMETERS: usize = Self::PARAMETERS;
    const FLOPS: u64 = Self::FLOPS_PER_EXAMPLE;
}
#[automatically_derived]
impl ::ann::Network for LeNet {
    fn name(&self) -> &str {
        "LeNet"
    }
    fn rows(&self) -> ::std::vec::Vec<::ann::__private::Row> {
        ::std::vec![
            ::ann::__private::Row { label : "conv1".into(), kind : "Conv2d".into(),
            output : "[20, 24, 24]".into(), parameters :
            ::core::option::Option::Some(520), }, ::ann::__private::Row { label :
            "maxpool2d1".into(), kind : "MaxPool2d".into(), output : "[20, 12, 12]"
            .into(), parameters : ::core::option::Option::Some(0), },
            ::ann::__private::Row { label : "dense1".into(), kind : "Dense".into(),
            output : "[10]".into(), parameters : ::core::option::Option::Some(28810), }
        ]
    }
    fn weights(&self) -> &::ann::__private::Weights {
        &self.__weights
    }
}
#[automatically_derived]
impl ::ann::__private::Assemble for LeNet {
    fn assemble() -> Self {
        Self {
            conv1: ::ann::layers::Conv2d::from_spec(::ann::spec::layers::Conv2d {
                    n: ::ann::spec::Dim::Known(20),
                    kernel: [::ann::spec::Dim::Known(5), ::ann::spec::Dim::Known(5)],
                    stride: [::ann::spec::Dim::Known(1), ::ann::spec::Dim::Known(1)],
                    pad: [::ann::spec::Dim::Known(0), ::ann::spec::Dim::Known(0)],
                    dilation: [::ann::spec::Dim::Known(1), ::ann::spec::Dim::Known(1)],
                    groups: ::ann::spec::Dim::Known(1),
                    bias: true,
                })
                .init(He),
            maxpool2d1: ::ann::layers::MaxPool2d::from_spec(::ann::spec::layers::MaxPool2d {
                k: [::ann::spec::Dim::Known(2), ::ann::spec::Dim::Known(2)],
                stride: [::ann::spec::Dim::Known(2), ::ann::spec::Dim::Known(2)],
                pad: [::ann::spec::Dim::Known(0), ::ann::spec::Dim::Known(0)],
                ceil: false,
            }),
            dense1: ::ann::layers::Dense::from_spec(::ann::spec::layers::Dense {
                n: ::ann::spec::Dim::Known(10),
                bias: true,
                tied: false,
            }),
            __weights: ::ann::__private::Weights::empty(),
        }
    }
}
#[automatically_derived]
impl ::core::default::Default for LeNet {
    /// The layers without values; a network around this one, or `new`, gives them.
    fn default() -> Self {
        ::ann::__private::Assemble::assemble()
    }
}
#[automatically_derived]
impl ::core::clone::Clone for LeNet {
    /// A network of the same values in a vector of its own.
    fn clone(&self) -> Self {
        let weights = self.__weights.deep_copy();
        #[allow(unused_mut, reason = "changed only where layers are the user's own")]
        let mut copy = Self {
            conv1: ::core::clone::Clone::clone(&self.conv1),
            maxpool2d1: ::core::clone::Clone::clone(&self.maxpool2d1),
            dense1: ::core::clone::Clone::clone(&self.dense1),
            __weights: ::core::clone::Clone::clone(&weights),
        };
        copy
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for LeNet {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str(&::ann::Network::summary(self))
    }
}
