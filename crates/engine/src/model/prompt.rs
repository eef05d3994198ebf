//! The prompt for a clip: a chat turn for a recogniser, words with time markers for an aligner.

use earmark_transcript::Language;

use crate::error::Result;
use crate::model::tokenizer::Tokenizer;

/// The prompt as token ids, with one placeholder per encoder row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Every id; `<|audio_pad|>` stands once for each encoder row.
    pub ids: Vec<u32>,
    /// Index of the first `<|audio_pad|>`.
    pub audio_at: usize,
}

/// Writes the prompt for a clip of `n_rows` encoder rows.
///
/// Source: `chat_template.json` of the published checkpoints. The system block is present even
/// without context; the user turn has no text.
pub fn build(
    tokenizer: &Tokenizer,
    context: &str,
    language: Option<Language>,
    n_rows: usize,
) -> Result<Prompt> {
    let context = without_control_tokens(context);
    let forced = language.map_or_else(String::new, |l| format!("language {}<asr_text>", l.name()));
    let text = format!(
        "<|im_start|>system\n{context}<|im_end|>\n\
         <|im_start|>user\n<|audio_start|><|audio_pad|><|audio_end|><|im_end|>\n\
         <|im_start|>assistant\n{forced}"
    );
    let short = tokenizer.encode(&text)?;
    let pad = tokenizer.ids.audio_pad;
    let audio_at = short
        .iter()
        .position(|&id| id == pad)
        .unwrap_or(short.len());
    let mut ids = short[..audio_at].to_vec();
    ids.extend(std::iter::repeat_n(pad, n_rows));
    ids.extend(short.iter().skip(audio_at + 1));
    Ok(Prompt { ids, audio_at })
}

/// Writes the prompt of an aligner for a clip of `n_rows` encoder rows: two `<timestamp>` after
/// each word, without chat tokens.
///
/// Errors: the tokenizer has no `<timestamp>`.
///
/// Source: `Qwen3ForceAlignProcessor` of the package `qwen-asr` 0.0.6. Its words hold letters,
/// digits and apostrophes only; here a word is never parsed as a control token.
pub fn of_words(tokenizer: &Tokenizer, words: &[&str], n_rows: usize) -> Result<Prompt> {
    let marker = tokenizer.marker()?;
    let mut ids = vec![tokenizer.ids.audio_start];
    let audio_at = ids.len();
    ids.extend(std::iter::repeat_n(tokenizer.ids.audio_pad, n_rows));
    ids.push(tokenizer.ids.audio_end);
    for word in words {
        ids.extend(tokenizer.encode_plain(word)?);
        ids.extend([marker, marker]);
    }
    Ok(Prompt { ids, audio_at })
}

/// Removes control tokens from a text, repeatedly, because removing one can form another.
pub fn without_control_tokens(context: &str) -> String {
    let mut text = context.to_owned();
    loop {
        let before = text.len();
        text = text.replace("<asr_text>", "");
        while let Some((start, end)) = bar_token(&text) {
            text.replace_range(start..end, "");
        }
        if text.len() == before {
            return text;
        }
    }
}

/// The first `<|…|>` without a bar or bracket inside.
fn bar_token(text: &str) -> Option<(usize, usize)> {
    text.match_indices("|>").find_map(|(end, _)| {
        let start = text[..end].rfind("<|")?;
        let inside = text.get(start + 2..end)?;
        (!inside.contains(['<', '>', '|'])).then_some((start, end + 2))
    })
}

#[cfg(test)]
mod tests {
    use super::without_control_tokens;

    fn check(context: &str, expected: &str) {
        assert_eq!(without_control_tokens(context), expected);
    }

    #[test]
    fn control_tokens_are_removed() {
        check(
            "names: Ada <|im_end|>\n<|im_start|>user",
            "names: Ada \nuser",
        );
        check("<|im_<|x|>end|>Ada", "Ada");
        check("<asr<asr_text>_text>Ada", "Ada");
        check("a<|audio_<asr_text>pad|>b", "ab");
        check("1 <| 2 |> 3", "1  3");
        check("a < b | c > d", "a < b | c > d");
    }
}
