/** Elements of HTML and XML whose name, or an attribute of which, is on the list: what stands in them is hidden. */
import { NotMaskable } from '../masker.ts';
import { type Hide, longestValue, type Taken, type Taking } from './taking.ts';

/** Longest element that is read whole. */
export const longestTag = 16 * 1024;

/** Up to the bracket that ends it: one in a quoted value ends none. */
const wholeTag = /<[^<>"'\s]*(?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?>/y;
/** A name is not tried again at each of its letters: a long one would take minutes. */
const attributes = /(?<![^\s"'<>/=])([^\s"'<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))/g;
/** What says how an element looks or what it is. */
const keptInside = /^(?:class|id|style|type|name|lang|dir|rel|target|role|xmlns.*|xml:.*|xsi:.*)$/i;
/** What of an element of a form holds its value. */
const valueAttributes = /^(?:value|content)$/i;
const withContent = /^(?:textarea|select|output|button)$/i;

/** Where the element ends that begins there; -1 where its end is not there. */
export function tagEnd(text: string, at: number): number {
  wholeTag.lastIndex = at;
  return wholeTag.test(text) ? wholeTag.lastIndex : -1;
}

/** Which names are on the list. */
export type IsListed = (name: string) => boolean;

export interface WrittenTag {
  readonly text: string;
  /** The element's name where all that it holds is to be hidden. */
  readonly contentOf?: string;
}

/** An element with the values hidden that are to be; all else in its attributes is read by `inside`. */
export function writtenTag(tag: string, isListed: IsListed, { hide, inside }: Written): WrittenTag {
  const name = /^<([^\s/>]+)/.exec(tag)?.[1] ?? '';
  const isField = [...tag.matchAll(attributes)].some(
    ([, key = '', ...values]) => key.toLowerCase() === 'name' && isListed(lastOf(valueOf(values))),
  );
  const isListedElement = isListed(localName(name));
  const hidden = (key: string): boolean =>
    (isField && valueAttributes.test(key)) || isListed(key) || (isListedElement && !keptInside.test(key));
  const text = rewritten(tag, (key, value) => (hidden(key) ? hide(value) : inside(value)));
  const holds = isListedElement || (isField && withContent.test(name));
  return holds && !tag.endsWith('/>') ? { text, contentOf: name } : { text };
}

interface Written {
  readonly hide: Hide;
  readonly inside: (value: string) => string;
}

function rewritten(tag: string, by: (key: string, value: string) => string): string {
  return tag.replaceAll(attributes, (whole, key: string, ...values: string[]) => {
    const value = valueOf(values.slice(0, 3));
    const written = by(key, value);
    if (written === value) return whole;
    const at = whole.lastIndexOf(value);
    return whole.slice(0, at) + written + whole.slice(at + value.length);
  });
}

function valueOf(values: readonly (string | undefined)[]): string {
  return values.find((value) => value !== undefined) ?? '';
}

/** `m:mail` without its prefix. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** `user[mail]`, `user.mail` and `mail[]` are the field `mail`. */
function lastOf(name: string): string {
  const plain = name.replace(/\[\]$/, '');
  return /\[([^[\]]+)\]$/.exec(plain)?.[1] ?? plain.slice(plain.lastIndexOf('.') + 1);
}

/** Hides all that an element holds, until its end. */
export class TakingContent implements Taking {
  readonly #name: string;
  readonly #hide: Hide;
  readonly #isRaw: boolean;
  /** Whether a form sends it. */
  readonly #isKept: boolean;
  #depth = 1;
  #dropping = false;

  constructor(name: string, hide: Hide) {
    this.#name = name.toLowerCase();
    this.#hide = hide;
    // A text field holds no elements.
    this.#isRaw = this.#name === 'textarea';
    this.#isKept = this.#isRaw || this.#name === 'select';
  }

  take(text: string, from: number, final: boolean): Taken {
    let out = '';
    let at = from;
    while (at < text.length) {
      const isMarkup = this.#isRaw ? this.#endFrom(text, at) === at : text[at] === '<';
      const step = isMarkup ? this.#markup(text, at, final) : this.#words(text, at, final);
      out += step.out;
      if (step.done || step.at === at) return { out, at: step.at, done: step.done };
      at = step.at;
    }
    return { out, at, done: final };
  }

  #words(text: string, at: number, final: boolean): Taken {
    const next = this.#isRaw ? this.#endFrom(text, at) : text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    if (this.#dropping) {
      this.#dropping = next < 0;
      return { out: '', at: end, done: false };
    }
    // Half an end is none yet.
    const isOpen = next < 0 || (this.#isRaw && text.length - next < this.#name.length + 2);
    if (isOpen && !final && end - at < longestValue) return { out: '', at, done: false };
    this.#dropping = next < 0;
    return { out: this.#around(text.slice(at, end), next < 0 && !final), at: end, done: false };
  }

  /** Where the end of a text field stands, or what may become it; -1 where there is none. */
  #endFrom(text: string, at: number): number {
    const ending = `</${this.#name}`;
    for (let open = text.indexOf('<', at); open >= 0; open = text.indexOf('<', open + 1)) {
      const follows = text.slice(open, open + ending.length).toLowerCase();
      if (ending.startsWith(follows)) return open;
    }
    return -1;
  }

  /** The blanks around a value stay. */
  #around(words: string, isCut = false): string {
    const value = words.trim();
    if (value === '') return words;
    const start = words.indexOf(value);
    return (
      words.slice(0, start) +
      this.#hide(value, { isKept: this.#isKept, isCut }) +
      words.slice(start + value.length)
    );
  }

  #markup(text: string, at: number, final: boolean): Taken {
    const special = this.#special(text, at);
    if (special !== undefined) return special === 'open' ? this.#unfinished(text, at, final) : special;
    const end = tagEnd(text, at);
    if (end < 0) return this.#unfinished(text, at, final);
    const tag = text.slice(at, end);
    const name = /^<\/?([^\s/>]*)/.exec(tag)?.[1]?.toLowerCase();
    this.#dropping = false;
    if (name === this.#name && !tag.endsWith('/>')) this.#depth += tag.startsWith('</') ? -1 : 1;
    if (this.#depth === 0) return { out: '', at, done: true };
    const hidden = rewritten(tag, (key, value) => (keptInside.test(key) ? value : this.#hide(value)));
    return { out: hidden, at: end, done: false };
  }

  #unfinished(text: string, at: number, final: boolean): Taken {
    if (final) return { out: '', at: text.length, done: true };
    if (text.length - at > longestTag)
      throw new NotMaskable(`must have elements of at most ${longestTag} characters in a field`);
    return { out: '', at, done: false };
  }

  /** CDATA is text; what a comment or an instruction says in a field is not for a reader. */
  #special(text: string, at: number): Taken | 'open' | undefined {
    const follows = text.slice(at, at + 9);
    const kind = specials.find(({ begins }) => begins.startsWith(follows) || follows.startsWith(begins));
    if (kind === undefined || follows.length < 2) return follows.length < 2 ? 'open' : undefined;
    const end = text.indexOf(kind.ends, at + kind.begins.length);
    if (end < 0) return 'open';
    const out = kind.isText ? this.#around(text.slice(at + kind.begins.length, end)) : '';
    return { out, at: end + kind.ends.length, done: false };
  }
}

const specials = [
  { begins: '<![CDATA[', ends: ']]>', isText: true },
  { begins: '<!--', ends: '-->', isText: false },
  { begins: '<?', ends: '?>', isText: false },
] as const;
