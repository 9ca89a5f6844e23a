/** The style sheet of the story page, for screens of any width, light and dark, and for paper. */
export const storyStyle = `:root { color-scheme: light dark; --line: #8886; --quiet: #5f5f5f; --box: #8881; --bad: #b00020; }
@media (prefers-color-scheme: dark) { :root { --quiet: #adadad; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 60rem; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.box { background: var(--box); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.box h2 { margin-top: 0; }
.bad { border: 3px solid var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: .5rem 0 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th:nth-child(1) { width: 5.5rem; }
th:nth-child(2) { width: 11.5rem; }
th:nth-child(3) { width: 22%; }
code { font-family: ui-monospace, monospace; font-size: .9em; }
@media screen and (max-width: 45rem) {
  dl { display: block; }
  dd { margin-bottom: .5rem; }
  thead { display: none; }
  table, tbody, tr, td { display: block; width: 100%; }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  td { border: 0; padding: 0; }
  td:empty { display: none; }
  td::before { content: attr(data-title) ": "; color: var(--quiet); }
}
@media print {
  :root { color-scheme: light; --quiet: #444; --line: #999; --box: #fff; }
  body { font-size: 9.5pt; }
  main { max-width: none; margin: 0; padding: 0; }
  h2 { break-after: avoid; }
  tr, .box { break-inside: avoid; }
  thead { display: table-header-group; }
  th:nth-child(1) { width: 4rem; }
  th:nth-child(2) { width: 6rem; }
  th:nth-child(3) { width: 20%; }
}
@page { margin: 15mm; }
`;
