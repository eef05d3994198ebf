//! The streaming algorithm of the reference package on our engine, the baseline for live
//! transcription.
//!
//! Source: `streaming_transcribe` and `finish_streaming_transcribe` of the package `qwen-asr`
//! 0.0.6.

use earmark_engine::{
    Limit, Outcome, Recognizer, Request, StreamingClip, Token, Unobserved, output,
};
use earmark_transcript::Language;

/// Parameters of the reference's streaming.
#[derive(Clone, Copy)]
pub struct Rules {
    /// Samples added before each pass.
    pub n_chunk: usize,
    /// Passes without a prefix.
    pub n_unfixed_chunks: usize,
    /// Tokens removed before each pass.
    pub n_unfixed_tokens: usize,
    /// Token limit of a pass.
    pub n_tokens: usize,
}

impl Rules {
    /// Those of the reference's own demonstration.
    pub fn demo() -> Self {
        Self {
            n_chunk: 32_000,
            n_unfixed_chunks: 4,
            n_unfixed_tokens: 5,
            n_tokens: 32,
        }
    }
}

/// Input and output of one pass.
pub struct Look {
    /// Samples so far.
    pub n_samples: usize,
    /// Ids of the prefix.
    pub prefix: Vec<u32>,
    /// Ids that were generated after it, the stop token included.
    pub generated: Vec<u32>,
    /// Language so far.
    pub language: String,
    /// Text so far.
    pub text: String,
}

/// Streams a clip, pass by pass.
pub fn stream(
    recognizer: &mut Recognizer,
    samples: &[f32],
    language: Option<Language>,
    rules: Rules,
) -> Vec<Look> {
    let request = Request {
        language,
        ..Request::default()
    };
    let mut clip = StreamingClip::new(&request);
    let mut raw = String::new();
    let mut looks = Vec::new();
    for (i, chunk) in samples.chunks(rules.n_chunk).enumerate() {
        clip.push(chunk);
        let is_last = chunk.len() < rules.n_chunk;
        let prefix = if i < rules.n_unfixed_chunks {
            String::new()
        } else {
            rolled_back(recognizer, &raw, rules.n_unfixed_tokens, is_last)
        };
        let ids = recognizer.model().tokenizer().encode(&prefix).unwrap();
        let token = |&id: &u32| Token {
            id,
            probability: 1.0,
            end: 0,
        };
        let kept: Vec<Token> = ids.iter().map(token).collect();
        let limit = Limit::AtMost(rules.n_tokens);
        let outcome = recognizer.follow(&mut clip, &kept, limit, &mut Unobserved);
        let Outcome::Done(heard) = outcome.unwrap() else {
            panic!("nobody stopped it")
        };
        let generated = heard.tokens[ids.len()..].iter().map(|token| token.id);
        let generated: Vec<u32> = generated.collect();
        raw = prefix + &recognizer.model().tokenizer().decode(&generated);
        let parsed = output::parse(&raw, language);
        looks.push(Look {
            n_samples: clip.samples().len(),
            prefix: ids,
            generated,
            language: parsed.language,
            text: parsed.text,
        });
    }
    looks
}

/// The text without its last tokens, and without further ones while it ends inside a character; the
/// last pass removes exactly `n_tokens`.
fn rolled_back(recognizer: &Recognizer, raw: &str, n_tokens: usize, is_last: bool) -> String {
    let tokenizer = recognizer.model().tokenizer();
    let ids = tokenizer.encode(raw).unwrap();
    if is_last {
        let n_kept = ids.len().saturating_sub(n_tokens).max(1);
        return tokenizer.decode(&ids[..n_kept.min(ids.len())]);
    }
    let n_kept = ids.len().saturating_sub(n_tokens);
    (0..=n_kept)
        .rev()
        .map(|n| tokenizer.decode(&ids[..n]))
        .find(|text| !text.contains(char::REPLACEMENT_CHARACTER))
        .unwrap_or_default()
}
