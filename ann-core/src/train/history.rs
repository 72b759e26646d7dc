//! [`History`]: what training was like, epoch by epoch, as data, as text and as a picture.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::plot;
use crate::metric::Better;
use crate::{Error, Result};

/// One pass over the data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Its number, from 1.
    pub epoch: u64,
    /// Steps made from the beginning of the run to the end of the epoch.
    pub step: u64,
    /// Seconds that its steps took, callbacks after steps among them; validation, what is done after an epoch, and checkpoints are not
    /// counted.
    #[serde(with = "number")]
    pub seconds: f64,
    /// The learning rate of its last step.
    #[serde(with = "number")]
    pub learning_rate: f64,
    /// The mean loss of its batches as they were trained on, penalties on weights included.
    #[serde(with = "number")]
    pub loss: f64,
    /// The mean loss on the validation data after the epoch, without penalties.
    #[serde(with = "optional_number")]
    pub validation_loss: Option<f64>,
    /// The metrics by name, on the validation data if there are any and else on the training data.
    #[serde(with = "named_numbers")]
    pub metrics: Vec<(String, f64)>,
}

impl Epoch {
    /// The names of the figures that every epoch has, or may have.
    pub(super) const FIGURES: [&str; 6] =
        ["epoch", "step", "loss", "validation_loss", "learning_rate", "seconds"];

    /// A figure by its name: `loss`, `validation_loss`, `learning_rate`, `seconds`, or that of a metric.
    pub fn get(&self, name: &str) -> Option<f64> {
        match name {
            "loss" => Some(self.loss),
            "validation_loss" => self.validation_loss,
            "learning_rate" => Some(self.learning_rate),
            "seconds" => Some(self.seconds),
            _ => self.metrics.iter().find(|(metric, _)| metric == name).map(|(_, value)| *value),
        }
    }
}

/// A line: `epoch 3  loss 0.0512  validation_loss 0.0473  accuracy 0.9851  2.1 s`.
impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {:<3} loss {:.4}", self.epoch, self.loss)?;
        if let Some(loss) = self.validation_loss {
            write!(f, "  validation_loss {loss:.4}")?;
        }
        self.metrics.iter().try_for_each(|(name, value)| write!(f, "  {name} {value:.4}"))?;
        write!(f, "  {:.1} s", self.seconds)
    }
}

/// The epochs of a run.
///
/// As JSON it is a list with an object for each epoch; numbers come back bit for bit, those that JSON has not (NaN,
/// infinity) as text.
///
/// ```
/// use ann_core::train::{Epoch, History};
///
/// let mut history = History::default();
/// for epoch in 1..=3 {
///     history.push(Epoch { epoch, loss: 1.0 / epoch as f64, ..Epoch::default() });
/// }
/// assert_eq!(history.last().map(|epoch| epoch.loss), Some(1.0 / 3.0));
/// assert_eq!(History::from_json(&history.to_json()?)?, history);
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History {
    epochs: Vec<Epoch>,
}

impl History {
    /// Adds an epoch at the end.
    pub fn push(&mut self, epoch: Epoch) {
        self.epochs.push(epoch);
    }

    /// All epochs, the first first.
    pub fn epochs(&self) -> &[Epoch] {
        &self.epochs
    }

    /// How many epochs there are.
    pub fn len(&self) -> usize {
        self.epochs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.epochs.is_empty()
    }

    /// The last epoch.
    pub fn last(&self) -> Option<&Epoch> {
        self.epochs.last()
    }

    /// The epoch in which the figure of this name ([`Epoch::get`]) was best; of equals the first. `None` if no epoch has it.
    pub fn best(&self, name: &str, better: Better) -> Option<&Epoch> {
        let mut best: Option<(&Epoch, f64)> = None;
        for epoch in &self.epochs {
            if let Some(value) = epoch.get(name)
                && best.is_none_or(|(_, old)| better.is_better(value, old))
            {
                best = Some((epoch, value));
            }
        }
        best.map(|(epoch, _)| epoch)
    }

    /// The figure of this name ([`Epoch::get`]) in each epoch that has it, with the epoch's number.
    pub fn series(&self, name: &str) -> Vec<(u64, f64)> {
        self.epochs.iter().filter_map(|epoch| Some((epoch.epoch, epoch.get(name)?))).collect()
    }

    /// The names of all metrics, in the order in which they appear.
    pub fn metrics(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in self.epochs.iter().flat_map(|epoch| &epoch.metrics) {
            if !names.contains(&&**name) {
                names.push(name);
            }
        }
        names
    }

    /// Seconds of training, validation left out.
    pub fn seconds(&self) -> f64 {
        self.epochs.iter().map(|epoch| epoch.seconds).fold(0.0, |sum, seconds| sum + seconds)
    }

