#![deny(warnings)]
use ann::prelude::*;

network! {
    pub struct Encoder: [784] -> [30] { Dense(100), Relu, Dense(30) }
    pub struct Decoder: [30] -> [784] { Dense(100), Relu, Dense(784), Sigmoid }
    pub struct Autoencoder: [784] -> [784] { encoder: Encoder -> [30], decoder: Decoder }
}

fn main() {
    let net = Autoencoder::new(0);
    assert_eq!(Autoencoder::PARAMETERS, Encoder::PARAMETERS + Decoder::PARAMETERS);
    assert_eq!(net.encoder.layout().len() + net.decoder.layout().len(), net.layout().len());
}
