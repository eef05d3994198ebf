import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

const spoken = new Set(["aria-label", "aria-description", "alt", "label", "placeholder", "title"]);

/** Text on the screen comes from the dictionaries, so that every language has it. */
const noWordsInMarkup = {
  meta: { type: "problem", schema: [], messages: { word: "move “{{text}}” to lib/i18n" } },
  create(context) {
    const check = (node, text) => {
      if (/\p{L}/u.test(text)) {
        context.report({ node, messageId: "word", data: { text: text.trim() } });
      }
    };
    return {
      SvelteText(node) {
        if (node.parent.type !== "SvelteStyleElement") check(node, node.value);
      },
      SvelteAttribute(node) {
        if (!spoken.has(node.key.name)) return;
        for (const part of node.value) {
          if (part.type === "SvelteLiteral") check(part, part.value);
        }
      },
    };
  },
};

export default ts.config(
  { ignores: ["dist", "dist-mock", "src/lib/backend/generated"] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ["**/*.svelte"],
    plugins: { earmark: { rules: { "no-words-in-markup": noWordsInMarkup } } },
    rules: { "earmark/no-words-in-markup": "error" },
  },
  {
    // Sets and maps that nothing on the screen depends on are plain ones.
    files: ["**/*.svelte", "**/*.svelte.ts"],
    rules: { "svelte/prefer-svelte-reactivity": "off" },
  },
);
