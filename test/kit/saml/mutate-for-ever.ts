/** Judges mutants of SAML responses until one breaks the promise, or Ctrl-C: `node test/kit/saml/mutate-for-ever.ts [first seed]`. */
import { brokenPromise } from './mutants.ts';

const first = Number(process.argv[2] ?? Date.now() % 2 ** 31);
console.log(`from seed ${first}`);
for (let seed = first; ; seed += 1) {
  const broken = brokenPromise(seed);
  if (broken !== undefined) {
    console.error(`seed ${seed} ${broken.why}\n${broken.mutant}`);
    process.exitCode = 1;
    break;
  }
  if ((seed - first) % 10_000 === 9999) console.log(`${seed - first + 1} mutants kept the promise`);
}
