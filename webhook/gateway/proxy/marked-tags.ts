/**
 * The tags of an application's versions (ETag) where its bodies are masked: the client has other bytes than the application
 * sent, so that the tag is marked on its way out, and comes back to the application as the application wrote it. It is sealed,
 * because most are digests of the body: who has all of it but a date of birth would find that by trying.
 */
import { hash } from 'node:crypto';
import type { SealedTags } from '../masking/pseudonyms.ts';

/** A tag as RFC 9110, 8.8.3 has it. */
const tag = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const list = /^(?:(?:W\/)?"[^"]*"(?:[ \t]*,[ \t]*|$))+$/;
const each = /(?:W\/)?"[^"]*"/g;
const marked = /^masked-([\w-]{8})-([\w-]*)$/;

/** What tells one way of masking from another: of bytes that were masked otherwise, the application's tag says nothing. */
export function markOf(...saidOfMasking: readonly string[]): string {
  return hash('sha256', JSON.stringify(saidOfMasking), 'base64url').slice(0, 8);
}

/** The tag for the client; undefined where it is none. */
export function markedTag(
  written: string,
  { mark, seal }: { readonly mark: string; readonly seal: SealedTags },
): string | undefined {
  const [, weak = '', text] = tag.exec(written) ?? [];
  return text === undefined ? undefined : `${weak}"masked-${mark}-${seal.seal(text)}"`;
}

/**
 * `If-Match` for the application: what was sealed for this session, however it was masked, names the version that the client saw. Other
 * tags pass as they are, since the application may have told them in a body.
 */
export function unmarkedTags(written: string, seal: SealedTags | undefined): string {
  if (!list.test(written)) return written;
  return (written.match(each) ?? []).map((one) => unmarked(one, seal)?.tag ?? one).join(', ');
}

/** `If-None-Match` for the application: only what the client has masked as it would be now; undefined where that is nothing. */
export function tagsMaskedSo(
  written: string,
  { mark, seal }: { readonly mark: string; readonly seal: SealedTags | undefined },
): string | undefined {
  if (written.trim() === '*') return '*';
  if (!list.test(written)) return undefined;
  const tags = (written.match(each) ?? []).flatMap((one) => {
    const found = unmarked(one, seal);
    return found?.mark === mark ? [found.tag] : [];
  });
  return tags.length === 0 ? undefined : tags.join(', ');
}

function unmarked(
  one: string,
  seal: SealedTags | undefined,
): { readonly mark: string; readonly tag: string } | undefined {
  const [, weak = '', text = ''] = tag.exec(one) ?? [];
  const [, mark, rest = ''] = marked.exec(text) ?? [];
  const opened = seal?.open(rest);
  return mark === undefined || opened === undefined ? undefined : { mark, tag: `${weak}"${opened}"` };
}
