/**
 * Would what is sent be hidden again where the application shows it? A value goes back only into a text that looks the same,
 * masked once more, as it does with a sign in place of the value: else the next page would show it.
 */
import type { MaskedClass } from './classes/data-class.ts';
import { createMasker } from './content-policy.ts';
import { type Masker, NotMaskable } from './masker.ts';

/** Stands for every value while two texts are compared: no letter, no digit, and nothing that ends a field or an address. */
export const sign = '~~~';

/** A text with the values in it, and the same text with a sign in place of each. */
export interface Compared {
  readonly put: string;
  readonly stood: string;
}

/** One field of what is sent, as the application reads it. */
export interface ComparedField extends Compared {
  readonly name: string;
}

/** Tells whether values are hidden where they are put. */
export interface HiddenAgain {
  /** By itself, whatever stands around it: behind a plus, with it. */
  byItself(value: string): boolean;
  /** In the text that a field has, also without its name. */
  inText(compared: Compared): boolean;
  /** In fields of these names, of which each is a value and nothing more. */
  inFields(fields: readonly ComparedField[]): boolean;
  /** In a body of this type. */
  inBody(type: string, compared: Compared): boolean;
}

/** By the classes that are masked for the session. */
export function hiddenAgainBy(classes: readonly MaskedClass[]): HiddenAgain {
  const masker = createMasker(classes, () => sign, 'Refused');
  const inBody = (type: string, { put, stood }: Compared): boolean => {
    const shown = maskedText(masker, type, put);
    return shown !== undefined && shown === maskedText(masker, type, stood);
  };
  return {
    byItself: (value) => {
      const plus = value.startsWith('+') ? '+' : '';
      return maskedText(masker, 'text/plain', value) === plus + sign;
    },
    inText: (compared) => inBody('text/plain', compared),
    inFields: (fields) =>
      inBody('application/x-www-form-urlencoded', {
        put: fields.map(({ name, put }) => `${nameOf(name)}=${formEncoded(put)}`).join('&'),
        stood: fields.map(({ name, stood }) => `${nameOf(name)}=${formEncoded(stood)}`).join('&'),
      }),
    inBody,
  };
}

/** A name that holds the mark between two fields must not be taken for two. */
function nameOf(name: string): string {
  return name.replaceAll(/[^\p{L}\p{M}\p{N}._[\]-]/gu, encodeURIComponent);
}

/** As forms write a value: more is escaped than in other parts of an address. */
export function formEncoded(value: string): string {
  return encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Undefined where it cannot be read. */
function maskedText(masker: Masker, contentType: string, text: string): string | undefined {
  const plan = masker.plan({ contentType, contentEncoding: undefined, isUtf8: true });
  if (plan.kind !== 'mask') return undefined;
  try {
    const stream = plan.open();
    return Buffer.concat([stream.push(Buffer.from(text, 'utf8')), stream.end()]).toString('utf8');
  } catch (error) {
    if (error instanceof NotMaskable) return undefined;
    throw error;
  }
}
