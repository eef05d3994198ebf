//! An echo is the context given back as if it had been said.

use earmark_engine::{Error, Observer, Outcome, Recognition, Request};
use earmark_transcript::context;

use crate::Recognize;

/// What was recognised in a clip, echoes of the context removed.
pub(crate) struct Clean {
    pub(crate) recognition: Recognition,
    /// The context came back as text, so the clip was recognised again without it.
    pub(crate) echoed: bool,
}

/// Recognises a clip; one in which the context seems to come back is recognised again without it.
///
/// When the stretch is there without the context, too, somebody said it, and the first result
/// stands. `None` when the observer asked to stop.
///
/// Errors: what [`Recognize::recognize`] says.
pub(crate) fn recognize(
    recognizer: &mut dyn Recognize,
    samples: &[f32],
    request: &Request<'_>,
    observer: &mut dyn Observer,
) -> Result<Option<Clean>, Error> {
    let Outcome::Done(first) = recognizer.recognize(samples, request, observer)? else {
        return Ok(None);
    };
    let Some(stretch) = context::echo(request.context, &first.text) else {
        let (recognition, echoed) = (first, false);
        return Ok(Some(Clean {
            recognition,
            echoed,
        }));
    };
    let plain = Request {
        context: "",
        ..*request
    };
    let Outcome::Done(second) = recognizer.recognize(samples, &plain, observer)? else {
        return Ok(None);
    };
    let echoed = !context::has(&second.text, &stretch);
    let recognition = if echoed { second } else { first };
    Ok(Some(Clean {
        recognition,
        echoed,
    }))
}

#[cfg(test)]
mod tests {
    use earmark_engine::{Error, Observer, Outcome, Recognition, Request, Unobserved};

    use super::recognize;
    use crate::Recognize;

    /// Says one thing with a context and another without; counts how often it was asked.
    struct Parrot {
        with: &'static str,
        without: &'static str,
        n_asked: usize,
    }

    impl Recognize for Parrot {
        fn recognize(
            &mut self,
            _samples: &[f32],
            request: &Request<'_>,
            observer: &mut dyn Observer,
        ) -> Result<Outcome<Recognition>, Error> {
            self.n_asked += 1;
            if observer.cancelled() {
                return Ok(Outcome::Cancelled);
            }
            let text = match request.context {
                "" => self.without,
                _ => self.with,
            };
            Ok(Outcome::Done(Recognition {
                text: text.into(),
                ..Recognition::default()
            }))
        }
    }

    #[track_caller]
    fn check(with: &'static str, without: &'static str, expected: (&str, bool, usize)) {
        let mut parrot = Parrot {
            with,
            without,
            n_asked: 0,
        };
        let request = Request {
            context: "Grafana, Kubernetes, Svelte",
            ..Request::default()
        };
        let clean = recognize(&mut parrot, &[], &request, &mut Unobserved)
            .unwrap()
            .unwrap();
        let got = (
            clean.recognition.text.as_str(),
            clean.echoed,
            parrot.n_asked,
        );
        assert_eq!(got, expected);
    }

    #[test]
    fn an_echo_is_recognised_again_without_the_context() {
        let echo = "Grafana, Kubernetes, Svelte.";
        check(echo, "Good morning.", ("Good morning.", true, 2));
        check(echo, "", ("", true, 2));
    }

    #[test]
    fn what_was_really_said_stays_as_the_context_spells_it() {
        let said = "Grafana, Kubernetes, Svelte.";
        check(said, "Grafana Kubernetes svelte", (said, false, 2));
        check(
            "Kubernetes is up.",
            "cooper netties is up",
            ("Kubernetes is up.", false, 1),
        );
    }

    /// Stops at the second question.
    struct Impatient(usize);

    impl Observer for Impatient {
        fn cancelled(&mut self) -> bool {
            self.0 += 1;
            self.0 == 2
        }
    }

    #[test]
    fn stopping_in_between_gives_nothing() {
        let mut parrot = Parrot {
            with: "Grafana, Kubernetes, Svelte.",
            without: "",
            n_asked: 0,
        };
        let request = Request {
            context: "Grafana, Kubernetes, Svelte",
            ..Request::default()
        };
        let stopped = recognize(&mut parrot, &[], &request, &mut Impatient(0)).unwrap();
        assert!(stopped.is_none());
    }
}
