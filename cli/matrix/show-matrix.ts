/** A matrix as a table that can be laid beside the vendor's document: modules against actions, and all else in words. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { problemLine } from '../../crds/rules/problem.ts';
import { maskedBy } from '../access/masked-data.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { usualWidth, wrapped } from '../output/fitted.ts';
import { formatOf, printData } from '../output/print-object.ts';
import { cellTables } from './cell-tables.ts';
import type { WrittenMatrix } from './compile-matrix.ts';
import { judgeMatrix } from './judge-matrix.ts';
import { cellsOf, type MatrixSpec, placeName } from './matrix-cells.ts';
import { type MatrixDocument, readNamed } from './read-matrix.ts';
import { ruleInWords } from './rights-in-words.ts';

/** Exit 0: shown; 1: something is wrong with it, so that it would be refused. It is shown all the same where it can be. */
export async function showMatrix(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const format = formatOf(input);
  const found = await readNamed(input, terminal);
  const { matrix, problems } = judgeMatrix(found.document);
  if (matrix !== undefined && (format === 'json' || format === 'yaml'))
    await printData(asData(matrix), format, terminal);
  else if (matrix !== undefined) await terminal.out(shown(matrix, found, terminal.columns ?? usualWidth));
  for (const problem of problems) terminal.say(escapeUnsafe(problemLine(problem)));
  return problems.length === 0 ? exitCodes.good : exitCodes.bad;
}

function shown({ metadata, spec }: WrittenMatrix, { from }: MatrixDocument, width: number): string {
  const { actions, rows } = cellsOf(spec);
  const lines = [
    ...labelled('Matrix', `${metadata.name} (${from})`, width),
    ...labelled('System', `${spec.system}, revision ${spec.revision}`, width),
    ...labelled('Title', spec.title ?? 'none', width),
    ...labelled('Fits', fitsInWords(spec), width),
    ...labelled('Masked', maskedInWords(spec), width),
    '',
    'ACTIONS',
    ...actions.flatMap((action, at) => numbered(at + 1, escapeUnsafe(action), width)),
    '',
    ...cellTables({ actions, rows }, width),
    '',
    ...wrapped('yes: allowed   NEVER: refused, wherever it is listed   .: not listed, so refused', width),
    '',
    ...notesInWords(spec).flatMap((line) => wrapped(line, width, '  ')),
    ...neverInWords(spec).flatMap((line) => wrapped(line, width, '  ')),
    ...rightsInWords(spec).flatMap((line) => wrapped(line, width, '  ')),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function numbered(number: number, action: string, width: number): string[] {
  const indent = ' '.repeat(6);
  return wrapped(action, width - indent.length).map((line, at) =>
    at === 0 ? `${String(number).padStart(4)}  ${line}` : indent + line,
  );
}

const labelWidth = 9;

function labelled(label: string, text: string, width: number): string[] {
  return wrapped(`${label.padEnd(labelWidth)}${escapeUnsafe(text)}`, width, ' '.repeat(labelWidth));
}

function fitsInWords({ appliesTo }: MatrixSpec): string {
  const { versions, editions = [] } = appliesTo ?? {};
  const ofEditions = editions.length === 0 ? 'every edition' : `the editions ${editions.join(', ')}`;
  return `${versions === undefined ? 'every version' : `the versions ${versions}`}, ${ofEditions}`;
}

function maskedInWords(spec: MatrixSpec): string {
  const classes = maskedBy(spec);
  return classes.length === 0
    ? 'nothing: support sees personal data as it is'
    : `${classes.join(', ')}; everything else is seen as it is`;
}

function neverInWords({ disabledActions = [] }: MatrixSpec): string[] {
  if (disabledActions.length === 0) return [];
  const lines = disabledActions.map(({ action = 'anything, also looking,', note, ...place }) => {
    const all = place.subModule === undefined ? ' and all below it' : '';
    const says = note === undefined ? '' : ` (${escapeUnsafe(note)})`;
    return `- ${escapeUnsafe(`${action} in ${placeName(place)}`)}${all}${says}`;
  });
  return ['Never allowed:', ...lines, ''];
}

function notesInWords({ modules }: MatrixSpec): string[] {
  const lines = modules.flatMap(({ name: module, note, subModules = [] }) =>
    [
      { module, note },
      ...subModules.map((each) => ({ module, subModule: each.name, note: each.note })),
    ].flatMap(({ note: says, ...place }) =>
      says === undefined ? [] : `- ${escapeUnsafe(`${placeName(place)}: ${says}`)}`,
    ),
  );
  return lines.length === 0 ? [] : ['Notes:', ...lines, ''];
}

function rightsInWords({ kubernetes }: MatrixSpec): string[] {
  if (kubernetes === undefined) return ['Kubernetes rights: none.'];
  return [
    'Kubernetes rights, in the namespace of the grant:',
    ...kubernetes.rules.map((rule) => `- ${escapeUnsafe(ruleInWords(rule))}`),
  ];
}

/** The same for programs. */
function asData({ metadata, spec }: WrittenMatrix): object {
  const { actions, rows } = cellsOf(spec);
  return {
    name: metadata.name,
    system: spec.system,
    revision: spec.revision,
    title: spec.title,
    appliesTo: spec.appliesTo,
    masked: maskedBy(spec),
    actions,
    rows: rows.map(({ cellOf, ...place }) => ({
      ...place,
      allowed: actions.filter((action) => cellOf(action) === 'yes'),
      never: actions.filter((action) => cellOf(action) === 'never'),
    })),
    kubernetes: (spec.kubernetes?.rules ?? []).map((rule) => ({ words: ruleInWords(rule), ...rule })),
  };
}
