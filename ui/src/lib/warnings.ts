/** What a transcript warns of, in the language of the interface; it is stored in English. */

import type { Messages } from "./i18n/en";

interface Known {
  pattern: RegExp;
  words: (messages: Messages, found: (string | undefined)[]) => string;
  /** Something of the recording is missing, or may be. */
  isLoss?: boolean;
}

/** Everything that is written into transcripts. */
const known: Known[] = [
  {
    pattern: /^between (\S+) and (\S+) the model gave the context back as text/,
    words: ({ warnings }, [from, to]) => warnings.echo(clock(from), clock(to)),
  },
  {
    pattern: /^between (\S+) and (\S+) the model did not come to an end/,
    words: ({ warnings }, [from, to]) => warnings.unended(clock(from), clock(to)),
    isLoss: true,
  },
  {
    pattern: /^between (\S+) and (\S+) the model repeated itself/,
    words: ({ warnings }, [from, to]) => warnings.repeated(clock(from), clock(to)),
  },
  {
    pattern: /^between (\S+) and (\S+) the times of the words are estimated/,
    words: ({ warnings }, [from, to]) => warnings.alignmentFailed(clock(from), clock(to)),
  },
  {
    pattern: /^the times of the words are estimated: there is no aligner$/,
    words: ({ warnings }) => warnings.noAligner,
  },
  {
    pattern: /^the times of the words in (.+) are estimated: the aligner does not know/,
    words: (messages, [languages = ""]) =>
      messages.warnings.notAligned(languages.split(", ").map(messages.languageName)),
  },
  { pattern: /^only \d+ ms of sound/, words: ({ warnings }) => warnings.tooShort },
  { pattern: /^no speech was recognised$/, words: ({ transcript }) => transcript.noSpeech },
  {
    pattern: /^\d+ samples were not numbers/,
    words: ({ warnings }) => warnings.silenced,
    isLoss: true,
  },
  {
    pattern: /^from (\S+) on it was decoded by ffmpeg/,
    words: ({ warnings }, [from]) => warnings.decodedByFfmpeg(clock(from)),
  },
  {
    pattern: /^it has \d+ audio tracks: (.+); track (\d+)(?:, the default,)? was read/,
    words: ({ warnings }, [tracks = "", number = ""]) => warnings.tracks(tracks, number),
  },
  {
    pattern:
      /^it lasts (.+) by its own account, in a file of (.+); most of it can only be silence$/,
    words: ({ warnings }, [, size = ""]) => warnings.mostlySilence(size),
  },
  { pattern: /^the edit list /, words: ({ warnings }) => warnings.editList },
  {
    pattern:
      /^decoded (\S+?)(?: of about (\S+?))?(?:; (\d+) damaged parts became silence)?(?:; (it ends early: .*|the file ends early))?$/,
    words: ({ warnings, sentences }, [read, total, nDamaged, end]) =>
      sentences([
        ...(end === undefined ? [] : [warnings.endsEarly(clock(read), total && clock(total))]),
        ...(nDamaged === undefined ? [] : [warnings.damaged(Number(nDamaged))]),
      ]),
    isLoss: true,
  },
];

/** A warning in the language of the interface; one that is not known stays as it is. */
export function warningText(warning: string, messages: Messages): string {
  const one = known.find(({ pattern }) => pattern.test(warning));
  return one?.words(messages, one.pattern.exec(warning)?.slice(1) ?? []) ?? warning;
}

/** Whether something of the recording is missing, or may be. */
export function isLoss(warning: string): boolean {
  return known.some(({ pattern, isLoss }) => isLoss && pattern.test(warning));
}

/** `0:12.499` in whole seconds. */
function clock(time = ""): string {
  return time.replace(/\.\d+$/, "");
}
