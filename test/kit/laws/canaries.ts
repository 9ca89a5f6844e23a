/**
 * Did anything leave the product that must never be told? Markers that tests put into inputs, secrets that they know, and the
 * forms of tokens, keys and assertions are looked for in what the product wrote: records, logs and metrics. Pure.
 */

const mark = 'canary-5f2c-';

/** A value for an input that must not turn up in any output: `canary-5f2c-cookie`. */
export function canary(input: string): string {
  return `${mark}${input}`;
}

/** What stands for no value that is right: each is a secret by its form. */
const forms: readonly (readonly [string, RegExp])[] = [
  ['a JSON Web Token', /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a SAML message', /<(\w+:)?(Response|Assertion)\b[^>]*xmlns|PHNhbW(xw|w6|wy)|PFJlc3BvbnNl/],
  ['a cookie of ours', /__Host-[\w-]+=[\w.%-]{20,}/],
  ['a bearer token', /\bBearer [\w.~+/-]{20,}/],
];

/** Where each secret, or a marker in any of its encodings, turned up; empty when nothing did. */
export function canaryComplaints(
  outputs: ReadonlyMap<string, string>,
  secrets: readonly string[] = [],
): readonly string[] {
  const words = [mark, ...secrets].flatMap((word) => encodingsOf(word).map((text) => ({ word, text })));
  return [...outputs].flatMap(([output, said]) => {
    const lower = said.toLowerCase();
    const told = words.filter(({ text }) => said.includes(text) || lower.includes(text));
    const formed = forms.flatMap(([name, form]) => {
      const found = form.exec(said);
      return found === null ? [] : [`${output} holds ${name}, at ${found.index}`];
    });
    return [...told.map(({ word, text }) => `${output} holds ${word}${near(said, text)}`), ...formed];
  });
}

/** As it is, percent-encoded, in hex, and as it looks inside a longer text in base64, wherever it begins there. */
function encodingsOf(word: string): readonly string[] {
  const inBase64 = [0, 1, 2].flatMap((before) => {
    const whole = Buffer.from(`${'\0'.repeat(before)}${word}`)
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last characters hold bits of what stands beside.
    const inner = whole.slice(before === 0 ? 0 : before + 1, -1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set([word, encodeURIComponent(word), Buffer.from(word).toString('hex'), ...inBase64])];
}

function near(said: string, text: string): string {
  const at = said.indexOf(text);
  return at === -1 ? '' : `, near "${said.slice(Math.max(0, at - 60), at)}"`;
}
