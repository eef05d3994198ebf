/** The code of a language by the English name the model uses, for fonts and screen readers. */
const codes: Record<string, string> = {
  Arabic: "ar",
  Cantonese: "yue",
  Chinese: "zh-CN",
  Czech: "cs",
  Danish: "da",
  Dutch: "nl",
  English: "en",
  Filipino: "fil",
  Finnish: "fi",
  French: "fr",
  German: "de",
  Greek: "el",
  Hindi: "hi",
  Hungarian: "hu",
  Indonesian: "id",
  Italian: "it",
  Japanese: "ja",
  Korean: "ko",
  Macedonian: "mk",
  Malay: "ms",
  Persian: "fa",
  Polish: "pl",
  Portuguese: "pt",
  Romanian: "ro",
  Russian: "ru",
  Spanish: "es",
  Swedish: "sv",
  Thai: "th",
  Turkish: "tr",
  Vietnamese: "vi",
};

export function languageCode(name: string): string | undefined {
  return codes[name];
}

/** Whether the words of a text are its characters, in all of its comma-joined languages or in any. */
export function isCountedInCharacters(languages: string, how: "all" | "any"): boolean {
  const each = languages
    .split(",")
    .map((name) => ["Chinese", "Cantonese", "Japanese"].includes(name.trim()));
  return how === "all" ? each.every(Boolean) : each.some(Boolean);
}
