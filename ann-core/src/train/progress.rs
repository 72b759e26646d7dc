//! A progress bar an epoch; nothing where nobody watches.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar of a run, hidden unless standard error is a terminal.
#[derive(Debug)]
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    pub(super) fn new(shown: bool) -> Self {
        let shown = shown && std::io::stderr().is_terminal();
        Self(shown.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {elapsed} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        }))
    }

    pub(super) fn begin_epoch(&self, epoch: u64, epochs: u64, done: u64, steps: u64) {
        if let Some(bar) = &self.0 {
            bar.reset();
            bar.set_length(steps);
            bar.set_position(done);
            bar.set_prefix(format!("epoch {epoch}/{epochs}"));
        }
    }

    pub(super) fn step(&self, number: u64, loss: f64) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
            if number.is_multiple_of(16) {
                bar.set_message(format!("loss {loss:.4}"));
            }
        }
    }

    /// Clears the line, so that callbacks may print.
    pub(super) fn end_epoch(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
