/**

| layer | kind | output | parameters |
|---|---|---|---:|
| `inner` | `Inner` | `[8]` | ? |
| `body` | `Dense` | `[8]` | 72 |
| `add1` | `Add` | `[8]` | 0 |
*/
#[allow(clippy::struct_field_names, reason = "fields are called as the layers' labels")]
struct Block {
    ///`Inner`, output `[8]`
    inner: Inner,
    ///`Dense`, output `[8]`
    body: ::ann::layers::Dense<::ann::Rank1<8>, ::ann::Rank1<8>>,
    add1: ::ann::layers::Add<(::ann::Rank1<8>, ::ann::Rank1<8>), ::ann::Rank1<8>>,
    #[doc(hidden)]
    __weights: ::ann::__private::Weights,
}
#[automatically_derived]
#[allow(dead_code, reason = "a program need not ask for any of it")]
impl Block {
    /// How many parameters it learns.
    const PARAMETERS: usize = { 0 + <Inner as ::ann::Cost>::PARAMETERS + 72 + 0 };
    /// Floating-point operations forward for one example, a multiply-add counting two; for a sequence, for one step.
    const FLOPS_PER_EXAMPLE: u64 = 0 + <Inner as ::ann::Cost>::FLOPS + 136 + 8;
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
impl ::ann::Layer for Block {
    type Input = ::ann::Rank1<8>;
    type Output = ::ann::Rank1<8>;
    fn record<'tape>(
        &self,
        tape: &::ann::Recorder<'tape>,
        input: ::ann::Var<'tape, ::ann::Rank1<8>>,
    ) -> ::ann::Result<::ann::Var<'tape, ::ann::Rank1<8>>> {
        let value0: ::ann::Var<'tape, ::ann::Rank1<8>> = tape
            .layer("inner", &self.inner, input)?;
        let value1 = tape.layer("body", &self.body, value0)?;
        let value2 = tape.layer("add1", &self.add1, (value1, input))?;
        ::core::result::Result::Ok(value2)
    }
    fn join(&mut self, weights: &::ann::__private::Weights) {
        ::ann::Layer::join(&mut self.inner, &weights.part("inner"));
        self.__weights = ::core::clone::Clone::clone(weights);
    }
    fn joined(&self) -> ::core::option::Option<&::ann::__private::Weights> {
        ::core::option::Option::Some(&self.__weights)
    }
}
#[automatically_derived]
impl ::ann::Cost for Block {
    const PARAMETERS: usize = Self::PARAMETERS;
    const FLOPS: u64 = Self::FLOPS_PER_EXAMPLE;
}
#[automatically_derived]
impl ::ann::Network for Block {
    fn name(&self) -> &str {
        "Block"
    }
    fn rows(&self) -> ::std::vec::Vec<::ann::__private::Row> {
        ::std::vec![
            ::ann::__private::Row { label : "inner".into(), kind : "Inner".into(), output
            : "[8]".into(), parameters : ::core::option::Option::Some(< Inner as
            ::ann::Cost > ::PARAMETERS), }, ::ann::__private::Row { label : "body"
            .into(), kind : "Dense".into(), output : "[8]".into(), parameters :
            ::core::option::Option::Some(72), }, ::ann::__private::Row { label : "add1"
            .into(), kind : "Add".into(), output : "[8]".into(), parameters :
            ::core::option::Option::Some(0), }
        ]
    }
    fn weights(&self) -> &::ann::__private::Weights {
        &self.__weights
    }
}
#[automatically_derived]
impl ::ann::__private::Assemble for Block {
    fn assemble() -> Self {
        Self {
            inner: <Inner as ::core::default::Default>::default(),
            body: ::ann::layers::Dense::from_spec(::ann::spec::layers::Dense {
                n: ::ann::spec::Dim::Known(8),
                bias: true,
                tied: false,
            }),
            add1: ::ann::layers::Add::from_spec(::ann::spec::layers::Add {}),
            __weights: ::ann::__private::Weights::empty(),
        }
    }
}
#[automatically_derived]
impl ::core::default::Default for Block {
    /// The layers without values; a network around this one, or `new`, gives them.
    fn default() -> Self {
        ::ann::__private::Assemble::assemble()
    }
}
#[automatically_derived]
impl ::core::clone::Clone for Block {
    /// A network of the same values in a vector of its own.
    fn clone(&self) -> Self {
        let weights = self.__weights.deep_copy();
        #[allow(unused_mut, reason = "changed only where layers are the user's own")]
        let mut copy = Self {
            inner: ::core::clone::Clone::clone(&self.inner),
            body: ::core::clone::Clone::clone(&self.body),
            add1: ::core::clone::Clone::clone(&self.add1),
            __weights: ::core::clone::Clone::clone(&weights),
        };
        if self.__weights.holds(::ann::Layer::joined(&self.inner), "inner") {
            ::ann::Layer::join(&mut copy.inner, &weights.part("inner"));
        }
        copy
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for Block {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str(&::ann::Network::summary(self))
    }
}
