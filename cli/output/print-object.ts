/** Prints what was found or written in the form that `-o` names. */
import { replaceUnsafe } from '../../crds/audit/clean-text.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { type CommandInput, type OutputFormat, type Terminal, UsageError } from '../command.ts';
import { createTable } from '../output-table.ts';

/** The form that was asked for; undefined is the usual one. */
export function formatOf(input: CommandInput): OutputFormat | undefined {
  const format = input.option('output');
  if (format === undefined) return undefined;
  if (format === 'json' || format === 'yaml' || format === 'name' || format === 'wide') return format;
  throw new UsageError(
    `--output must be json, yaml, name or wide, and is ${format}; write for example --output json`,
  );
}

/** One object, or several as a List, as data. `wide` is a table's and no data. */
export async function printObjects(
  objects: readonly KubeObject[],
  format: Exclude<OutputFormat, 'wide'>,
  terminal: Terminal,
): Promise<void> {
  if (format === 'name') {
    await terminal.out(objects.map((object) => `${kubectlName(object)}\n`).join(''));
    return;
  }
  const clean = objects.map(withoutManagers);
  const [only] = clean;
  await printData(
    clean.length === 1 ? only : { apiVersion: 'v1', kind: 'List', items: clean },
    format,
    terminal,
  );
}

/** What was found, as data for programs. */
export async function printData(
  document: unknown,
  format: 'json' | 'yaml',
  terminal: Terminal,
): Promise<void> {
  if (format === 'json') {
    await terminal.out(`${jsonOf(document, 2)}\n`);
    return;
  }
  const { yamlOf } = await import('./yaml.ts');
  await terminal.out(yamlOf(document));
}

/**
 * A document as JSON, with what a terminal obeys or does not show written out: JSON itself writes out some of it only. Read again
 * it is the same.
 */
export function jsonOf(document: unknown, indent?: number): string {
  const text = JSON.stringify(document, undefined, indent);
  // Within a text JSON writes line breaks out: those that stand here are the writer's own.
  return replaceUnsafe(text, (codePoint) => (codePoint === lineBreak ? '\n' : asUnits(codePoint)));
}

const lineBreak = 0x0a;

/** JSON has escapes of sixteen bits: what is above them takes two. */
function asUnits(codePoint: number): string {
  const units = String.fromCodePoint(codePoint).split('');
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

/** Which objects these are, for `-o wide` of what was written: what a lock, a record or a log calls them by. */
export function whichObjects(objects: readonly KubeObject[]): string {
  if (objects.length === 0) return '';
  return createTable<KubeObject>([
    { title: 'NAMESPACE', of: (object) => told(object).namespace ?? '' },
    { title: 'NAME', of: kubectlName },
    { title: 'GENERATION', of: (object) => String(told(object).generation ?? '') },
    { title: 'UID', of: (object) => told(object).uid ?? '' },
  ]).print(objects);
}

/** Of what the caller may not read only the name is known. */
const told = ({ metadata }: KubeObject): Partial<KubeObject['metadata']> => metadata;

/** `supportaccessgrant.supportaccess.dev/case-4711`, as kubectl names it. */
export function kubectlName({ kind, apiVersion, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/', 1)[0]}` : '';
  return `${kind.toLowerCase()}${group}/${metadata.name}`;
}

/** As kubectl does: who owns which field is long, and is shown by who asks for it. */
function withoutManagers(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata as KubeObject['metadata'] & {
    managedFields?: unknown;
  };
  return { ...object, metadata };
}