    /// As JSON: a list with an object for each epoch, one to a line.
    pub fn to_json(&self) -> Result<String> {
        let line = |epoch: &Epoch| serde_json::to_string(epoch);
        let lines: Vec<String> = self.epochs.iter().map(line).collect::<Result<_, _>>().map_err(|error| {
            Error::Io { action: "write as JSON", path: "the history".into(), source: error.into() }
        })?;
        Ok(if lines.is_empty() { "[]\n".into() } else { format!("[\n{}\n]\n", lines.join(",\n")) })
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::Format {
            path: "the history".into(),
            format: "JSON",
            reason: error.to_string(),
        })
    }

    /// As a table with a line for each epoch: `epoch,step,seconds,learning_rate,loss,validation_loss` and the metrics. What an
    /// epoch has not is left empty.
    pub fn to_csv(&self) -> String {
        let metrics = self.metrics();
        let heads = ["epoch", "step", "seconds", "learning_rate", "loss", "validation_loss"];
        let mut text = heads.iter().chain(&metrics).map(|name| quoted(name)).collect::<Vec<_>>().join(",");
        text.push('\n');
        for epoch in &self.epochs {
            // As `Debug` prints it: the shortest text that reads back to the same number.
            let figure = |name: &&str| epoch.get(name).map_or_else(String::new, |value| format!("{value:?}"));
            let counts = [epoch.epoch.to_string(), epoch.step.to_string()];
            let fields = counts.into_iter().chain(heads[2..].iter().chain(&metrics).map(figure));
            text.push_str(&fields.collect::<Vec<_>>().join(","));
            text.push('\n');
        }
        text
    }

    /// Draws the learning curves as SVG: losses, and below them the metrics.
    pub fn save_svg(&self, path: impl AsRef<Path>) -> Result<()> {
        plot::save_svg(self, path.as_ref())
    }

    /// Draws the learning curves as PNG: losses, and below them the metrics.
    pub fn save_png(&self, path: impl AsRef<Path>) -> Result<()> {
        plot::save_png(self, path.as_ref())
    }
}

/// A field of a CSV line, in quotes where it needs them (RFC 4180).
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.into()
    }
}

/// A table for people: a line for each epoch.
impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metrics = self.metrics();
        let is_validated = self.epochs.iter().any(|epoch| epoch.validation_loss.is_some());
        let mut columns: Vec<(&str, &str)> = vec![("loss", "loss")];
        if is_validated {
            columns.push(("validation", "validation_loss"));
        }
        columns.extend(metrics.iter().map(|name| (*name, *name)));
        columns.extend([("rate", "learning_rate"), ("seconds", "seconds")]);
        write!(f, "epoch")?;
        for (head, _) in &columns {
            write!(f, "  {head:>10}")?;
        }
        for epoch in &self.epochs {
            write!(f, "\n{:>5}", epoch.epoch)?;
            for (head, name) in &columns {
                let width = head.chars().count().max(10);
                let text = epoch.get(name).map_or_else(String::new, |value| short(value, name));
                write!(f, "  {text:>width$}")?;
            }
        }
        Ok(())
    }
}

/// Four digits or more of a figure.
fn short(value: f64, name: &str) -> String {
    match value.abs() {
        _ if name == "seconds" => format!("{value:.2}"),
        size if size != 0.0 && !(1e-3..1e5).contains(&size) && size.is_finite() => format!("{value:.3e}"),
        _ if name == "learning_rate" => format!("{value:.6}"),
        _ => format!("{value:.5}"),
    }
}

/// An `f64` in a format that may not have NaN and infinity: these are written as text.
pub(super) mod number {
    use std::fmt;

    use serde::{Deserializer, Serializer, de};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
    pub(in crate::train) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if value.is_finite() { serializer.serialize_f64(*value) } else { serializer.collect_str(value) }
    }

    pub(in crate::train) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        deserializer.deserialize_any(Visitor)
    }

    struct Visitor;

    impl de::Visitor<'_> for Visitor {
        type Value = f64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a number, \"NaN\", \"inf\" or \"-inf\"")
        }

        fn visit_f64<E: de::Error>(self, value: f64) -> Result<f64, E> {
            Ok(value)
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<f64, E> {
            Ok(value as f64)
        }

        fn visit_i64<E: de::Error>(self, value: i64) -> Result<f64, E> {
            Ok(value as f64)
        }

        fn visit_str<E: de::Error>(self, value: &str) -> Result<f64, E> {
            match value {
                "NaN" => Ok(f64::NAN),
                "inf" => Ok(f64::INFINITY),
                "-inf" => Ok(f64::NEG_INFINITY),
                _ => Err(E::invalid_value(de::Unexpected::Str(value), &self)),
            }
        }
    }
}

/// A [`number`] that may not be there.
mod optional_number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Number(#[serde(with = "super::number")] f64);

    #[expect(clippy::ref_option, reason = "serde hands the field over as it is")]
    pub(super) fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        value.map(Number).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        Ok(Option::<Number>::deserialize(deserializer)?.map(|Number(value)| value))
    }
}

