/** What an API server warns of beside its response: headers `Warning: 299 - "text"` (RFC 7234). Pure. */

/** One value: its code, its agent, its text, and a date that may follow. */
const value = /\s*(\d{3})\s+(\S+)\s+"((?:[^"\\]|\\.)*)"(?:\s+"[^"]*")?\s*(?:,|$)/y;

/** The texts. What has another code or another form is left out, as kubectl leaves it out. */
export function warningsIn(header: string | readonly string[] | undefined): string[] {
  return [header ?? []].flat().flatMap(textsIn);
}

function textsIn(line: string): string[] {
  const texts: string[] = [];
  value.lastIndex = 0;
  for (let match = value.exec(line); match !== null; match = value.exec(line)) {
    const [, code, , quoted = ''] = match;
    if (code === '299') texts.push(quoted.replaceAll(/\\(.)/g, '$1'));
    if (value.lastIndex >= line.length) break;
  }
  return texts;
}

/** As kubectl: what is warned of again and again, for one in each look of a wait, is said once. */
export function onceEach(say: (text: string) => void): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (said.has(text)) return;
    said.add(text);
    say(text);
  };
}
