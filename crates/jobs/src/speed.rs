//! A measurement finds out how fast a model is on this computer: it hears a short recording twice,
//! between the jobs, and the faster time counts.

use std::path::Path;

use earmark_transcript::Ms;
use earmark_weights::{Speed, keep_speed};

use crate::retranscribe::Effort;
use crate::{
    AlignerChoice, Code, Failure, InstalledModels, Queue, Retranscription, Settings, Span, Task,
};

/// A model that is being measured; whoever began it waits for its [end](Self::wait).
pub struct Measurement {
    model: String,
    tries: [Retranscription; 2],
    mark: Mark,
}

/// The mark of a card that is being measured; it goes with this value.
struct Mark(InstalledModels);

impl Measurement {
    /// Begins to measure a model with the recording; what is being done in the queue waits.
    ///
    /// Errors: there is no such model, or another one is being measured.
    pub fn begin(
        model: &str,
        recording: &Path,
        settings: Settings,
        queue: &Queue,
        stock: &InstalledModels,
    ) -> Result<Self, Failure> {
        stock.mark_measured(model)?;
        let span = Span {
            recording: recording.to_owned(),
            model: model.to_owned(),
            aligner: AlignerChoice::Auto,
            settings,
            range: Ms(0)..Ms(u32::MAX),
            lines: Vec::new(),
            task: Task::Recognise {
                language: None,
                context: String::new(),
            },
        };
        // Both at once, so that no job loads another model between them.
        let tries = [queue.retranscribe(span.clone()), queue.retranscribe(span)];
        Ok(Self {
            model: model.to_owned(),
            tries,
            mark: Mark(stock.clone()),
        })
    }

    /// Waits for the end and keeps the speed; `None` when it was stopped.
    ///
    /// Errors: the model cannot be loaded or does not work, or the speed cannot be kept.
    pub fn wait(self) -> Result<Option<Speed>, Failure> {
        let mut best: Option<Speed> = None;
        for one in self.tries {
            let (answer, effort) = one.wait_timed();
            if answer?.is_none() {
                return Ok(None);
            }
            let speed = speed(effort)?;
            if best.as_ref().is_none_or(|best| speed.factor < best.factor) {
                best = Some(speed);
            }
        }
        if let Some(best) = &best {
            keep_speed(&self.model, best, self.mark.0.home())?;
        }
        Ok(best)
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.0.unmark_measured();
    }
}

/// Errors: there was nothing to hear.
fn speed(effort: Effort) -> Result<Speed, Failure> {
    if effort.sound == Ms(0) {
        let message = "the recording to measure with is empty";
        return Err(Failure::new(Code::RecordingInvalid, message));
    }
    Ok(Speed {
        factor: effort.spent.as_secs_f64() * 1000.0 / f64::from(effort.sound.0),
        device: effort.device,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use earmark_transcript::Ms;

    use super::speed;
    use crate::retranscribe::Effort;

    #[test]
    fn a_speed_is_work_for_a_second_of_sound() {
        let effort = |sound| Effort {
            sound: Ms(sound),
            spent: Duration::from_millis(500),
            device: "CPU".into(),
        };
        let measured = speed(effort(2000)).unwrap();
        assert!((measured.factor - 0.25).abs() < 1e-9, "{measured:?}");
        assert_eq!(measured.device, "CPU");
        assert!(speed(effort(0)).is_err());
    }
}
