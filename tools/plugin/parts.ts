/**
 * Joins the parts of the plugin into one file, in which a part is a text until it is needed: Node then reads what a call takes,
 * and passes over the rest. A cache of compiled code on the disk would save about as much, but what stands in it is run
 * without a look at it, so that who can write there acts as the person who types.
 */
import { transform } from 'esbuild';

/** One output of the bundler. */
export interface Part {
  readonly name: string;
  readonly content: string;
}

const entry = 'main.js';
const ofLicences = '.LEGAL.txt';

/** The text of the file, but for its first lines. Parts name each other as `./part-X.js`. */
export async function joinParts(outputs: readonly Part[]): Promise<string> {
  const parts = outputs.filter(({ name }) => name.endsWith('.js'));
  const texts = await Promise.all(
    parts.map(async (part) => `${quoted(`./${part.name}`)}:${quoted(await asCommonJs(part))}`),
  );
  const licences = outputs.filter(({ name }) => name.endsWith(ofLicences)).map(({ content }) => content);
  return `const parts = {\n${texts.join(',\n')}\n};\n${loader}\nload('./${entry}');\n${commented(licences)}`;
}

/** What a part imports it gets by `require`, also what it imports only when it is needed. */
async function asCommonJs({ name, content }: Part): Promise<string> {
  const { code } = await transform(content, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    supported: { 'dynamic-import': false },
    sourcefile: name,
  });
  return code.trimEnd();
}

// Many parts import hashes, dialogs and what starts programs, few calls use them, and Node takes milliseconds to load them.
const loader = `const slow = ['node:child_process', 'node:crypto', 'node:readline'];
function whenUsed(name) {
  return new Proxy({}, {
    get: (_, word) => nodeRequire(name)[word],
    ownKeys: () => Reflect.ownKeys(nodeRequire(name)),
    getOwnPropertyDescriptor: (_, word) => {
      const found = Reflect.getOwnPropertyDescriptor(nodeRequire(name), word);
      return found && { ...found, configurable: true };
    },
  });
}
const { compileFunction } = nodeRequire('node:vm');
const loaded = new Map();
function load(name) {
  const text = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (text === undefined) return slow.includes(name) ? whenUsed(name) : nodeRequire(name);
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const filename = 'kubectl-support_access/' + name.slice(2);
  compileFunction(text, ['exports', 'require', 'module'], { filename })(module.exports, load, module);
  return module.exports;
}`;

/** In single quotation marks, of which minified code has few. */
function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll(/[\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16)}`);
  return `'${escaped}'`;
}

/** Whose work is in the file, at its end, each text once. With a letter beyond ASCII all of the file would be read as twice as long. */
function commented(licences: readonly string[]): string {
  const lines = [...new Set(licences.flatMap((text) => text.split('\n')).map((line) => line.trimEnd()))];
  return `/*\n${inAscii(lines.join('\n')).replaceAll('*/', '* /')}\n*/\n`;
}

function inAscii(text: string): string {
  return text.replaceAll(
    /[^\x20-\x7e\n]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
