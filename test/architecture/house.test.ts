/** The house rules of docs/layout.md and docs/words.md, made executable. One test file, so that the sources are read once. */
import './floors.ts';
import './purity.ts';
import './packages.ts';
import './budgets.ts';
import './names.ts';
import './words.ts';
import './documents.ts';
