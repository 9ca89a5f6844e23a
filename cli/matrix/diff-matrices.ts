/** Says what one matrix lets in that another does not: first whether it is more, then in words and as a table. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import {
  CannotTell,
  type CommandInput,
  type ExitCode,
  exitCodes,
  type Terminal,
  UsageError,
} from '../command.ts';
import { fittedTable, usualWidth, wrapped } from '../output/fitted.ts';
import { formatOf, printData } from '../output/print-object.ts';
import type { Column } from '../output-table.ts';
import { type Difference, differencesOf } from './compare-matrices.ts';
import type { WrittenMatrix } from './compile-matrix.ts';
import { judgeMatrix } from './judge-matrix.ts';
import { type MatrixDocument, readWord, shipped } from './read-matrix.ts';

/** As diff does: 0 no difference, 1 a difference, more than 1 where it cannot be told. */
export async function diffMatrices(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const format = formatOf(input);
  const [a, b] = await both(input, terminal);
  const differences = differencesOf(readable(a, terminal).spec, readable(b, terminal).spec);
  const verdict = verdictOf(differences);
  if (format === 'json' || format === 'yaml')
    await printData({ a: a.from, b: b.from, verdict, differences }, format, terminal);
  else await terminal.out(shown({ a, b, verdict, differences }, terminal.columns ?? usualWidth));
  return differences.length === 0 ? exitCodes.good : exitCodes.bad;
}

async function both(
  input: CommandInput,
  terminal: Terminal,
): Promise<[a: MatrixDocument, b: MatrixDocument]> {
  const system = input.option('system');
  const [one = '', other] = input.arguments;
  if ((other === undefined) === (system === undefined)) {
    throw new UsageError(
      'two matrices must be given, or one and --system, for example --system casepoint-ecase',
    );
  }
  if (one === '-' && other === '-')
    throw new UsageError('- can be one of the two only, as stdin is read once; save the other one to a file');
  if (system !== undefined) return [shipped(system), await readWord(one, input, terminal)];
  return [await readWord(one, input, terminal), await readWord(other ?? '', input, terminal)];
}

/** A matrix that would be refused can be compared where it can be read, and that is said. */
function readable({ from, document }: MatrixDocument, terminal: Terminal): WrittenMatrix {
  const { matrix, problems } = judgeMatrix(document);
  const wrong = `${problems.length} ${problems.length === 1 ? 'thing is' : 'things are'} wrong in ${from}`;
  const way = 'see what with kubectl support-access matrix lint';
  if (matrix === undefined) throw new CannotTell(`${wrong}, so it cannot be compared; ${way}`);
  if (problems.length > 0) terminal.say(`${wrong}, so it would be refused; ${way}.`);
  return matrix;
}

const verdicts = {
  same: 'B lets in the same as A.',
  more: 'B lets more in than A.',
  less: 'B lets less in than A, and nothing more.',
  both: 'B lets more in than A, and less elsewhere.',
} as const;

type Verdict = keyof typeof verdicts;

function verdictOf(differences: readonly Difference[]): Verdict {
  const isThere = (side: Difference['side']): boolean => differences.some((each) => each.side === side);
  if (isThere('more')) return isThere('less') ? 'both' : 'more';
  return isThere('less') ? 'less' : 'same';
}

interface Comparison {
  readonly a: MatrixDocument;
  readonly b: MatrixDocument;
  readonly verdict: Verdict;
  readonly differences: readonly Difference[];
}

const signs: Readonly<Record<Difference['side'], string>> = { more: '+', less: '-', words: '=' };

function shown({ a, b, verdict, differences }: Comparison, width: number): string {
  const words = differences.flatMap(({ side, says }) =>
    wrapped(`${signs[side]} ${escapeUnsafe(says)}`, width, '  '),
  );
  const lines = [
    verdicts[verdict],
    ...wrapped(`A: ${a.from}`, width, '   '),
    ...wrapped(`B: ${b.from}`, width, '   '),
    ...(words.length === 0 ? [] : ['', ...words]),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('') + tableOf(differences, width);
}

interface PlaceRow {
  readonly place: string;
  readonly onlyIn: string;
  readonly actions: string;
}

const columns: readonly Column<PlaceRow>[] = [
  { title: 'MODULE', of: ({ place }) => place },
  { title: 'ONLY IN', of: ({ onlyIn }) => onlyIn },
  { title: 'ACTIONS', of: ({ actions }) => actions },
];

/** A longer name would leave the actions no room; it stands whole in the words above. */
const longestName = 40;

function cut(name: string, longest: number): string {
  return name.length <= longest ? name : `${name.slice(0, longest - 3)}...`;
}

function cutPlace({ module, subModule }: NonNullable<Difference['place']>): string {
  if (subModule === undefined) return cut(escapeUnsafe(module), longestName);
  const half = Math.floor((longestName - separator.length) / 2);
  return [module, subModule].map((name) => cut(escapeUnsafe(name), half)).join(separator);
}

const separator = ' / ';

function tableOf(differences: readonly Difference[], width: number): string {
  const rows = differences.flatMap(({ side, place, actions }) =>
    place === undefined
      ? []
      : [
          {
            place: cutPlace(place),
            onlyIn: side === 'more' ? 'B' : 'A',
            actions: escapeUnsafe((actions ?? []).join(', ')),
          },
        ],
  );
  return rows.length === 0 ? '' : `\n${fittedTable(columns, rows, width)}`;
}
