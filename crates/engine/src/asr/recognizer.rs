//! A loaded checkpoint that recognises clips.

use std::sync::Arc;
use std::time::Instant;

use candle_core::Tensor;
use earmark_transcript::Language;

use crate::asr::generate::{self, Limit};
use crate::asr::output;
use crate::asr::recognition::{Recognition, Request, Token};
use crate::asr::streaming_clip::StreamingClip;
use crate::checkpoint::config::{Config, Head};
use crate::checkpoint::files::Checkpoint;
use crate::error::Result;
use crate::model::loaded_model::{LoadedModel, Settings, Timings, Work};
use crate::model::prompt::{self, Prompt};
use crate::nn::kv_cache::{KvCache, ROOM_FOR_ANSWER};
use crate::observer::{Observer, Outcome};

/// A loaded Qwen3-ASR checkpoint. Nothing of it changes once it is loaded; clones share its weights.
#[derive(Clone)]
pub struct Recognizer {
    pub(crate) model: Arc<LoadedModel>,
}

/// An answer that is asked for.
#[derive(Clone, Copy)]
struct Answer<'a> {
    prompt: &'a Prompt,
    rows: &'a Tensor,
    /// Its beginning, which stands at the end of the prompt.
    kept: &'a [Token],
    language: Option<Language>,
    /// Most tokens after that.
    n_limit: usize,
    ignore_stops: bool,
}

impl Recognizer {
    /// Loads a checkpoint.
    ///
    /// Errors: a missing or malformed file, tensor or field, named with what was expected; the
    /// checkpoint of an aligner; a device that was asked for by name and does not work.
    pub fn load(checkpoint: &Checkpoint, settings: &Settings) -> Result<Self> {
        let config = Config::read(checkpoint)?;
        if config.head != Head::Vocabulary {
            return Err(config.other_kind(checkpoint));
        }
        let model = LoadedModel::load(checkpoint, *settings, &config)?;
        Ok(Self {
            model: Arc::new(model),
        })
    }

    /// What was loaded: its device, its storage and its tokenizer.
    pub fn model(&self) -> &LoadedModel {
        &self.model
    }

    /// The work that a clip of `n_samples` samples takes without context.
    ///
    /// Errors: the prompt cannot be written.
    pub fn work(&self, n_samples: usize) -> Result<Work> {
        let n_rows = self.model.n_rows(n_samples);
        let prompt = prompt::build(self.model.tokenizer(), "", None, n_rows)?;
        Ok(self.model.work(n_samples, prompt.ids.len(), 1))
    }

