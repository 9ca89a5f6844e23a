/** Bytes of a body while it is read: kept as a text with a character for each, and what such a text says when it is whole. */

/** Longest name, value, or line that is looked at; nothing that is longer has a meaning here. */
export const longest = 4096;

/** No longer than is looked at; what is as long already is not copied. */
export function grown(text: string, more: string): string {
  return text.length < longest ? (text + more).slice(0, longest) : text;
}

/** What the bytes are as UTF-8. */
export function asUtf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

/** What a text of JSON says; as it stands where it is none. */
export function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** What a percent-encoded text says; as it stands where it is none. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
