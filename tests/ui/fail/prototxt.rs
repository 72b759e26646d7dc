use ann::prelude::*;

network! {
    struct CaffeNet = prototxt "deploy.prototxt";
}

fn main() {}
