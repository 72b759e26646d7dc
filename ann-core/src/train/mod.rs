//! Training: [`Trainer`] for updates batch by batch, [`FullBatch`] for L-BFGS.

mod callback;
mod checkpoint;
mod constraint;
mod early_stopping;
mod evaluation;
pub(crate) mod feed;
mod full_batch;
mod gradients;
mod history;
pub(crate) mod places;
pub mod plot;
mod pretrain;
mod progress;
mod run;
pub(crate) mod subject;
mod tempo;
mod trainer;
pub(crate) mod update;

pub use callback::{Callback, Control, Snapshot, StepEnd};
pub use early_stopping::EarlyStopping;
pub use evaluation::Evaluation;
pub use full_batch::FullBatch;
pub use gradients::Gradients;
pub use history::{Epoch, History};
pub use trainer::Trainer;
