//! The request to and the result of a recogniser for one clip: language, text and tokens.

use earmark_transcript::Language;

use crate::asr::generate::Limit;
use crate::model::loaded_model::Timings;

/// Options of a recognition.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// Background text or names that bias the recogniser. Control tokens in it are removed.
    pub context: &'a str,
    /// The language to assume; `None` lets the model detect it.
    pub language: Option<Language>,
    /// When to stop.
    pub limit: Limit,
}

/// One generated token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token {
    /// Its id in the checkpoint's vocabulary.
    pub id: u32,
    /// Probability the model gave it, 0 to 1.
    pub probability: f32,
    /// Byte offset in [`Recognition::text`] where it ends; 0 for the tokens of the language tag.
    pub end: usize,
}

/// The result of recognising one clip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognition {
    /// English name of the language as the model wrote it, or as forced; empty if none.
    pub language: String,
    /// The text, without tag and control tokens, repetition loops removed.
    pub text: String,
    /// Every generated token in order, the stop token included.
    pub tokens: Vec<Token>,
    /// The token limit was reached before the model stopped.
    pub truncated: bool,
    /// A repetition loop was cut out of the text.
    pub looped: bool,
    /// How long each stage took.
    pub timings: Timings,
}