/// Names and [`number`]s as a map that keeps its order.
mod named_numbers {
    use std::fmt;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    #[derive(Serialize, Deserialize)]
    struct Number(#[serde(with = "super::number")] f64);

    pub(super) fn serialize<S: Serializer>(list: &[(String, f64)], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(list.iter().map(|(name, value)| (name, Number(*value))))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, f64)>, D::Error> {
        deserializer.deserialize_map(Visitor)
    }

    struct Visitor;

    impl<'de> de::Visitor<'de> for Visitor {
        type Value = Vec<(String, f64)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "metrics by name")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            while let Some((name, Number(value))) = map.next_entry()? {
                list.push((name, value));
            }
            Ok(list)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> History {
        let mut history = History::default();
        for epoch in 1..=4u64 {
            let x = epoch as f64;
            history.push(Epoch {
                epoch,
                step: 10 * epoch,
                seconds: 0.1 * x,
                learning_rate: 1e-5 / x,
                loss: (1.0 / 3.0f64).powf(x),
                validation_loss: (epoch != 2).then_some(0.7 / x),
                metrics: vec![("accuracy".into(), 1.0 - 0.1 / x), ("a,\"b\"".into(), f64::from(epoch == 3))],
            });
        }
        history
    }

    fn bits(history: &History) -> Vec<u64> {
        let names = ["seconds", "learning_rate", "loss", "validation_loss", "accuracy", "a,\"b\""];
        history.epochs().iter().flat_map(|e| names.map(|name| e.get(name).unwrap_or(9.0).to_bits())).collect()
    }

    #[test]
    fn json_gives_back_every_bit() {
        let mut history = history();
        // Numbers that a parser which rounds twice gets wrong, among many others.
        for i in 0..2000u64 {
            let loss = f64::from_bits(0x3ff0_0000_0000_0000 ^ i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 3);
            history.push(Epoch { epoch: i, loss, ..Epoch::default() });
        }
        let read = History::from_json(&history.to_json().unwrap()).unwrap();
        assert_eq!(bits(&read), bits(&history));
        assert_eq!(read, history);
    }

    #[test]
    fn json_keeps_numbers_that_it_has_no_word_for() {
        let mut history = History::default();
        history.push(Epoch {
            loss: f64::INFINITY,
            seconds: f64::NEG_INFINITY,
            validation_loss: Some(f64::NAN),
            metrics: vec![("r2".into(), f64::NAN), ("mse".into(), -0.0)],
            ..Epoch::default()
        });
        let text = history.to_json().unwrap();
        let read = History::from_json(&text).unwrap();
        let epoch = read.last().unwrap();
        assert_eq!((epoch.loss, epoch.seconds), (f64::INFINITY, f64::NEG_INFINITY));
        assert!(epoch.validation_loss.unwrap().is_nan() && epoch.get("r2").unwrap().is_nan(), "{text}");
        assert!(epoch.get("mse").unwrap().is_sign_negative());
    }

    #[test]
    fn json_that_is_no_history_is_refused_with_its_place() {
        assert_eq!(History::from_json("[]").unwrap(), History::default());
        let error = History::from_json("[{\"epoch\": \"one\"}]").unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
        let text = history().to_json().unwrap().replace("\"step\":30", "\"step\":-1");
        let error = History::from_json(&text).unwrap_err().to_string();
        assert!(error.contains("line 4"), "{error}");
    }

    #[test]
    fn csv_has_a_line_an_epoch_and_quotes_what_needs_it() {
        let text = history().to_csv();
        let mut lines = text.lines();
        let head = "epoch,step,seconds,learning_rate,loss,validation_loss,accuracy,\"a,\"\"b\"\"\"";
        assert_eq!(lines.next(), Some(head));
        assert_eq!(lines.next(), Some("1,10,0.1,1e-5,0.3333333333333333,0.7,0.9,0.0"));
        assert_eq!(lines.next(), Some("2,20,0.2,5e-6,0.1111111111111111,,0.95,0.0"));
        assert_eq!(lines.count(), 2);
    }

    #[test]
    fn the_best_epoch_is_the_first_of_the_best() {
        let history = history();
        assert_eq!(history.best("loss", Better::Lower).unwrap().epoch, 4);
        assert_eq!(history.best("validation_loss", Better::Higher).unwrap().epoch, 1);
        assert_eq!(history.best("a,\"b\"", Better::Higher).unwrap().epoch, 3);
        assert_eq!(history.best("learning_rate", Better::Higher).unwrap().epoch, 1);
        assert!(history.best("f1", Better::Higher).is_none());
        assert_eq!(history.series("validation_loss").len(), 3);
        assert_eq!(history.metrics(), ["accuracy", "a,\"b\""]);
    }

    #[test]
    fn a_history_prints_as_a_table() {
        let mut history = History::default();
        let metrics = vec![("accuracy".into(), 0.98765)];
        history.push(Epoch {
            epoch: 1,
            seconds: 1.5,
            learning_rate: 0.01,
            loss: 0.25,
            metrics,
            ..Epoch::default()
        });
        let expected = "epoch        loss    accuracy        rate     seconds\n    \
                        1     0.25000     0.98765    0.010000        1.50";
        assert_eq!(history.to_string(), expected);
    }
}
