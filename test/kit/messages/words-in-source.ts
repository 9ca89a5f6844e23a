/** Reads from the source every text in it that is a sentence for people, wherever it is put together. It judges nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { filesBelow, root } from '../architecture/source-files.ts';
import { hole } from './failures-in-source.ts';

export interface TextInSource {
  readonly path: string;
  /** With `hole` for each part that is only known when it runs. */
  readonly text: string;
}

interface Node {
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

/** Texts of the files below a folder or of one file that have a few words in a row. */
export function sentencesIn(place: string): TextInSource[] {
  const paths = place.endsWith('.ts') ? [place] : filesBelow(place).filter((path) => path.endsWith('.ts'));
  return paths.flatMap((path) => {
    const { program } = parseSync(path, readFileSync(join(root, path), 'utf8'));
    const texts: string[] = [];
    visit(program, (text) => texts.push(text));
    return texts.filter((text) => fewWords.test(text)).map((text) => ({ path, text }));
  });
}

/** Three words of small letters, as no name, path or option has. */
const fewWords = /(?:^|\s)[A-Za-z]?[a-z]+,? [a-z]+,? [a-z]+\b/;

function visit(value: unknown, take: (text: string) => void): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, take);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  if (node.type === 'Literal' && typeof node['value'] === 'string') take(node['value']);
  if (node.type === 'TemplateLiteral') take(textOf(node));
  for (const child of Object.values(node)) visit(child, take);
}

function textOf({ quasis }: Node): string {
  const parts = quasis as readonly { readonly value: { readonly cooked: string | null } }[];
  return parts.map(({ value }) => value.cooked ?? '').join(hole);
}
