/** Kubernetes rights as people say them. Pure. */
import type { PolicyRule } from '../../crds/rules/matrix/kubernetes-rights.ts';

/** "look at and change deployments (apps), only those named ecase". */
export function ruleInWords({ apiGroups, resources, resourceNames = [], verbs }: PolicyRule): string {
  const groups = apiGroups.filter((group) => group !== '');
  const where = groups.length === 0 ? '' : ` (${groups.join(', ')})`;
  const only = resourceNames.length === 0 ? '' : `, only those named ${resourceNames.join(', ')}`;
  return `${joined(verbWords(verbs))} ${joined(resources.map(resourceInWords))}${where}${only}`;
}

/** Looking and changing are two or three verbs of Kubernetes each, and one thing to people. */
const words: readonly (readonly [word: string, verbs: readonly string[]])[] = [
  ['look at', ['get', 'list', 'watch']],
  ['create', ['create']],
  ['change', ['update', 'patch']],
  ['delete', ['delete']],
];

function verbWords(verbs: readonly string[]): string[] {
  const known = words.filter(([, each]) => each.some((verb) => verbs.includes(verb))).map(([word]) => word);
  const others = verbs.filter((verb) => !words.some(([, each]) => each.includes(verb)));
  return [...known, ...others];
}

const subresources: Readonly<Record<string, string>> = {
  log: 'the logs of',
  exec: 'shells in',
  attach: 'the terminals of',
  portforward: 'tunnels to',
  status: 'the status of',
  scale: 'the number of replicas of',
};

function resourceInWords(resource: string): string {
  const [kind = '', sub] = resource.split('/', 2);
  if (sub === undefined) return kind;
  const word = subresources[sub];
  return word === undefined ? resource : `${word} ${kind}`;
}

function joined(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`;
}
