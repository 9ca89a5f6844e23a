/** What every page of ours looks like: plain HTML that works without scripts, each value escaped where it is put in. */
import { createHash } from 'node:crypto';
import { type Markup, markup } from '../../../process/markup.ts';

/** The one style sheet; it loads nothing. */
const style = `:root { color-scheme: light dark; --line: #8884; --quiet: #757575; }
@media (prefers-color-scheme: dark) { :root { --quiet: #a3a3a3; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
button, .button { font: inherit; padding: .4rem 1rem; border: 1px solid var(--line); border-radius: .35rem; background: none; color: inherit; cursor: pointer; text-decoration: none; display: inline-block; }
.code { font-family: ui-monospace, monospace; }
.quiet { color: var(--quiet); }
`;

/**
 * What a Content-Security-Policy has to allow as `style-src` for our pages: this style sheet by its hash, nothing else
 * (CSP level 3). It stands in the page, so that a refusal on an application's host looks the same and asks for nothing.
 */
export const styleSource = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** A whole page. The empty icon keeps browsers from asking the host for one. */
export function page(title: string, content: Markup): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${{ html: style }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.html;
}

/** A button to the sign-in page. */
export function signInAgain(url: string, says = 'Sign in again'): Markup {
  return markup`<p><a class="button" href="${url}">${says}</a></p>`;
}
