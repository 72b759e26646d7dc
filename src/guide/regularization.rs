//! # Holding a network back
//!
//! | what | how |
//! |---|---|
//! | L1, L2 (Caffe's weight decay) | `Dense(10, l1 = 1e-5, l2 = 5e-4)` |
//! | elastic net, or a penalty of your own | `Dense(10, regularizer = ElasticNet::new(1e-4, 0.5))` |
//! | a bound on the norm of each unit's weights | `Dense(10, max_norm = 3.0)` |
//! | dropout, on the inputs or between layers | `Dropout(0.2)` |
//! | Gaussian noise, likewise | `GaussianNoise(0.1)` |
//! | normalization | `BatchNorm`, `LayerNorm`, `Lrn(5)`, `Lrn(5, within_channel = true)` |
//! | label smoothing | [`CrossEntropy::label_smoothing`](crate::loss::CrossEntropy::label_smoothing) |
//! | weights of classes | [`CrossEntropy::class_weights`](crate::loss::CrossEntropy::class_weights) |
//! | clipping of the gradient | [`Trainer::clip`](crate::train::Trainer::clip) |
//! | stopping early | [`Trainer::early_stopping`](crate::train::Trainer::early_stopping) |
//!
//! Penalties are added to the loss that training reports and to the gradient, not to what evaluations report. `Dense`, both
//! convolutions and the recurrent layers take them; biases are never penalized.
