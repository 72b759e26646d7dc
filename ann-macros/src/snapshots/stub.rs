::core::compile_error! {
    "the body ends in [12], but the signature promises [10]"
}
#[allow(
    missing_docs,
    dead_code,
    reason = "it stands in for a network with mistakes, which alone are to be reported"
)]
pub struct Wrong {
    pub fc: ::ann::layers::Dense,
    #[doc(hidden)]
    __weights: ::ann::__private::Weights,
}
#[allow(
    missing_docs,
    dead_code,
    clippy::diverging_sub_expression,
    unused_variables,
    reason = "nothing in it ever runs: the network has mistakes",
)]
const _: () = {
    impl Wrong {
        pub const PARAMETERS: usize = 0;
        pub const FLOPS_PER_EXAMPLE: u64 = 0;
        pub fn new(seed: u64) -> Self {
            ::core::unreachable!()
        }
        pub fn builder() -> ::ann::Builder<Self> {
            ::core::unreachable!()
        }
    }
    impl ::ann::Layer for Wrong {
        type Input = ::ann::Rank1<784>;
        type Output = ::ann::Rank1<10>;
        fn record<'tape>(
            &self,
            tape: &::ann::Recorder<'tape>,
            input: ::ann::Var<'tape, ::ann::Rank1<784>>,
        ) -> ::ann::Result<::ann::Var<'tape, ::ann::Rank1<10>>> {
            ::core::unreachable!()
        }
    }
    impl ::ann::Cost for Wrong {
        const PARAMETERS: usize = 0;
        const FLOPS: u64 = 0;
    }
    impl ::ann::Network for Wrong {
        fn name(&self) -> &str {
            ::core::unreachable!()
        }
        fn rows(&self) -> ::std::vec::Vec<::ann::__private::Row> {
            ::core::unreachable!()
        }
        fn weights(&self) -> &::ann::__private::Weights {
            ::core::unreachable!()
        }
    }
    impl ::ann::__private::Assemble for Wrong {
        fn assemble() -> Self {
            ::core::unreachable!()
        }
    }
    impl ::core::default::Default for Wrong {
        fn default() -> Self {
            ::core::unreachable!()
        }
    }
    impl ::core::clone::Clone for Wrong {
        fn clone(&self) -> Self {
            ::core::unreachable!()
        }
    }
    impl ::core::fmt::Debug for Wrong {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::unreachable!()
        }
    }
};
