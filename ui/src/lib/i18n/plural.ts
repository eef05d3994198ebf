/** Counted things, in the plural form that a language asks for. */

/** One form for each category that a language has; `other` is always one of them. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** `1 file`, `2,000 files`: the number in the writing of a locale, in the form that it asks for. */
export function pluralIn(locale: string): (n: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (n, forms) => {
    const form = forms[rules.select(n)] ?? forms.other;
    return form.replace("#", numbers.format(n));
  };
}
