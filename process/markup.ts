/** Makes HTML in which each value is escaped where it is put in. */

/** A piece of HTML that is safe as it is; only `markup` makes one. */
export interface Markup {
  readonly html: string;
}

type Piece = string | Markup | readonly Markup[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Tagged template: the literal parts are HTML, every value is text and escaped, unless it is markup itself. */
export function markup(literals: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const parts = literals.map(
    (literal, at) => `${literal}${at < pieces.length ? shown(pieces[at] ?? '') : ''}`,
  );
  return { html: parts.join('') };
}

function shown(piece: Piece): string {
  if (typeof piece === 'string') return piece.replace(/[&<>"']/g, (character) => entities[character] ?? '');
  if ('html' in piece) return piece.html;
  return piece.map(({ html }) => html).join('');
}
