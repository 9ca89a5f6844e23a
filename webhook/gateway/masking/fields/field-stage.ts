/** Follows one text and hides what stands in listed fields, wherever the text names one. */
import type { ClassStage } from '../classes/data-class.ts';
import type { TextKind } from '../reading/grammar.ts';
import { longestTag, TakingContent, tagEnd, writtenTag } from './elements.ts';
import { type FieldNames, longestBegun } from './field-names.ts';
import { TakingMember } from './member-value.ts';
import { type Hide, type Taking, TakingUntil } from './taking.ts';

interface Followed {
  readonly names: FieldNames;
  readonly kind: TextKind;
  readonly hide: Hide;
  readonly counted: () => number;
}

/** What a parameter of an address or a form ends before. */
const parameterEnds = /[&"'\s<>#;\\)\]}]/;
const withElements: readonly TextKind[] = ['markup', 'mail'];

/** A place in a text where a value begins, or that more of the text is needed. */
type Place = { readonly at: number; readonly taking?: Taking; readonly out: string } | 'open';

export class FieldStage implements ClassStage {
  readonly name: string;
  readonly #followed: Followed;
  readonly #places: RegExp;
  readonly #begun: RegExp;
  #held = '';
  #taking: Taking | undefined;
  #hasBegun = false;

  constructor(name: string, followed: Followed) {
    this.name = name;
    this.#followed = followed;
    this.#places = followed.names.places(withElements.includes(followed.kind));
    this.#begun = followed.names.begun();
  }

  get count(): number {
    return this.#followed.counted();
  }

  mask(more: string, final: boolean): string {
    const text = this.#held + more;
    let out = '';
    let at = 0;
    for (;;) {
      if (this.#taking !== undefined) {
        const taken = this.#taking.take(text, at, final);
        out += taken.out;
        at = taken.at;
        if (!taken.done) break;
        this.#taking = undefined;
      }
      const copied = this.#copy(text, at, final);
      out += copied.out;
      at = copied.at;
      if (this.#taking === undefined) break;
    }
    this.#held = text.slice(at);
    this.#hasBegun ||= at > 0;
    return out;
  }

  /** What stands before the next value, which is taken then; all that cannot be the beginning of one where there is none. */
  #copy(text: string, from: number, final: boolean): { readonly out: string; readonly at: number } {
    let out = '';
    let at = from;
    let search = from;
    for (;;) {
      this.#places.lastIndex = search;
      const found = this.#places.exec(text);
      if (found === null) break;
      const place = this.#placeAt(text, found, final);
      if (place === 'open') return { out: out + text.slice(at, found.index), at: found.index };
      search = place.at;
      if (place.out === '' && place.taking === undefined) continue;
      out += text.slice(at, found.index) + place.out;
      at = place.at;
      this.#taking = place.taking;
      if (place.taking !== undefined) return { out, at };
    }
    const open = final ? text.length : Math.max(search, this.#openFrom(text, at));
    return { out: out + text.slice(at, Math.max(at, open)), at: Math.max(at, open) };
  }

  #placeAt(text: string, found: RegExpExecArray, final: boolean): Place {
    const { member, property, parameter, tag } = found.groups ?? {};
    if (tag !== undefined) return this.#element(text, found.index, final);
    const [before] = found;
    const at = found.index + before.length;
    // The first parameter of a form stands at the beginning of the whole text, and not of a piece of it.
    if (parameter !== undefined && !/^[?&]/.test(before) && this.#hasBegun) return { at, out: '' };
    if (at === text.length && !final) return 'open';
    const { hide } = this.#followed;
    const isMember = member !== undefined || property !== undefined;
    return {
      at,
      out: before,
      taking: isMember ? new TakingMember(hide) : new TakingUntil(parameterEnds, hide),
    };
  }

  #element(text: string, at: number, final: boolean): Place {
    const end = tagEnd(text, at);
    if (end < 0) return !final && text.length - at < longestTag ? 'open' : { at: at + 1, out: '' };
    const { names, hide } = this.#followed;
    const inside = (value: string): string => this.#inside(value);
    const written = writtenTag(text.slice(at, end), (name) => names.has(name), { hide, inside });
    if (written.contentOf === undefined) return { at: end, out: written.text };
    return { at: end, out: written.text, taking: new TakingContent(written.contentOf, hide) };
  }

  /** An attribute may hold JSON or an address. */
  #inside(value: string): string {
    if (!/[:=]/.test(value)) return value;
    return new FieldStage(this.name, { ...this.#followed, kind: 'plain' }).mask(value, true);
  }

  #openFrom(text: string, least: number): number {
    // The whole text may be a form, and this the name of its first field.
    if (!this.#hasBegun && least === 0 && /^[\w.%[\]-]{0,160}=?$/.test(text)) return 0;
    const from = Math.max(least, text.length - longestBegun);
    const at = text.slice(from).search(this.#begun);
    return at < 0 ? text.length : from + at;
  }
}
