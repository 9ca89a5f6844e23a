/**
 * Is a message good? The rule for everything that a person reads from the product, as functions: each returns complaints, so
 * that a table test can name every message at once. `plainComplaints` holds for every text; `refusalComplaints` for one that
 * says no to something that a person wrote and could write rightly.
 */

/** A text that refuses something, and what it has to name. */
export interface RefusalMessage {
  /** All that the person reads, field and value included. */
  readonly text: string;
  /** Where it is wrong: a field path, a flag, a parameter. Left out where the whole request is meant. */
  readonly field?: string;
  /** What was written; a longer text may shorten it. Left out where it must not be shown or where there is none. */
  readonly value?: string;
}

interface Flaw {
  readonly complaint: string;
  readonly shape: RegExp;
}

/** What no message may have, whatever it is about. */
const flaws: readonly Flaw[] = [
  {
    complaint: 'shows a pattern',
    shape: /should match|\\[dswx.]|\[[^\]\s]*[a-z0-9]-[a-z0-9][^\]\s]*\]|\(\?[:=!]|'\^/i,
  },
  {
    complaint: 'gives the advice of a library',
    shape: /parseAllDocuments|--use-system-ca|NODE_OPTIONS|NODE_TLS|--trace-/,
  },
  {
    complaint: 'shows the code of a library',
    shape:
      /\b(?:E(?!CDSA\b|VENT\b)[A-Z]{4,}|ERR_[A-Z_]+|UND_ERR_[A-Z_]+|[A-Z]\w+(?:Error|Exception)):?\b(?!`)/,
  },
  { complaint: 'shows a stack', shape: /\n\s+at \S|\(?\w+\.[cm]?[jt]s:\d+/ },
  {
    complaint: 'shows a value of the language',
    shape: /\bundefined\b|\bNaN\b|\[object \w+\]|\$\{|\{\{|%[sdj]\b/,
  },
  { complaint: 'begins without a subject', shape: /^\s*[:;,]/ },
  { complaint: 'has an empty name', shape: /(?:""|''|``)(?! as | value| must)|\s[:;,]\s|\(\)/ },
  {
    complaint: 'speaks in riddles',
    shape:
      /\bshould be in force\b|\bmade anew\b|\banew\b|anything of ours|\bof ours\b|of today\b|\bits rights\b|besides? the (?:policy|grant)'s/i,
  },
  { complaint: 'calls an actor by no name', shape: /\b(?:no ?body|somebody|anybody|whoever)\b/i },
];

/** What is wrong with a text as such: jargon, dumps, riddles. */
export function plainComplaints(text: string): string[] {
  if (text.trim() === '') return ['is empty'];
  return flaws.flatMap(({ complaint, shape }) => {
    const found = shape.exec(text)?.[0];
    return found === undefined ? [] : [`${complaint}: "${found.trim()}"`];
  });
}

const rule =
  /\b(?:must|may|cannot|can|needs?|only|too (?:long|short|many|large|late|early)|expects?|takes|required)\b/i;

/** An instance of what is right. */
const example = /\b(?:such as|for example|e\.g\.|like) \S|[`"][^`"]+[`"]|\bwrite \S/i;

/** What to do: a clause that begins with a verb that a person can follow. */
const wayOut =
  /(?:^|[;:.,(–-] ?|\band |\bor |\bto |\bthen |\bplease )(?:add|allow|annotate|append|apply|ask|choose|close|connect|copy|correct|create|delete|disable|enable|end|enter|give|install|leave|let|lift|list|look|lower|make|move|name|issue|open|paste|pass|point|put|raise|read|remove|renew|repeat|replace|restart|restore|run|save|say|see|send|set|shorten|sign|start|take|try|type|upgrade|use|wait|write)\b|\bdid you mean \S|\bopens it\b|\bgives it\b|\bis needed\b/i;

/** What is wrong with a refusal: besides being plain it names field, value, rule, and an example or the way out. */
export function refusalComplaints({ text, field, value }: RefusalMessage): string[] {
  return [
    ...plainComplaints(text),
    ...(field === undefined || text.includes(field) ? [] : [`does not name the field ${field}`]),
    ...(value === undefined || shows(text, value) ? [] : [`does not show the value ${value}`]),
    ...(rule.test(text) ? [] : ['does not say the rule']),
    ...(example.test(text) || wayOut.test(text) ? [] : ['has neither an example nor a way out']),
  ];
}

/** By itself, or when something else has happened that the text names. */
const passesByItself = /\bby itself\b|\buntil (?:it|one|they|then)\b/i;

/** What is wrong with a text that tells of something that is not as it should be: besides being plain it has a way out. */
export function problemComplaints(text: string): string[] {
  const helps = example.test(text) || wayOut.test(text) || passesByItself.test(text);
  return [...plainComplaints(text), ...(helps ? [] : ['has no way out'])];
}

/** A value is shown when its beginning is: what a person wrote may be long, and may have to be escaped. */
function shows(text: string, value: string): boolean {
  return text.includes(value) || (value.length > 32 && text.includes(value.slice(0, 32)));
}
