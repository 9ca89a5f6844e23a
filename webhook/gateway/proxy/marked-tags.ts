/**
 * The tags of an application's versions (ETag) where its bodies are masked: the client has other bytes than the application
 * sent, so that the tag is marked on its way out, and comes back to the application as the application wrote it.
 */
import { hash } from 'node:crypto';

/** A tag as RFC 9110, 8.8.3 has it. */
const tag = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const list = /^(?:(?:W\/)?"[^"]*"(?:[ \t]*,[ \t]*|$))+$/;
const each = /(?:W\/)?"[^"]*"/g;
const marked = /^masked-([\w-]{8})-(.*)$/s;

/** What tells one way of masking from another: of bytes that were masked otherwise, the application's tag says nothing. */
export function markOf(...saidOfMasking: readonly string[]): string {
  return hash('sha256', JSON.stringify(saidOfMasking), 'base64url').slice(0, 8);
}

/** The tag for the client; undefined where it is none. */
export function markedTag(written: string, mark: string): string | undefined {
  const [, weak = '', text] = tag.exec(written) ?? [];
  return text === undefined ? undefined : `${weak}"masked-${mark}-${text}"`;
}

/**
 * `If-Match` for the application: what was marked, however it was masked, names the version that the client saw. Other
 * tags pass as they are, since the application may have told them in a body.
 */
export function unmarkedTags(written: string): string {
  if (!list.test(written)) return written;
  return (written.match(each) ?? []).map((one) => unmarked(one)?.tag ?? one).join(', ');
}

/** `If-None-Match` for the application: only what the client has masked as it would be now; undefined where that is nothing. */
export function tagsMaskedSo(written: string, mark: string): string | undefined {
  if (written.trim() === '*') return '*';
  if (!list.test(written)) return undefined;
  const tags = (written.match(each) ?? []).flatMap((one) => {
    const found = unmarked(one);
    return found?.mark === mark ? [found.tag] : [];
  });
  return tags.length === 0 ? undefined : tags.join(', ');
}

function unmarked(one: string): { readonly mark: string; readonly tag: string } | undefined {
  const [, weak = '', text = ''] = tag.exec(one) ?? [];
  const [, mark, rest] = marked.exec(text) ?? [];
  return mark === undefined ? undefined : { mark, tag: `${weak}"${rest}"` };
}
