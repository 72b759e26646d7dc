#![deny(warnings)]
use ann::prelude::*;

network! {
    #[doc = "Attributes stay."]
    #[cfg(all())]
    pub(crate) struct Net: [1_000,] -> [0x0a] {
        r#type: Dense(1_0usize,),
    }
}

fn main() {
    let net = Net::new(0);
    assert_eq!(net.layout().segments()[0].name, "type.weight");
    let _ = &net.r#type;
}