    /// Recognises one clip of mono samples at 16 kHz within [-1, 1].
    ///
    /// Errors: fewer than 201 samples (one FFT window needs as many), a sample that is not a
    /// finite number, clip and context longer than the model's positions.
    pub fn recognize(
        &mut self,
        samples: &[f32],
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>> {
        let device = self.model.device.clone();
        device.with_context(|| self.run(samples, request, observer))
    }

    fn run(
        &self,
        samples: &[f32],
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>> {
        let mut timings = Timings::default();
        let Some(rows) = self.model.encode(samples, observer, &mut timings)? else {
            return Ok(Outcome::Cancelled);
        };

        let prompt = self.prompt(request, &rows)?;
        let n_limit = request.limit.n_tokens(samples.len());
        let answer = Answer {
            prompt: &prompt,
            rows: &rows,
            kept: &[],
            language: request.language,
            n_limit,
            ignore_stops: matches!(request.limit, Limit::Exactly(_)),
        };
        let n_room = prompt.ids.len() + n_limit.min(ROOM_FOR_ANSWER);
        let mut cache = self.model.decoder.cache(n_room)?;
        self.answer(&answer, &mut cache, timings, observer)
    }

    /// Recognises a clip as far as it has grown. The answer begins with the tokens `kept`, those
    /// of an earlier look, and goes on from there.
    ///
    /// Errors: as [`Self::recognize`].
    pub fn follow(
        &mut self,
        clip: &mut StreamingClip,
        kept: &[Token],
        limit: Limit,
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>> {
        let device = self.model.device.clone();
        device.with_context(|| self.look(clip, kept, limit, observer))
    }

    fn look(
        &self,
        clip: &mut StreamingClip,
        kept: &[Token],
        limit: Limit,
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>> {
        let mut timings = Timings::default();
        let Some(rows) = clip.encode(&self.model, observer, &mut timings)? else {
            return Ok(Outcome::Cancelled);
        };
        let n_rows = rows.dim(0)?;
        let mut prompt =
            prompt::build(self.model.tokenizer(), &clip.context, clip.language, n_rows)?;
        prompt.ids.extend(kept.iter().map(|token| token.id));
        let answer = Answer {
            prompt: &prompt,
            rows: &rows,
            kept,
            language: clip.language,
            n_limit: limit.n_more(clip.samples().len(), kept.len()),
            ignore_stops: matches!(limit, Limit::Exactly(_)),
        };
        let n_room = prompt.ids.len() + answer.n_limit.min(ROOM_FOR_ANSWER);
        // What an error leaves behind is not used again.
        let mut cache = match clip.cache.take() {
            Some(cache) => cache,
            None => self.model.decoder.cache(n_room)?,
        };
        let n_window = self.model.n_window_rows();
        cache.forget_from(match clip.n_cached {
            0 => 0,
            n => prompt.audio_at + n * n_window,
        });
        let outcome = self.answer(&answer, &mut cache, timings, observer)?;
        if matches!(outcome, Outcome::Done(_)) {
            clip.cache = Some(cache);
            clip.n_cached = clip.n_windows();
        }
        Ok(outcome)
    }

    /// Reads a prompt as far as the cache has not, and writes the answer.
    fn answer(
        &self,
        answer: &Answer<'_>,
        cache: &mut KvCache,
        mut timings: Timings,
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>> {
        let LoadedModel {
            tokenizer, decoder, ..
        } = &*self.model;
        let Answer {
            prompt,
            rows,
            language,
            ignore_stops,
            ..
        } = *answer;
        let started = Instant::now();
        let n_prompt = prompt.ids.len();
        self.model.check_length(n_prompt + 1)?;
        let n_room = self.model.max_positions - n_prompt;
        let n_limit = answer.kept.len() + answer.n_limit.min(n_room);
        let first = self
            .model
            .prefill(prompt, rows, &[n_prompt - 1], cache, observer)?;
        let Some(first) = first else {
            return Ok(Outcome::Cancelled);
        };
        let mut logits = first.flatten_all()?;
        timings.prefill = started.elapsed();

        let started = Instant::now();
        let mut sampler = generate::greedy();
        let known = answer.kept.iter();
        let mut generated: Vec<(u32, f32)> = known.map(|it| (it.id, it.probability)).collect();
        let mut ids: Vec<u32> = generated.iter().map(|(id, _)| *id).collect();
        let mut truncated = false;
        let mut looped = false;
        loop {
            let id = sampler.sample(&logits)?;
            generated.push((id, generate::probability(&logits.to_vec1::<f32>()?, id)));
            if tokenizer.ids.stops.contains(&id) && !ignore_stops {
                break;
            }
            ids.push(id);
            if let Some(n_kept) = generate::loop_start(&ids).filter(|_| !ignore_stops) {
                ids.truncate(n_kept);
                generated.truncate(n_kept);
                looped = true;
                break;
            }
            if ids.len() >= n_limit {
                truncated = true;
                break;
            }
            if observer.cancelled() {
                return Ok(Outcome::Cancelled);
            }
            if !ignore_stops {
                let raw = tokenizer.decode(&ids);
                observer.text(&output::parse_unfinished(&raw, language).text);
            }
            let row = decoder.forward(&decoder.embed(&[id])?, cache)?;
            logits = decoder.logits(&row)?.flatten_all()?;
        }
        timings.decode = started.elapsed();
        let parsed = output::parse(&tokenizer.decode(&ids), language);
        Ok(Outcome::Done(Recognition {
            tokens: self.tokens(&generated, &parsed),
            language: parsed.language,
            text: parsed.text,
            truncated,
            looped: looped || parsed.looped,
            timings,
        }))
    }

    pub(crate) fn prompt(&self, request: &Request<'_>, rows: &Tensor) -> Result<Prompt> {
        let (context, language) = (request.context, request.language);
        prompt::build(self.model.tokenizer(), context, language, rows.dim(0)?)
    }

    /// Where each token's letters end in the parsed text.
    fn tokens(&self, generated: &[(u32, f32)], parsed: &output::Parsed) -> Vec<Token> {
        let mut raw = Vec::new();
        let ends: Vec<usize> = generated
            .iter()
            .map(|(id, _)| {
                raw.extend_from_slice(self.model.tokenizer().bytes_of(*id));
                String::from_utf8_lossy(&raw).chars().count()
            })
            .collect();
        let offsets: Vec<usize> = parsed
            .text
            .char_indices()
            .map(|(offset, _)| offset)
            .chain([parsed.text.len()])
            .collect();
        generated
            .iter()
            .zip(ends)
            .map(|(&(id, probability), end)| {
                let n_chars = parsed.sources.partition_point(|&source| source < end);
                Token {
                    id,
                    probability,
                    end: offsets[n_chars],
                }
            })
            .collect()
    }
}
